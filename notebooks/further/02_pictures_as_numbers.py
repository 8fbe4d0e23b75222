# %% [markdown]
# # 02 · Further: pictures as numbers
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/02_pictures_as_numbers.ipynb)
#
# A side path of [lesson 02](../02_filters.ipynb), about 8 minutes. A picture is an array. Most silent mistakes are made where it is read, shown, and computed with; here they are measured.

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
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from PIL import Image

from course_utils import checks, datasets, plots, runtime
from course_utils.checks import lesson02_further
from course_utils.convolution import KERNELS, conv2d, flip

lesson = runtime.start(lesson="02")
plots.set_theme()
score = checks.Scorecard("02 further: pictures as numbers")
cup = datasets.photograph("coffee")[:320, 80:480]
cup = cv2.resize(cup, (160, 128), interpolation=cv2.INTER_AREA)

# %% [markdown]
# ## One file, two libraries
#
# Write the photograph to a file and read it back with Pillow and with OpenCV. Both give an array of the same shape and type. **Are they equal?**

# %% tags=["hide-output"]
with tempfile.TemporaryDirectory() as folder:
    file = str(Path(folder) / "cup.png")
    Image.fromarray(cup).save(file)
    by_pillow, by_opencv = np.array(Image.open(file)), cv2.imread(file)

means = {"Pillow": by_pillow.mean(axis=(0, 1)), "OpenCV": by_opencv.mean(axis=(0, 1))}
pd.DataFrame(means, index=["channel 0", "channel 1", "channel 2"]).T.round(1)

# %% [markdown]
# Same numbers, other order: OpenCV stores blue, green, red. No error is raised. A network that learned on RGB pictures sees brown coffee as blue, and quietly does worse. `cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)` turns the channels round.
#
# **Exercise A (code).** Write it with NumPy alone. The picture has the shape (H, W, 3); a view or a copy, both count.


# %%
def bgr_to_rgb(picture):
    """Return the picture with red and blue exchanged."""
    ...


lesson02_further.bgr_to_rgb(bgr_to_rgb)

# %% [markdown]
# ## One channel has no colour
#
# Above what `plt.imshow(cup[..., k])` draws, below the same with `cmap="gray", vmin=0, vmax=255`. The upper planes cannot even be compared with each other: each has a scale of its own.

# %%
names = ["red", "green", "blue"]
planes = [cup[..., channel] for channel in range(3)]
plots.wrong_and_right(
    [(plane.astype(float), dict(cmap="viridis")) for plane in planes],
    [(plane, dict(limits=(0, 255))) for plane in planes],
    titles=names,
    alt="Three channels in green and yellow; below in grey, red bright, blue almost black.",
)

# %% [markdown]
# ## From three numbers to one
#
# The eye is most sensitive to green and least to blue. So grey is not the plain mean but 0.299 red + 0.587 green + 0.114 blue. **How much darker does the cup become if red and blue are mixed up?**

# %% tags=["hide-output"]
by_hand = cup @ np.array([0.299, 0.587, 0.114])
grey = cv2.cvtColor(cup, cv2.COLOR_RGB2GRAY)
mixed_up = cv2.cvtColor(cup, cv2.COLOR_BGR2GRAY)
greys = {"by hand": by_hand.mean(), "OpenCV": grey.mean(), "mixed up": mixed_up.mean()}
pd.DataFrame({"mean grey": greys}).round(1)

# %% [markdown]
# OpenCV rounds to whole levels, else the two agree. Mixed up, brown counts as blue, and blue counts least.
#
# ## Eight bits, in numbers
#
# What a kernel can answer on pixels from 0 to 255 is seldom within 0 to 255.
#
# **Exercise B (code).** Write `response_range(kernel)`: the smallest and the largest answer that the kernel can give on any such picture.


# %%
def response_range(kernel):
    """Return (smallest, largest)."""
    ...


lesson02_further.response_range(response_range)

# %% [markdown]
# A light square of 16 pixels on black, filtered with OpenCV at depth −1 (eight bits, like the input) and at `cv2.CV_32F`:

# %%
square = np.zeros((32, 32), np.uint8)
square[8:24, 8:24] = 200
rows = {}
for name in ("sobel_x", "sobel_y", "outline"):
    kernel = KERNELS[name].astype(np.float32)
    clipped, exact = (
        cv2.filter2D(square, -1, kernel),
        cv2.filter2D(square, cv2.CV_32F, kernel),
    )
    counts = [np.count_nonzero(clipped), np.count_nonzero(exact)]
    rows[name] = [*counts, int(exact.min()), int(exact.max())]
columns = ["answers in 8 bits", "answers in float", "smallest", "largest"]
pd.DataFrame(rows, index=columns).T

# %% [markdown]
# One more question from lesson 01: does OpenCV turn the kernel by 180°, as the convolution of mathematics does? `emboss` is not the same when turned, so it can tell.

# %%
emboss = KERNELS["emboss"]
theirs = cv2.filter2D(grey, cv2.CV_32F, emboss.astype(np.float32))[1:-1, 1:-1]
equal = [
    np.array_equal(theirs, conv2d(grey, kernel)) for kernel in (emboss, flip(emboss))
]
pd.DataFrame({"equals OpenCV's": equal}, index=["kernel as it is", "kernel turned"])

# %% tags=["claims"]
# @title Claims
score.equal(
    "OpenCV's channels are Pillow's in reverse",
    np.abs(by_opencv[..., ::-1] - by_pillow).max(),
    0,
)
score.at_most("grey by hand minus OpenCV's, levels", np.abs(by_hand - grey).max(), 0.51)
score.at_least(
    "levels lost by mixing up BGR and RGB", grey.mean() - mixed_up.mean(), 15
)
score.equal("sobel_x on the square", rows["sobel_x"], [36, 72, -800, 800])
score.equal("outline on the square", rows["outline"][:2], [60, 128])
score.equal("OpenCV turns the kernel", equal, [True, False])
score.section()

# %% [markdown]
# It does not: like a network, OpenCV correlates.
#
# Back to [lesson 02](../02_filters.ipynb).
