# %% [markdown]
# # 01 · Further: pictures and their detectors
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/01_pictures_detectors.ipynb)
#
# A side path of [lesson 01](../01_convolution_intuition.ipynb), about 10 minutes. What a picture is to a computer, what a border costs, and what excites a detector.

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

# %%
import numpy as np
import pandas as pd

from course_utils import checks, convolution, datasets, plots, runtime

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="01")
plots.set_theme()
score = checks.Scorecard("01, further")

# %% [markdown]
# ## A picture is a matrix, and a matrix of weights is a picture
#
# A soft dot on 7×7 pixels. Its numbers depend only on the distance from the centre, so it looks the same from all sides. Divided by its sum, 1,068, it becomes a *kernel*: each weight says what share of the whole one pixel holds, and sliding it over a picture blurs the picture.

# %%
# brightness by squared distance from the centre
brightness = {0: 100, 1: 75, 2: 56, 4: 31, 5: 23, 8: 10, 9: 8, 10: 6, 13: 2, 18: 0}
steps = np.arange(-3, 4)
sample = np.vectorize(brightness.get)(steps[:, None] ** 2 + steps[None, :] ** 2)
cat = datasets.photograph("chelsea")
grey = cat.mean(axis=-1)[60:200, 100:320]
blurred = convolution.conv2d(grey, sample / sample.sum())
with plots.figure(
    1, 3, size=(11, 3.6), alt="The dot as numbers, a cat's eyes, the same blurred."
) as axes:
    plots.number_grid(sample, title="7×7 sample", ax=axes[0])
    plots.show_image(grey, title="cat", limits=(0, 255), ax=axes[1])
    plots.show_image(
        blurred, title="blurred by the sample", limits=(0, 255), ax=axes[2]
    )

# %% tags=["claims"]
# @title Claims
score.equal("7×7 sample: peak and sum", [sample.max(), sample.sum()], [100, 1068])
same = (sample == sample.T).all() and (sample == sample[:, ::-1]).all()
score.true("unchanged by transposing and mirroring", same)
score.close(
    "brightness kept by the blur",
    blurred.mean() / grey[3:-3, 3:-3].mean(),
    1,
    tolerance=0.02,
)
score.section()

# %% [markdown]
# **Colour.** A colour picture is three matrices. Why three? The human retina has three kinds of cone cells for colour, each most sensitive to another range of wavelengths, roughly blue, green, and yellow-green to red. Three numbers are enough to imitate most colours for a human eye; a bird, with four kinds of cones, would not be fooled.
#
# ## What a border costs
#
# How many 3×3 windows see each pixel of a 5×5 picture? Without padding a corner is seen once, the middle nine times. One ring of zeros evens that out in part.


# %%
def windows_seen(padding):
    size = 5 + 2 * padding
    seen = np.zeros((size, size), int)
    for row in range(size - 2):
        for column in range(size - 2):
            seen[row : row + 3, column : column + 3] += 1
    return seen[padding : padding + 5, padding : padding + 5]


plots.sum_of_grids(
    [windows_seen(0), windows_seen(1)],
    signs=[""],
    titles=["no padding", "one ring of zeros"],
    alt="Windows that see each pixel: corners 1 and 4, the middle 9.",
)

# %% tags=["claims"]
# @title Claims
seen = [[int(windows_seen(p)[0, 0]), int(windows_seen(p)[2, 2])] for p in (0, 1)]
score.equal("windows on corner and middle, padding 0 and 1", seen, [[1, 9], [4, 9]])
score.section()

# %% [markdown]
# ## The cat may sit anywhere
#
# Paste the cat's eye top left, then bottom right, and slide one and the same filter over both: the eye itself, its mean removed. The map is drawn so that an answer lies at the *centre* of its window.

# %%
whole = cat.mean(axis=-1)
eye = whole[80:151:2, 130:215:2][:35, :41]
eye_filter = (eye - eye.mean()) / 1000
shown, strongest = [], []
for top, left in ((5, 8), (60, 90)):
    scene = np.full((110, 160), eye.mean())
    scene[top : top + 35, left : left + 41] = eye
    answer = convolution.conv2d(scene - eye.mean(), eye_filter, padding="same")
    strongest.append([int(n) for n in np.unravel_index(answer.argmax(), answer.shape)])
    shown += [scene, answer]
plots.show_images(
    shown,
    titles=["top left", "answer", "bottom right", "answer"],
    columns=4,
    size=2.6,
    alt="A cat's eye top left, the answers brightest there; then the same bottom right.",
)

# %% tags=["claims"]
# @title Claims
score.equal(
    "the strongest answers lie at the eyes' centres", strongest, [[22, 28], [77, 110]]
)
score.section()

# %% [markdown]
# Without sharing, each place would have to learn by itself what an eye is, from examples of eyes in that place.
#
# ## What a detector answers to
#
# Zeiler and Fergus (2014) looked into a network trained on over a million photographs and searched for the **nine patches that excite a filter most**. Their figure 2 shows, beside what in each patch caused the excitement,
#
# - in **layer 1** lines at +45° and −45°, blobs of green and other colours: very different patches excite one detector;
# - in **layer 2** circles (row 2, column 2), stripes (row 1, column 2), rectangular corners (bottom right);
# - in **layer 3** grids and honeycombs (row 1, column 1), wheels (row 2, column 2), faces (row 3, column 3);
# - in **layer 5** whole things in many poses, dogs, birds' faces, bicycles. This is the fifth *convolutional* layer, not the last layer: dense layers follow.
#
# Their *idea* can be repeated. Take seven photographs and four hand-made detectors, and find the nine places that excite each most, at most three in one photograph. **Guess before you look:** will the nine patches of one detector look alike?

# %%
dy, dx = np.mgrid[-4:5, -4:5]


def line(distance):
    near = np.abs(distance) <= 1
    weights = (near - near.mean()) / np.linalg.norm(near - near.mean())
    return np.repeat(weights[..., np.newaxis], 3, axis=-1) / np.sqrt(3)


def blob(red, green, blue):
    disc = (dy**2 + dx**2 <= 9)[..., np.newaxis] * np.array([red, green, blue], float)
    return disc / np.linalg.norm(disc)


detectors = {
    "line +45°": line(dy + dx),
    "line −45°": line(dy - dx),
    "green blob": blob(-1, 2, -1),
    "blue blob": blob(-1, -1, 2),
}
names = ("astronaut", "chelsea", "coffee", "dahlia", "motorcycle", "rocket", "temple")
photographs = {name: datasets.photograph(name) for name in names}


# %%
def best_patches(detector, per_photograph=3, apart=25, keep=9):
    """Return the photographs and the patches (9×9×3) that excite a detector most."""
    weights, found = detector[..., np.newaxis].astype("float32"), []
    for name, photograph in photographs.items():
        answers = convolution.conv2d(photograph.astype("float32"), weights)[..., 0]
        for _ in range(per_photograph):
            row, column = np.unravel_index(answers.argmax(), answers.shape)
            found.append(
                (
                    answers[row, column],
                    name,
                    photograph[row : row + 9, column : column + 9],
                )
            )
            up, left = max(row - apart, 0), max(column - apart, 0)
            answers[
                up : row + apart + 1, left : column + apart + 1
            ] = -np.inf  # not again
    best = sorted(found, key=lambda entry: -entry[0])[:keep]
    return [name for _, name, _ in best], np.array([patch for _, _, patch in best])


best = {name: best_patches(detector) for name, detector in detectors.items()}

# %% tags=["hide-output"]
looks = [weights / (2 * np.abs(weights).max()) + 0.5 for weights in detectors.values()]
plots.top_patches(
    looks,
    [patches for _, patches in best.values()],
    names=list(detectors),
    alt="Four detectors and their nine best patches, in many colours and textures.",
)

# %% [markdown]
# They do not look alike: alike is only what the detector weighs. How different are they? For each detector, the correlation of the two least similar of its nine patches, and how many photographs they come from:

# %%
least = {
    name: np.corrcoef(p.reshape(9, -1).astype(float)).min()
    for name, (_, p) in best.items()
}
table = pd.DataFrame(
    {
        "least alike": least,
        "photographs": {n: len(set(o)) for n, (o, _) in best.items()},
    }
)
table.round(2)

# %% tags=["claims"]
# @title Claims
own, others = (
    float((detectors["line +45°"] * best[name][1]).sum(axis=(1, 2, 3)).mean())
    for name in ("line +45°", "line −45°")
)
score.at_most(
    "least alike pair of nine, highest of four detectors", max(least.values()), 0.3
)
score.at_least(
    "photographs among the nine of the line at +45°", len(set(best["line +45°"][0])), 4
)
score.at_least("line +45°: mean answer to its own nine", own, 400)
score.at_most("line +45°: mean answer to the nine of −45°", others, 0)
score.section()

# %% [markdown]
# A detector knows only its weighted sum. The last patches of the green blob are yellow: green may outweigh a good deal of red if blue is low. So a feature map says "something of this kind is here", not "this is what it looks like".
#
# A note on sources: Zeiler and Fergus traced the excitement back with a *deconvolutional network*. The interactive *Deep Visualization Toolbox*, in which one watches the units of a trained network at work, is a later work by others (Yosinski and others, 2015, arXiv:1506.06579).
#
# Back to [lesson 01](../01_convolution_intuition.ipynb).
