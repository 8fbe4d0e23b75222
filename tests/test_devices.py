"""Several devices and several machines: the same training as on one, and what a killed worker costs."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from course_utils import training
from course_utils.training import devices

PROGRAM = Path(__file__).with_name("devices_program.py")
PATIENCE = 300  # seconds; a loaded machine needs many


def begun(*words: str, **variables: str) -> subprocess.Popen:
    """Start the program."""
    own = {name: value for name, value in os.environ.items() if name not in {"COURSE_DEVICES", "TF_CONFIG"}}
    own |= {"PYTHONPATH": str(PROGRAM.parents[1])} | variables
    command = [sys.executable, str(PROGRAM), *words]
    return subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen):
    """Return what the program printed."""
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err[-3000:]
    return json.loads(out.splitlines()[-1])


def workers(*words: str, killed: bool = False) -> list[subprocess.Popen]:
    """Start the program as two workers, the second of which may be killed on its way."""
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("127.0.0.1", 0))
        hosts = [f"127.0.0.1:{free.getsockname()[1]}" for free in (first, second)]
    return [
        begun(
            *words,
            *(["killed"] if killed and number else []),
            TF_CONFIG=json.dumps({"cluster": {"worker": hosts}, "task": {"type": "worker", "index": number}}),
        )
        for number in (0, 1)
    ]


@pytest.fixture(scope="module")
def trained():
    return told(begun("devices"))


def assert_same(history: dict, expected: dict):
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        assert len(values) == 4
        np.testing.assert_allclose(history[name], values, atol=1e-4, err_msg=name)


@pytest.mark.slow
def test_two_devices_learn_what_one_learns(trained):
    one, two = trained
    assert (one["devices"], two["devices"]) == (1, 2)
    assert one["history"]["loss"][-1] < 0.75 * one["history"]["loss"][0]
    assert_same(two["history"], one["history"])


@pytest.mark.slow
def test_two_workers_learn_what_one_learns_and_a_killed_one_costs_an_epoch(trained, tmp_path):
    file = str(tmp_path / "together.npz")
    alive, dead = workers("worker", file, killed=True)
    try:
        assert dead.wait(PATIENCE) < 0
        alive.wait(60)  # it may notice or wait for its partner for ever
    except subprocess.TimeoutExpired:
        pass
    finally:
        for process in (alive, dead):
            process.kill()
            process.communicate()
    for result in map(told, workers("worker", file)):
        assert (result["devices"], result["resumed_from"]) == (2, 2)
        assert_same(result["history"], trained[0]["history"])


@pytest.mark.parametrize(
    ("cluster", "kind", "number", "writes"),
    [
        (["worker"], "worker", 0, True),
        (["worker"], "worker", 1, False),
        (["chief", "worker"], "chief", 0, True),
        (["chief", "worker"], "worker", 0, False),
    ],
)
def test_one_of_the_workers_writes(monkeypatch, cluster, kind, number, writes):
    hosts = {name: ["127.0.0.1:1", "127.0.0.1:2"][: 1 if name == "chief" else 2] for name in cluster}
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": hosts, "task": {"type": kind, "index": number}}))
    assert devices.writes() is writes


def test_a_process_alone_writes(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert devices.writes()


@pytest.mark.parametrize("wanted", ["", "all", "one"])
def test_one_device_is_left_alone(monkeypatch, wanted):
    monkeypatch.setenv("COURSE_DEVICES", wanted)
    monkeypatch.setattr(devices, "accelerators", list)
    with training.several_devices() as found:
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        training.prepare(model)
    assert found == 1 and devices.shares(model) == 1
    assert model.steps_per_execution == training.setup.STEPS_AT_ONCE


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICES", "CPU:0,TPU:7")
    allowed = "COURSE_DEVICES must be all, one, or some of CPU:0"
    with pytest.raises(ValueError, match=f"{allowed}.*received 'CPU:0,TPU:7'"), training.several_devices():
        pass
