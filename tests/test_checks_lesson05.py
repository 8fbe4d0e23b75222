"""The checks of lesson 05 accept right answers, and answer the usual wrong ones with their hint."""

import numpy as np
import pytest
from check_tools import exercise_tests

from course_utils.checks import lesson05, lesson05_further

PLAN = {"A": "use as it is", "B": "frozen base", "C": "fine-tune", "D": "from scratch", "E": "frozen base"}
MEAN = lesson05_further.BGR_MEAN


def even_in_place(labels):
    """Right on the first call, and it changes what it was given."""
    for i in range(len(labels)):
        labels[i] = 1 - labels[i] % 2
    return np.asarray(labels)


def even_pure(labels):
    return 1 - np.asarray(labels) % 2


def even_list_in_place(labels):
    """Harmless to arrays, harmful to lists."""
    answer = even_pure(labels)
    if isinstance(labels, list):
        labels[:] = list(answer)
    return answer


def even_shared(labels):
    labels = np.asarray(labels)
    return labels if labels.dtype == np.uint8 else 1 - labels % 2


def prepared_in_place(images):
    """Keras' way: a view of the same memory, and −=."""
    images = images if images.dtype.kind == "f" else images.astype(float)
    images = images[..., ::-1]
    images -= MEAN
    return images


def prepared_float32_in_place(images):
    """`asarray` copies bytes and float64, and hands back the reader's own float32 array."""
    images = np.asarray(images, "float32")
    images -= MEAN[::-1].astype("float32")
    return images[..., ::-1]


def notes_parity(labels):
    """The helper of the notes, for rows of labels only."""
    for i, label in enumerate(labels):
        labels[i] = 1 if label % 2 == 0 else 0
    return np.asarray(labels)


def either(p, dogs, cats):
    dog, cat = p[:, dogs].sum(axis=1), p[:, cats].sum(axis=1)
    return dog / (dog + cat)


def likeliest_breed(p, dogs, cats):
    dog, cat = p[:, dogs].max(axis=1), p[:, cats].max(axis=1)
    return dog / (dog + cat)


def redrawn(correct, seed=0, *, part=(0.025, 0.975), size=None, replace=True):
    rng = np.random.default_rng(seed)
    shares = [rng.choice(correct, size or len(correct), replace=replace).mean() for _ in range(2_000)]
    return np.quantile(shares, part[0]), np.quantile(shares, part[1])


def by_the_normal_curve(correct, seed=0):
    share = np.mean(correct)
    half = 1.96 * np.sqrt(share * (1 - share) / len(correct))
    return share - half, share + half


def begun_anew(correct, seed=0):
    """The same draw 2,000 times."""
    draws = [np.random.default_rng(seed).choice(correct, len(correct)) for _ in range(20)]
    return tuple(np.quantile([draw.mean() for draw in draws], [0.025, 0.975]))


def percentiles_of_one(correct, seed=0):
    rng = np.random.default_rng(seed)
    return tuple(np.percentile([rng.choice(correct, len(correct)).mean() for _ in range(2_000)], [0.025, 0.975]))


def one_redraw(correct, seed=0):
    return tuple(np.quantile(np.random.default_rng(seed).choice(correct, len(correct)), [0.025, 0.975]))


def scaled_by(factor):
    return lambda correct, seed=0: tuple(factor * share for share in redrawn(correct, seed))


RIGHT = [
    (lesson05.dog_if_either, (either,)),
    (lesson05.trained_parameters, (1280 * 17 + 17,)),
    (lesson05.plan, (PLAN,)),
    (lesson05.plan, ({**PLAN, "A": " Use as it is", "D": "From scratch"},)),
    (lesson05.interval, (redrawn,)),
    (lesson05.interval, (lambda correct, seed: list(redrawn(correct, seed + 7)),)),
    (lesson05_further.even, (even_pure,)),
    (lesson05_further.passes, (160 / 337,)),
    (lesson05_further.passes, (0.47,)),
    (lesson05_further.prepared, (lambda images: images[..., ::-1].astype(float) - MEAN,)),
]
WRONG = [
    (lesson05.dog_if_either, (lambda p, dogs, cats: p[:, dogs].sum(axis=1),), "Given that"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: 1 - either(p, dogs, cats),), "of a cat"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: p[:, dogs].sum(1) / p[:, cats].sum(1),), "ratio"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: (either(p, dogs, cats) > 0.5) * 1.0,), "decision"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: either(p, dogs, cats) > 0.5,), "decision"),
    (lesson05.dog_if_either, (likeliest_breed,), "Each breed counts"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: either(p, dogs, cats).mean(),), "each photograph"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: either(p, dogs, cats)[:, None],), "yours are (1, 1)"),
    (lesson05.dog_if_either, (lambda p, d, c: p[:, d].sum() / (p[:, d].sum() + p[:, c].sum()),), "which axis"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: either(p, [1, 2], [3]),), "classes 3 and 4"),
    (lesson05.dog_if_either, (lambda p, d, c: p[:, d].mean(1) / (p[:, d].mean(1) + p[:, c].mean(1)),), "Two breeds"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: p[:, dogs] / p[:, cats],), "What share of both"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: p[dogs].sum(axis=1),), "What share of both"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: 1 - p[:, cats].sum(axis=1),), "airplanes would count"),
    (lesson05.dog_if_either, (lambda p, dogs, cats: either(p[:1], dogs, cats),), "along which axis"),
    (lesson05.trained_parameters, (21_760,), "What else"),
    (lesson05.trained_parameters, (410_208 + 21_777,), "Does it learn"),
    (lesson05.trained_parameters, (410_208,), "it is frozen"),
    (lesson05.trained_parameters, (410_208 + 21_760,), "forgets the biases"),
    (lesson05.trained_parameters, (9 * 1280 * 17 + 17,), "averaged before the head"),
    (lesson05.trained_parameters, (9 * 1280 * 17,), "and biases count"),
    (lesson05.trained_parameters, (17,), "only the head"),
    (lesson05.trained_parameters, (21_761,), "which of them"),
    (lesson05.trained_parameters, (1_280,), "one unit"),
    (lesson05.trained_parameters, (1_281,), "there are 17"),
    (lesson05.trained_parameters, (2_562,), "two classes"),
    (lesson05.trained_parameters, (True,), "write numbers"),
    (lesson05.plan, ({**PLAN, "A": "frozen base"},), "Situation A"),
    (lesson05.plan, ({**PLAN, "B": "fine-tune"},), "no time to find a rate"),
    (lesson05.plan, ({**PLAN, "C": "frozen base", "D": "fine-tune"},), "3 of 5. Situation C"),
    (lesson05.plan, ({**PLAN, "E": "fine-tune"},), "left end"),
    (lesson05.plan, ({**PLAN, "E": "from scratch"},), "section 6"),
    (lesson05.plan, ({**PLAN, "D": "pray"},), "choose from"),
    (lesson05.plan, ({"A": "fine-tune"},), "the keys A, B, C, D and E"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed, replace=False),), "drawn exactly once"),
    (lesson05.interval, (begun_anew,), "anew for each"),
    (lesson05.interval, (percentiles_of_one,), "or to 100"),
    (lesson05.interval, (one_redraw,), "take the share"),
    (lesson05.interval, (scaled_by(1.02),), "2,000 of them"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed)[::-1],), "lower share"),
    (lesson05.interval, (lambda correct, seed=0: correct.mean(),), "two numbers"),
    (lesson05.interval, (scaled_by(100),), "from 0 to 1"),
    (lesson05.interval, (scaled_by(400),), "not counts"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed, part=(0.0, 1.0)),), "too wide"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed, part=(0.05, 0.95)),), "How many lie below"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed, size=2_000),), "too narrow"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed, size=59),), "as many as you were given"),
    (lesson05.interval, (lambda correct, seed=0: redrawn(correct, seed, size=400),), "is n always 400"),
    (lesson05.interval, (lambda correct, seed=0: (0.27, 0.33),), "should lie between"),
    (lesson05.interval, (by_the_normal_curve,), "more than all of them"),
    (lesson05.interval, (lambda correct, seed=0: 1 / 0,), "ZeroDivisionError"),
    (lesson05_further.passes, (337 / 160,), "turn it over"),
    (lesson05_further.passes, (160,), "how many are there"),
    (lesson05_further.passes, (337 / 32,), "one pass needs"),
    (lesson05_further.passes, ("half",), "write numbers"),
    (lesson05_further.passes, (3,), "how many are there"),
    (lesson05_further.passes, (0.5,), "one digit is not enough"),
    (lesson05_further.passes, (5 / 11,), "count images, not steps"),
    (lesson05_further.passes, (11,), "one pass needs"),
    (lesson05_further.passes, (5 / 337,), "each step"),
    (lesson05_further.passes, (47.5,), "percentage"),
    (lesson05_further.even, (lambda labels: np.asarray(labels) % 2 == 0,), "True and False"),
    (lesson05_further.even, (lambda labels: np.asarray(labels) % 2,), "odd = 1"),
    (lesson05_further.even, (even_in_place,), "the array that was handed over has changed"),
    (lesson05_further.even, (notes_parity,), "the array that was handed over has changed"),
    (lesson05_further.even, (even_list_in_place,), "the list that was handed over has changed"),
    (lesson05_further.even, (even_shared,), "shares its memory"),
    (lesson05_further.even, (lambda labels: 1 - labels % 2,), "np.asarray"),
    (lesson05_further.prepared, (prepared_in_place,), "have changed"),
    (lesson05_further.prepared, (prepared_float32_in_place,), "float32 images that were handed over have changed"),
    (lesson05_further.prepared, (lambda images: images - MEAN,), "still red, green, blue"),
    (lesson05_further.prepared, (lambda images: images - MEAN[::-1],), "blue first"),
    (lesson05_further.prepared, (lambda images: images[..., ::-1] - MEAN[::-1],), "so does its mean"),
    (lesson05_further.prepared, (lambda images: images / 127.5 - 1,), "Inception"),
    (lesson05_further.prepared, (lambda images: images[..., ::-1],), "Subtract the means"),
    (lesson05_further.prepared, (lambda images: images * 0,), "First blue"),
]
UNTOUCHED = [
    (lesson05.dog_if_either, (lambda probabilities, dogs, cats: ...,)),
    (lesson05.trained_parameters, (...,)),
    (lesson05.plan, ({"A": ..., "B": ..., "C": ..., "D": ..., "E": ...},)),
    (lesson05.interval, (lambda correct, seed=0: (..., ...),)),
    (lesson05_further.even, (lambda labels: ...,)),
    (lesson05_further.passes, (...,)),
    (lesson05_further.prepared, (lambda images: ...,)),
]


test_right_answer, test_wrong_answer, test_untouched_stub, test_forgotten_return = exercise_tests(
    RIGHT, WRONG, UNTOUCHED
)


def test_a_reader_s_interval_serves_once_it_is_right():
    assert lesson05.yours_or_ours(redrawn) is redrawn
    ours = lesson05.yours_or_ours(begun_anew)
    assert ours(np.arange(50) < 48) == pytest.approx(redrawn(np.arange(50) < 48), abs=0.021)
    assert lesson05.interval(ours).passed is True


def test_preprocessing_is_that_of_keras():
    import keras

    images = np.arange(12, dtype="float32").reshape(1, 2, 2, 3) * 20
    theirs = keras.applications.vgg16.preprocess_input(images.copy())
    assert images[..., ::-1] - MEAN == pytest.approx(theirs, abs=1e-4)
