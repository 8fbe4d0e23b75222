"""Quiet libraries and a cache of its own for every test run."""

import ctypes
import gc
import sys

import pytest

from course_utils import runtime

runtime.quiet_logs()


def pytest_configure(config):
    """Draw without a window; side by side (``-n 2``), keep to a share of the cores."""
    if getattr(config.option, "numprocesses", None):  # the workers begin later and inherit it
        runtime.share_cores(config.option.numprocesses)
    import matplotlib

    matplotlib.use("Agg")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """Never read or write the reader's downloads and unfinished trainings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CACHE_DIR", str(tmp_path_factory.mktemp("downloads")))
        patch.setenv("COURSE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _libraries_are_no_garbage():
    """Leave the million objects of the libraries out of every later collection, which then takes milliseconds."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _same_weights_in_every_run():
    """Seed each test, so that a model it builds without a seed of its own has the same weights whatever ran before."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture(autouse=True, scope="module")
def _no_graphs_left_over():
    """Draw the same numbers in every run; give back graphs and models when a file's last test is done."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)
    yield
    if "keras" in sys.modules:
        sys.modules["keras"].utils.clear_session()
        gc.collect()
        if sys.platform == "linux":  # the C library keeps what was freed unless asked for it
            ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture(scope="module")
def eagerly():
    """Train layer by layer, without a graph: for the few batches of a test the graph takes longer than the training."""
    import keras

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.Model, "run_eagerly", property(lambda self: True, lambda self, value: None))
        yield


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Empty mirror, cache and Keras folder; no network."""
    for folder in ("mirror", "cache/weights", "keras/models"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "mirror"))
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    return tmp_path


@pytest.fixture(scope="module")
def chromium():
    """Start Chromium for the tests of a file."""
    import browser
    from playwright.sync_api import sync_playwright

    path = browser.chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=browser.FLAGS)
        yield started
        started.close()
