# %% [markdown]
# # 02 · Further: scale and direction
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/02_scale_direction.ipynb)
#
# A side path of [lesson 02](../02_filters.ipynb), about 8 minutes. How exact are the gradient's angles? At which scale does one look for edges? And what do eight directions tell that two do not?

# %% tags=["setup"]
# @title Set-up: on Colab this fetches the course, anywhere else it does nothing
import subprocess
import sys
from pathlib import Path

if "google.colab" in sys.modules:
    from google.colab import output

    class Stop(Exception):
        """Ends a run with one sentence in place of a traceback."""

        def _render_traceback_(self):
            return [str(self)]

    address = "https://github.com/convnet-course/convnet-course"
    course = Path("/content/convnet-course")
    git = ["git", "clone", "--quiet", "--depth=1", address, str(course)]
    if course.exists():
        git = ["git", "-C", str(course), "pull", "--quiet", "--ff-only"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    pip += ["anywidget>=0.9.13", "jupyterquiz>=2.9", "-e", str(course)]
    subprocess.run(git, capture_output=True)
    if subprocess.run(pip, capture_output=True).returncode:
        raise Stop(f"No course: see whether {address} opens, then run this cell again.")
    sys.path.insert(0, str(course))
    output.enable_custom_widget_manager()

# %% tags=["setup", "nbval-ignore-output"]
# @title Imports, the look of figures, the photograph
import cv2
import numpy as np
import pandas as pd

from course_utils import checks, datasets, plots, runtime, widgets
from course_utils.convolution import KERNELS, conv2d

lesson = runtime.start(lesson="02")
plots.set_theme()
score = checks.Scorecard("02 further: scale and direction")
cup = datasets.photograph("coffee")[:320, 80:480]
cup = cv2.resize(cup, (160, 128), interpolation=cv2.INTER_AREA)
grey = cv2.cvtColor(cup, cv2.COLOR_RGB2GRAY).astype(float)

# %% [markdown]
# ## A disc has all angles
#
# As many of each, so the histogram of its angles should be flat. **Will it be, for a disc whose pixels are either in or out? And for one whose edge is spread over a few pixels?**


# %%
def gradient(picture):
    """Length and angle (0° to the right, 90° downwards)."""
    same = dict(padding="same", border="reflect")
    gx, gy = (conv2d(picture, KERNELS[name], **same) for name in ("sobel_x", "sobel_y"))
    return np.hypot(gx, gy), np.degrees(np.arctan2(gy, gx)) % 360


y, x = np.mgrid[-50:51, -50:51]
radius = np.hypot(x, y)
discs = {
    "jagged": np.where(radius < 35, 255.0, 0.0),
    "soft": 255 / (1 + np.exp(radius - 35)),
}

# %% tags=["hide-output"]
alt = "A disc with stairs has a spiky histogram of angles, a soft one a flat one."
with plots.figure(1, 3, size=(9, 2.9), width_ratios=[1, 1, 2.4], alt=alt) as axes:
    for ax, (name, disc) in zip(axes, discs.items(), strict=False):
        length, angle = gradient(disc)
        plots.show_image(disc[10:40, 10:40], title=f"{name}, part", ax=ax)
        plots.direction_histogram(angle, length, bins=24, label=name, ax=axes[2])

# %% [markdown]
# A 3×3 window on a jagged rim sees stairs, and stairs have few directions: its angles are about ten degrees off. On the soft disc the histogram is flat. Gradients want pictures with in-between values (*anti-aliased* ones) and a little blur.
#
# ## How much blur?
#
# The usual blur is the *Gaussian*: weights $\exp(-(x^2+y^2)/2\sigma^2)$, divided by their sum, cut off at $3\sigma$. Here is a square of brightness 200 in noise of spread 80, and the length of its gradient after blurs of different widths. **Which shows the square best?**

# %% tags=["hide-output", "nbval-ignore-output"]
truth = np.zeros((64, 64))
truth[16:48, 16:48] = 200
noisy = truth + np.random.default_rng(0).normal(0, 80, truth.shape)
rim = cv2.dilate(np.uint8(gradient(truth)[0] > 0), np.ones((3, 3))) > 0
edges, contrast = {"no blur": gradient(noisy)[0]}, {}
for sigma in (1, 2, 4):
    edges[f"σ = {sigma}"] = gradient(cv2.GaussianBlur(noisy, (0, 0), sigma))[0]
for name, found in edges.items():
    contrast[name] = found[rim].mean() / found[~rim].mean()
plots.show_images(
    [noisy, *edges.values()],
    titles=["noisy", *(f"{name}: {value:.1f}" for name, value in contrast.items())],
    size=1.9,
    alt="A noisy square and its edges: faint, clearer, clear, thick.",
)

# %% [markdown]
# The number is the contrast: mean length on the rim over the mean elsewhere. Too little blur leaves the noise, too much melts the edge. There is a best scale in between, and it depends on what one looks for. Slide it:


# %% tags=["nbval-ignore-output"]
def edges_of_cup(sigma):
    """Edges of the photograph at one scale, as an image."""
    length = gradient(cv2.GaussianBlur(grey, (0, 0), sigma))[0]
    return np.uint8(np.clip(255 * length / np.quantile(length, 0.995), 0, 255))


widgets.frames(
    edges_of_cup,
    alt="The edges of the cup after a blur of width σ.",
    start={"sigma": 2},
    labels={"sigma": "σ [pixels]"},
    sigma=[0.5, 1, 1.5, 2, 3, 4, 6, 8],
)

# %% [markdown]
# Many small blurs make a large one: their $\sigma^2$ add, so $\sigma=3$ and then 4 is $\sigma=5$. Networks use the same idea: two layers of 3×3 see 5×5 pixels, with 18 weights instead of 25.
#
# ## Eight directions, or two?
#
# One kernel for each direction: the slope of a Gaussian, turned.


# %%
def oriented(degrees, sigma=1.5, reach=4):
    """The slope of a Gaussian in one direction, (2·reach + 1)² numbers."""
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    along = x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))
    return along * np.exp(-(x**2 + y**2) / (2 * sigma**2))


angles = np.arange(8) * 22.5
bank = np.stack([oriented(degrees) for degrees in angles])
plots.kernel_pictures(
    bank,
    titles=[f"{degrees:g}°" for degrees in angles],
    size=1.15,
    alt="Eight kernels, half red, half blue; the line between the halves turns.",
)

# %% [markdown]
# Let each pixel of the soft disc's rim vote for the kernel that answers most strongly, whatever the sign. **How often is it the right one (chance: 12.5 %)? And how many of the eight kernels are independent?**

# %% tags=["hide-output"]
same = dict(padding="same", border="edge")
answers = np.abs([conv2d(discs["soft"], kernel, **same) for kernel in bank])
strong = answers.max(axis=0) > 0.5 * answers.max()
right = np.round(np.degrees(np.arctan2(y, x)) % 180 / 22.5).astype(int) % 8
votes = (answers.argmax(axis=0) == right)[strong].mean()
rank = np.linalg.matrix_rank(bank.reshape(8, -1))
pd.DataFrame({"": [f"{votes:.1%}", rank]}, index=["right votes", "independent kernels"])

# %% [markdown]
# Two suffice: every direction is $\cos\theta$ times the one at 0° plus $\sin\theta$ times the one at 90°. Such filters are called *steerable* (Freeman and Adelson, 1991). Sobel x and y are used in the same way, as the two parts of one arrow.

# %% tags=["claims"]
# @title Claims
off = {}
for name, disc in discs.items():
    length, angle = gradient(disc)
    inwards = np.degrees(np.arctan2(-y, -x))  # a disc is light inside
    error = np.abs((angle - inwards + 180) % 360 - 180)
    off[name] = error[length > 0.3 * length.max()].mean()
score.at_least("jagged disc: mean error of the angle, degrees", off["jagged"], 5)
score.at_most("soft disc: mean error of the angle, degrees", off["soft"], 0.5)
better = contrast["σ = 2"] > max(contrast["no blur"], contrast["σ = 4"])
score.true("some blur beats none and too much", better)
dot = np.zeros((81, 81))
dot[40, 40] = 1
twice = cv2.GaussianBlur(cv2.GaussianBlur(dot, (0, 0), 3), (0, 0), 4)
once = cv2.GaussianBlur(dot, (0, 0), 5)
score.at_most(
    "σ = 3 then 4 minus σ = 5, over the peak",
    np.abs(twice - once).max() / once.max(),
    0.03,
)
score.at_least("right votes", votes, 0.97)
score.equal("independent kernels in the bank of eight", int(rank), 2)
mixed = np.cos(np.radians(67.5)) * bank[0] + np.sin(np.radians(67.5)) * bank[4]
score.at_most(
    "67.5° mixed from 0° and 90°, difference", np.abs(mixed - bank[3]).max(), 1e-12
)
score.section()

# %% [markdown]
# Back to [lesson 02](../02_filters.ipynb).
