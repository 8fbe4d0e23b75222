# %% [markdown]
# # 01 · Further: the name, the matrix, the speed
#
# [![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/convnet-course/convnet-course/blob/main/notebooks/further/01_name_matrix_speed.ipynb)
#
# A side path of [lesson 01](../01_convolution_intuition.ipynb), about 10 minutes. Nothing later depends on it.

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
from time import perf_counter

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal

from course_utils import checks, convolution, plots, runtime
from course_utils.checks import lesson01_further

image = np.array([[3, 3, 2, 1, 0],
                  [0, 0, 1, 3, 1],
                  [3, 1, 2, 2, 3],
                  [2, 0, 0, 2, 2],
                  [2, 0, 0, 0, 1]])  # fmt: skip
kernel = np.array([[0, 1, 2],
                   [2, 2, 0],
                   [0, 1, 2]])  # fmt: skip
output = convolution.conv2d(image, kernel)

# %% tags=["nbval-ignore-output"]
lesson = runtime.start(lesson="01")
plots.set_theme()
score = checks.Scorecard("01, further")

# %% [markdown]
# ## The name: correlation or convolution
#
# What libraries for neural networks call "convolution" is what mathematics calls **cross-correlation**. The convolution of mathematics turns the kernel by 180° first. **Which of SciPy's two functions will agree with us, `correlate2d` or `convolve2d`?**

# %% tags=["hide-output"]
turned = convolution.flip(kernel)
output_turned = convolution.conv2d(image, turned)
plots.sum_of_grids(
    [kernel, turned, output, output_turned],
    signs=["", "", ""],
    titles=["kernel", "turned", "with kernel", "with turned"],
    shade=False,
    alt="The kernel, the kernel turned by 180 degrees, and two different results.",
)

# %% tags=["claims"]
# @title Claims
correlated = signal.correlate2d(image, kernel, mode="valid")
convolved = signal.convolve2d(image, kernel, mode="valid")
score.equal("what networks compute is SciPy's correlate2d", output, correlated)
score.equal(
    "with the turned kernel", output_turned, [[18, 20, 19], [10, 9, 17], [11, 8, 14]]
)
score.equal("… that is SciPy's convolve2d", output_turned, convolved)
score.equal(
    "pixels that differ, out of 9", np.count_nonzero(output != output_turned), 7
)
score.section()

# %% [markdown]
# Seven of nine pixels differ. For *learned* weights there is no damage: the network would simply learn the turned kernel. The damage comes when a kernel is carried over from a book on signal processing, or from another library. `convolution.flip` fixes it, and a test such as this one finds it.
#
# Why does mathematics turn the kernel at all? Because then the order does not matter: $a * b = b * a$. And a kernel that looks the same after half a turn gives the same result either way, like this one, which counts how many of five places are lit:

# %%
lit = np.array([[1, 1, 1, 0, 0],
                [0, 1, 1, 1, 0],
                [0, 0, 1, 1, 1],
                [0, 0, 1, 1, 0],
                [0, 1, 1, 0, 0]])  # fmt: skip
corners = np.array([[1, 0, 1],
                    [0, 1, 0],
                    [1, 0, 1]])  # fmt: skip
counted = convolution.conv2d(lit, corners)
plots.sliding_window(
    lit,
    corners,
    counted,
    at=(1, 2),
    alt="A picture of zeros and ones, the kernel, and the counts.",
)

# %% tags=["claims"]
# @title Claims
score.equal("second worked example", counted, [[4, 3, 4], [2, 4, 3], [2, 3, 4]])
score.equal("… turned or not", signal.convolve2d(lit, corners, mode="valid"), counted)
score.section()

# %% [markdown]
# ## The matrix: a dense layer with most weights zero
#
# A convolution is a dense layer in which most weights are zero and the rest repeat. To see its matrix, convolve 25 pictures in which a single pixel is lit; each gives one column.

# %%
single_pixels = np.eye(25, dtype=int).reshape(
    5, 5, 25
)  # picture k has only pixel k lit
matrix = convolution.conv2d(single_pixels, kernel).reshape(9, 25)
plots.number_grid(
    matrix, alt="A 9 by 25 matrix; the same short pattern, further right in each row."
)

# %% tags=["claims"]
# @title Claims
score.equal("matrix times flattened picture", matrix @ image.ravel(), output.ravel())
score.equal(
    "entries that are not zero: 6 weights, 9 times", np.count_nonzero(matrix), 54
)
score.section()

# %% [markdown]
# Read a row: the kernel's rows, with gaps of the picture's width between them. Read down: the same numbers, one place further. *Locality* is the zeros, *sharing* is the repetition.
#
# ## The speed: cut out all windows at once
#
# Python's loops are slow. The same sums can be made for all places together: one array of windows with four axes (row, column, i, j), times the kernel, summed over the last two. Libraries lay the windows out as rows of a matrix, a trick called *im2col*, for nothing is faster than one large matrix product.


# %%
def four_loops(image, kernel):
    height = image.shape[0] - kernel.shape[0] + 1
    width = image.shape[1] - kernel.shape[1] + 1
    output = np.zeros((height, width), dtype=int)
    for row in range(height):
        for column in range(width):
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    output[row, column] += image[row + i, column + j] * kernel[i, j]
    return output


def vectorised(image, kernel):
    windows = sliding_window_view(image, kernel.shape)  # (rows, columns, i, j)
    return windows.reshape(-1, kernel.size) @ kernel.ravel()


random = np.random.default_rng(0)
picture, wide = random.integers(0, 256, (30, 40)), random.integers(-5, 6, (3, 5))

# %% tags=["nbval-ignore-output"]
seconds = {}
for way in (four_loops, vectorised):
    begun = perf_counter()
    for _ in range(3):
        way(picture, wide)
    seconds[way.__name__] = (perf_counter() - begun) / 3
print(", ".join(f"{name}: {1000 * s:.2f} ms" for name, s in seconds.items()))

# %% tags=["claims"]
# @title Claims
score.equal(
    "four loops = one product",
    four_loops(picture, wide).ravel(),
    vectorised(picture, wide),
)
score.section()

# %% [markdown]
# **Exercise A (code).** Give the four loops a stride and a padding. Begin with `np.pad(image, padding)`; the window's corner then lies at `row * stride, column * stride`.


# %%
def slide(image, kernel, stride, padding):
    feature_map = ...  # pad, find the output's shape, then four loops
    return feature_map


lesson01_further.strided_convolution(slide)

# %% [markdown]
# **Exercise B (code).** Write max pooling for windows of any `size` that do not overlap. Rows and columns that fill no window are left out. (Without loops: split both axes into blocks with `reshape`, and keep each block's maximum.)


# %%
def max_pool(image, size):
    pooled_map = ...  # cut, split into blocks, keep the maxima
    return pooled_map


lesson01_further.max_pool(max_pool)

# %% [markdown]
# ## The same in Keras
#
# Later lessons use Keras. It wants a batch axis in front and a channel axis at the end; its kernels are (height, width, input channels, filters). In low-level TensorFlow a stride may be a list of four numbers, [batch, rows, columns, channels]; Keras takes one number or two, and 1 is the default.

# %%
keras = runtime.import_keras()
one_picture = image[None, ..., None].astype("float32")  # (1, 5, 5, 1)
one_kernel = kernel[..., None, None].astype("float32")  # (3, 3, 1, 1)
by_keras = np.array(keras.ops.conv(one_picture, one_kernel))[0, ..., 0]

layer = keras.layers.Conv2D(32, 3)
layer.build((None, 28, 28, 1))
layer.strides, layer.count_params()

# %% tags=["claims"]
# @title Claims
try:
    keras.layers.Conv2D(32, 3, strides=(1, 2, 2, 1))
    refused = False
except ValueError:
    refused = True
score.equal("keras.ops.conv = our conv2d", by_keras, output)
score.equal("32 filters of 3×3 on one channel: parameters", layer.count_params(), 320)
score.true("Keras refuses a stride of four numbers", refused)
score.section()

# %% [markdown]
# Back to [lesson 01](../01_convolution_intuition.ipynb). Solutions: [01 · solutions](../solutions/01_convolution_intuition_solutions.ipynb).
