"""Starting a lesson: profile, seeds, quiet logs, device."""

import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils import paths, runtime, validation


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(runtime, "gpus", lambda: ())
    monkeypatch.delenv("COURSE_PROFILE", raising=False)


def test_profile_is_quick_without_a_gpu_and_full_with_one(no_gpu, monkeypatch):
    assert runtime.profile() == "quick"
    monkeypatch.setattr(runtime, "gpus", lambda: ("Some GPU",))
    assert runtime.profile() == "full"
    monkeypatch.setenv("COURSE_PROFILE", "Quick")
    assert runtime.profile() == "quick"


def test_bad_profile_and_lesson_are_named(no_gpu, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quik")
    with pytest.raises(ValueError, match=r"COURSE_PROFILE must be one of 'quick', 'full'; received 'quik'.*'quick'"):
        runtime.profile()
    with pytest.raises(ValueError, match="lesson must be one of"):
        runtime.start(lesson="11")
    with pytest.raises(ValueError, match="seed must be"):
        runtime.start(lesson="01", seed=-1)


def test_start_says_one_line_and_seeds(no_gpu, capsys, monkeypatch):
    lesson = runtime.start(lesson="01", seed=7)
    first = np.random.rand()
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and said.startswith("Lesson 01 · CPU, ") and "profile" not in said
    assert lesson.profile == "quick" and lesson.seed == 7
    monkeypatch.setenv("COURSE_PROFILE", "full")
    runtime.start(lesson=1, seed=7)
    assert np.random.rand() == first and "full profile" in capsys.readouterr().out


def test_choose_takes_the_row_of_the_profile():
    rows = {"quick": {"epochs": 3}, "full": {"epochs": 20}}
    assert runtime.Lesson("06", "quick", 0, "CPU").choose(**rows).epochs == 3
    assert runtime.Lesson("06", "full", 0, "CPU").choose(**rows).epochs == 20
    with pytest.raises(ValueError, match="same names"):
        runtime.Lesson("06", "quick", 0, "CPU").choose(quick={"epochs": 3}, full={"epoch": 20})


def test_lessons_with_keras_start_quietly_and_reproducibly():
    code = (
        "from course_utils import runtime; runtime.start(lesson='06', seed=3);"
        "import keras; print(float(keras.random.normal((1,))[0]))"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TF_")} | {"COURSE_PROFILE": "quick"}
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        for _ in range(2)
    ]
    assert runs[0].stderr == "", "TensorFlow's start-up messages reach the reader"
    assert runs[0].stdout == runs[1].stdout and len(runs[0].stdout.splitlines()) == 2


def test_gpus_are_read_from_the_driver_without_a_framework(monkeypatch, tmp_path):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'GPU 0: Tesla T4 (UUID: GPU-1)'\necho 'GPU 1: Tesla T4 (UUID: GPU-2)'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    runtime.gpus.cache_clear()
    try:
        assert runtime.gpus() == ("Tesla T4", "Tesla T4")
        assert runtime.device() == "2 × Tesla T4"
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
        runtime.gpus.cache_clear()
        assert runtime.gpus() == ()
    finally:
        runtime.gpus.cache_clear()


def test_paths_follow_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSE_DATA_DIR", "")
    assert paths.downloads() == tmp_path / "cache" and paths.mirror() is None
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    assert paths.mirror() == tmp_path
    for value, expected in {"1": True, "yes": True, "0": False, "": False, "no": False}.items():
        monkeypatch.setenv("COURSE_OFFLINE", value)
        assert paths.offline() is expected


def test_validation_accepts_numpy_whole_numbers_and_refuses_booleans():
    assert validation.whole_number("n", np.int64(3)) == 3
    assert validation.pair("n", [np.int32(2), 3]) == (2, 3)
    assert validation.real_number("x", 0.5, low=0, high=1) == 0.5
    for bad in (True, 1.5, "3", None, 0):
        with pytest.raises(ValueError, match="n must be a whole number"):
            validation.whole_number("n", bad)
    with pytest.raises(ValueError, match="x must be a number from 0 to 1; received 2"):
        validation.real_number("x", 2, low=0, high=1)
    with pytest.raises(ValueError, match="Did you mean 'C1'"):
        validation.one_of("layers", "c1", ["S2", "C1"])
    with pytest.raises(ValueError, match="at least 1 and at most 5"):
        validation.whole_number("n", 9, maximum=5)


@pytest.mark.parametrize(("cores", "processes", "threads"), [(4, 2, "2"), (2, 2, "1"), (2, 3, "1"), (None, 2, "1")])
def test_processes_side_by_side_share_the_cores(monkeypatch, cores, processes, threads):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    monkeypatch.setattr(runtime.os, "cpu_count", lambda: cores)
    runtime.share_cores(processes)
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == os.environ["OMP_NUM_THREADS"] == threads
    runtime.share_cores(1)  # what is set stays
    assert os.environ["TF_NUM_INTRAOP_THREADS"] == threads
    with pytest.raises(ValueError, match="processes must be a whole number of at least 1; received 0"):
        runtime.share_cores(0)
