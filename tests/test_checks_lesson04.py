"""Checks of lesson 04: right answers pass, usual mistakes get their hint, stubs are not attempted."""

import functools
import math

import numpy as np
from check_tools import exercise_tests

from course_utils.checks import lesson04, lesson04_further

FAULTS = {"A": "too small", "B": "too large", "C": "input forgotten", "D": "units identical"}


def size(values):
    return np.sqrt(np.mean(values**2))


def calibrated(measure=lambda sums, signal, x: size(signal), hand_on="calibrated", divide=np.divide):
    """Return an answer to exercise 5; without arguments the right one."""

    def answer(x, kernels):
        found = []
        for kernel in kernels:
            sums = x @ kernel
            signal = np.maximum(sums, 0)
            number = measure(sums, signal, x)
            found.append(divide(kernel, number))
            x = {"calibrated": signal / number, "as it was": signal, "before ReLU": sums / number}[hand_on]
        return found

    return answer


def initializers():
    import keras

    return keras.initializers


FEATURES = {"A": "none", "B": "one", "C": "many", "D": "many"}


class LateNorm:
    """Keras's layer, made when it is first used: collecting the tests needs no Keras."""

    @functools.cached_property
    def layer(self):
        import keras

        return keras.layers.BatchNormalization(momentum=0.9)

    def __getattr__(self, name):
        return getattr(self.layer, name)

    def __call__(self, *arguments, **named):
        return self.layer(*arguments, **named)


def norm(axes=(0, 1, 2), *, keep=False, ddof=0, momentum=0.9, epsilon=0.001, root=True, moves="training", uses=None):
    """Return an answer to exercise 8; without arguments a right one."""

    def answer(maps, gamma, beta, mean, variance, training):
        now = maps.mean(axes, keepdims=keep), maps.var(axes, keepdims=keep, ddof=ddof)
        new = mean, variance
        if moves == "always" or (moves == "training" and training):
            new = momentum * mean + (1 - momentum) * now[0], momentum * variance + (1 - momentum) * now[1]
        centre, square = now if (training if uses is None else uses == "batch") else new
        z = (maps - centre) / (np.sqrt(square + epsilon) if root else square + epsilon)
        return gamma * z + beta, *new

    return answer


def changed(**parts):
    """Return a right answer to exercise 8 whose output or statistics are changed by functions of all arguments."""

    def answer(maps, gamma, beta, mean, variance, training):
        arguments = maps, gamma, beta, mean, variance, training
        found = dict(zip(("output", "mean", "variance"), norm()(*arguments), strict=True))
        return tuple(parts[name](value, *arguments) if name in parts else value for name, value in found.items())

    return answer


RIGHT = [
    (lesson04.features, (FEATURES,)),
    (lesson04.features, ({**FEATURES, "C": " Many "},)),
    (lesson04.norm_of_maps, (norm(), LateNorm())),
    (lesson04.layer_starts, (lambda count: ["he_normal"] * count,)),
    (lesson04.layer_starts, (lambda count: [initializers().HeUniform] * count,)),
    (lesson04.he_deviation, (math.sqrt(2 / 576),)),
    (lesson04.he_deviation, (0.0589,)),
    (lesson04.size_after_ten, (0.5, 1 / 32)),
    (lesson04.he_deviation, (0.06,)),
    (lesson04.size_after_ten, (0.5, 0.0313)),
    (lesson04.size_after_ten, (0.5, 0.03)),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: (6 / (n_in + n_out)) ** 0.5,)),
    (lesson04.calibrated, (calibrated(),)),
    (lesson04.calibrated, (lambda x, kernels: tuple(kernel.tolist() for kernel in calibrated()(x, kernels)),)),
    (lesson04.diagnose, (FAULTS,)),
    (lesson04_further.leaky_variance, (lambda n_in, slope: 2 / (n_in * (1 + slope**2)),)),
    (lesson04.centred_sigmoid, (0.44,)),
    (lesson04.centred_sigmoid, (np.float32(0.45),)),
    (lesson04.layer_starts, (lambda count: [initializers().HeNormal() for _ in range(count)],)),
    (lesson04.layer_starts, (lambda count: [initializers().HeUniform(seed=i) for i in range(count)],)),
]

WRONG = [
    (lesson04.features, ({**FEATURES, "A": "one"},), "which of them are not 0"),
    (lesson04.features, ({**FEATURES, "B": "many"},), "different gradients"),
    (lesson04.features, ({**FEATURES, "B": "none"},), "different gradients"),
    (lesson04.features, ({**FEATURES, "C": "none"},), "two steps"),
    (lesson04.features, ({**FEATURES, "C": "one"},), "two steps"),
    (lesson04.features, ({**FEATURES, "D": "one"},), "asks for two things"),
    (lesson04.features, ({**FEATURES, "D": "none"},), "asks for two things"),
    (lesson04.features, (dict.fromkeys("ABCD", "many"),), "2 of 4. Network A"),
    (lesson04.features, ({**FEATURES, "D": "some"},), "choose from"),
    (lesson04.features, ({**FEATURES, "D": None},), "network D has no answer"),
    (lesson04.features, (["none", "one", "many", "many"],), "the keys A, B, C and D"),
    (lesson04.norm_of_maps, (norm(0), LateNorm()), "not one for each place"),
    (lesson04.norm_of_maps, (norm((1, 2), keep=True), LateNorm()), "the batch counts"),
    (lesson04.norm_of_maps, (norm(None), LateNorm()), "of its own"),
    (lesson04.norm_of_maps, (norm(root=False), LateNorm()), "variance or standard deviation"),
    (lesson04.norm_of_maps, (norm(epsilon=0), LateNorm()), "where is ε"),
    (lesson04.norm_of_maps, (norm(ddof=1), LateNorm()), "number of values"),
    (lesson04.norm_of_maps, (norm(uses="batch"), LateNorm()), "in use: which mean and variance"),
    (lesson04.norm_of_maps, (norm(moves="never", uses="running"), LateNorm()), "training: which mean and variance"),
    (lesson04.norm_of_maps, (norm(uses="running"), LateNorm()), "that have just moved"),
    (lesson04.norm_of_maps, (norm(moves="always", uses="running"), LateNorm()), "that have just moved"),
    (lesson04.norm_of_maps, (norm((1, 2)), LateNorm()), "Over which axes"),
    (
        lesson04.norm_of_maps,
        (changed(output=lambda out, *rest: np.maximum(out, 0)), LateNorm()),
        "channel by channel",
    ),
    (lesson04.norm_of_maps, (norm(moves="never"), LateNorm()), "have not moved"),
    (lesson04.norm_of_maps, (norm(momentum=0.1), LateNorm()), "weighs 0.9"),
    (lesson04.norm_of_maps, (norm(momentum=0.5), LateNorm()), "running averages are not"),
    (
        lesson04.norm_of_maps,
        (
            changed(mean=lambda new, maps, gamma, beta, mean, *rest: 0.9 * mean + 0.1 * maps.mean((0, 1, 2))),
            LateNorm(),
        ),
        "when nothing is learned",
    ),
    (
        lesson04.norm_of_maps,
        (changed(variance=lambda new, *arguments: np.sqrt(new)), LateNorm()),
        "compare what you do with the variance",
    ),
    (
        lesson04.norm_of_maps,
        (changed(output=lambda out, maps, gamma, *rest: out / gamma), LateNorm()),
        "differs from",
    ),
    (
        lesson04.norm_of_maps,
        (changed(output=lambda out, maps, gamma, beta, *rest: (out - beta) / gamma), LateNorm()),
        "two learned numbers",
    ),
    (
        lesson04.norm_of_maps,
        (changed(output=lambda out, maps, gamma, beta, *rest: out - beta), LateNorm()),
        "one of the two learned numbers",
    ),
    (
        lesson04.norm_of_maps,
        (changed(output=lambda out, maps, gamma, beta, *rest: (out - beta) / gamma + beta), LateNorm()),
        "one of the two learned numbers",
    ),
    (lesson04.norm_of_maps, (changed(output=lambda out, *rest: out[..., 0]), LateNorm()), "that of the maps"),
    (lesson04.norm_of_maps, (changed(output=lambda out, *rest: "norm"), LateNorm()), "that of the maps"),
    (lesson04.norm_of_maps, (lambda maps, **rest: maps, LateNorm()), "return three things"),
    (lesson04.norm_of_maps, (lambda maps: maps, LateNorm()), "TypeError"),
    (lesson04.he_deviation, (2 / 576,), "that is the variance"),
    (lesson04.he_deviation, (0.1768,), "3·3·64 products"),
    (lesson04.he_deviation, (2 / 64,), "a variance, and of 64"),
    (lesson04.he_deviation, (0.4714,), "all 64 maps"),
    (lesson04.he_deviation, (0.0417,), "LeCun"),
    (lesson04.he_deviation, (0.1021,), "limit"),
    (lesson04.he_deviation, ("small",), "write numbers"),
    (lesson04.size_after_ten, (1.0, 1.0), "keeps half"),
    (lesson04.size_after_ten, (0.5, 0.5**10), "its root"),
    (lesson04.size_after_ten, (5, 3125), "square of the deviation"),
    (lesson04.size_after_ten, (0.5, 0.5), "there are ten"),
    (lesson04.size_after_ten, (0.7071, 1 / 32), "size is right"),
    (lesson04.size_after_ten, (0.5, None), "both numbers"),
    (lesson04.size_after_ten, (3, 4), "n·Var(w)/2"),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: 2 / (n_in + n_out),), "the variance"),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: (2 / (n_in + n_out)) ** 0.5,), "reaches further"),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: (6 / n_in) ** 0.5,), "inputs and outputs"),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: (12 / (n_in + n_out)) ** 0.5,), "range of 2a"),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: 7.0,), "set it to"),
    (lesson04.calibrated, (lambda x, kernels: kernels,), "unchanged"),
    (lesson04.calibrated, (calibrated(lambda sums, signal, x: np.mean(signal**2)),), "divide by the mean square"),
    (lesson04.calibrated, (calibrated(lambda sums, signal, x: signal.std()),), "subtracts the mean"),
    (lesson04.calibrated, (calibrated(lambda sums, signal, x: size(sums)),), "measure before ReLU"),
    (lesson04.calibrated, (calibrated(lambda sums, signal, x: size(x)),), "goes into the layer"),
    (lesson04.calibrated, (calibrated(divide=np.multiply),), "multiply where"),
    (lesson04.calibrated, (calibrated(hand_on="as it was"),), "once layer 1 is calibrated"),
    (lesson04.calibrated, (calibrated(hand_on="before ReLU"),), "what does it read"),
    (
        lesson04.calibrated,
        (calibrated(lambda sums, signal, x: 1e-9 + np.sqrt(np.mean(signal**2, axis=0))),),
        "one number, the same for all",
    ),
    (lesson04.calibrated, (lambda x, kernels: [k * np.sqrt(2 / len(k)) / k.std() for k in kernels],), "not 1"),
    (lesson04.calibrated, (lambda x, kernels: calibrated()(x, kernels)[:1],), "should come back"),
    (lesson04.calibrated, (lambda x, kernels: 1.5,), "a list of kernels"),
    (lesson04.calibrated, (lambda x, kernels: 1 / 0,), "ZeroDivisionError"),
    (lesson04.diagnose, ({**FAULTS, "C": "too small"},), "from input to input"),
    (lesson04.diagnose, ({**FAULTS, "A": "too large", "B": "too small"},), "2 of 4. Network A"),
    (lesson04.diagnose, ({**FAULTS, "B": "units identical"},), "where on tanh's curve"),
    (lesson04.diagnose, ({**FAULTS, "D": "too large"},), "one unit differs"),
    (lesson04.diagnose, ({**FAULTS, "D": "exploding"},), "choose from"),
    (lesson04.diagnose, ({"A": "too small"},), "the keys A, B, C and D"),
    (lesson04.diagnose, ({**FAULTS, "C": None},), "network C has no answer"),
    (lesson04_further.leaky_variance, (lambda n_in, slope: 1 / n_in,), "He's 2/n"),
    (lesson04_further.leaky_variance, (lambda n_in, slope: (2 / (n_in * (1 + slope**2))) ** 0.5,), "the deviation"),
    (lesson04_further.leaky_variance, (lambda n_in, slope: 2 / n_in,), "LeCun's 1/n"),
    (lesson04_further.leaky_variance, (lambda n_in, slope: 2 / (n_in * (1 + slope)),), "slope squared"),
    (lesson04_further.leaky_variance, (lambda n_in, slope: 2 / n_in if slope < 1 else 1 / n_in,), "is left"),
    (lesson04.centred_sigmoid, (math.sqrt(1 / 128),), "the factor a layer"),
    (lesson04.centred_sigmoid, (math.sqrt(2 / 128),), "the factor a layer"),
    (lesson04.centred_sigmoid, (math.sqrt(16 / 128),), "if every slope were"),
    (lesson04.centred_sigmoid, (0.4,), "still fades"),
    (lesson04.centred_sigmoid, (0.5,), "already grows"),
    (lesson04.centred_sigmoid, (5.0,), "already grows"),
    (lesson04.centred_sigmoid, (-1,), "a number above 0"),
    (lesson04.centred_sigmoid, ("one",), "a number above 0"),
    (lesson04.layer_starts, (lambda count: [initializers().HeNormal()] * count,), "identical"),
    (
        lesson04.layer_starts,
        (lambda count: [initializers().HeNormal(seed=min(i, 1)) for i in range(count)],),
        "identical",
    ),
    (lesson04.layer_starts, (lambda count: [initializers().HeNormal(seed=i // 2) for i in range(count)],), "identical"),
    (lesson04.layer_starts, (lambda count: [initializers().HeNormal(seed=1) for _ in range(count)],), "identical"),
    (lesson04.layer_starts, (lambda count: [initializers().Zeros() for _ in range(count)],), "is zero"),
    (
        lesson04.layer_starts,
        (lambda count: [*[initializers().HeNormal() for _ in "ab"], initializers().Zeros()],),
        "zero:",
    ),
    (lesson04.layer_starts, (lambda count: [initializers().GlorotNormal() for _ in range(count)],), "He's for 64"),
    (lesson04.layer_starts, (lambda count: ["glorot_uniform"] * count,), "not the name of He's rule"),
    (lesson04.layer_starts, (lambda count: ["he_normal", "he_normal", "zeros"],), "not the name of He's rule"),
    (lesson04.layer_starts, (lambda count: [7] * count,), "as a Keras layer takes them"),
    (lesson04.layer_starts, (lambda count: 1 / 0,), "ZeroDivisionError"),
    (lesson04.layer_starts, (lambda count: [1, 2],), "a list of three, one a layer (received a list, of length 2)"),
    (lesson04.layer_starts, ([1],), "function itself"),
]

UNTOUCHED = [
    (lesson04.features, (dict.fromkeys("ABCD"),)),
    (lesson04.norm_of_maps, (lambda maps, gamma, beta, mean, variance, training: (..., mean, variance), LateNorm())),
    (lesson04.he_deviation, (None,)),
    (lesson04.size_after_ten, (None, None)),
    (lesson04_further.glorot_limit, (lambda n_in, n_out: ...,)),
    (lesson04.calibrated, (lambda x, kernels: ...,)),
    (lesson04.diagnose, ({"A": None, "B": None, "C": None, "D": None},)),
    (lesson04_further.leaky_variance, (lambda n_in, slope: ...,)),
    (lesson04.centred_sigmoid, (None,)),
    (lesson04.layer_starts, (lambda count: ...,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(
    RIGHT, WRONG, UNTOUCHED
)


def test_the_gradient_of_forty_centred_sigmoid_layers_needs_weights_of_no_rule():
    by_rule = [lesson04.gradient_ratio(math.sqrt(k / 128)) for k in (1, 2, 4, 16)]
    assert max(by_rule) < 0.2  # well outside of what the exercise asks for
    assert 0.8 < lesson04.gradient_ratio(0.444) < 1.25
    assert lesson04.gradient_ratio(0.44) == lesson04.gradient_ratio(0.44)


def test_the_way_back_of_exercise_7_is_that_of_the_lesson():
    from scipy.special import expit

    rng = np.random.default_rng([0, 4])
    x, sums, kernels = rng.normal(size=(100, 128)), [], []
    for _ in range(40):
        kernels.append(rng.normal(0, 0.44, (128, 128)))
        sums.append(x @ kernels[-1])
        x = expit(sums[-1]) - 0.5
    gradient, found = rng.normal(size=(100, 128)), []
    for kernel, a in zip(kernels[::-1], sums[::-1], strict=True):
        found.append(gradient * expit(a) * (1 - expit(a)))
        gradient = found[-1] @ kernel.T
    assert np.isclose(lesson04.gradient_ratio(0.44, draws=1), size(found[-1]) / size(found[0]), rtol=1e-6)


def test_limit_is_that_of_keras():
    import keras

    drawn = np.asarray(keras.initializers.GlorotUniform(seed=0)((784, 256)))
    limit = math.sqrt(6 / 1040)
    assert 0.999 * limit < np.abs(drawn).max() <= limit
