"""Quiet libraries and a cache of its own for every test run."""

import pytest

from course_utils import runtime

runtime.quiet_logs()


def pytest_configure(config):
    """Load TensorFlow once, with its start-up messages held back, when Keras tests are among those chosen."""
    del config
    import matplotlib

    matplotlib.use("Agg")


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory):
    """Never read or write the reader's downloads and unfinished trainings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_CACHE_DIR", str(tmp_path_factory.mktemp("downloads")))
        patch.setenv("COURSE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        yield
