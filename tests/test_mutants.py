"""The planted faults: a table that fits the code, and a tool that tells found from survived and resumes."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("mutants_tool", ROOT / "tools" / "mutants.py")
mutants = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mutants)

FAULTS, EXPLAINED = mutants.faults()
KINDS = {"builders", "layers", "convolution", "datasets", "training", "transfer", "checks"}


def test_there_are_a_hundred_and_each_part_has_some():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 100
    assert {fault.kind for fault in FAULTS} == KINDS
    assert EXPLAINED.keys() <= {fault.name for fault in FAULTS}


@pytest.mark.parametrize("path", sorted({fault.path for fault in FAULTS}))
def test_faults_fit_the_code_as_it_is(path):
    for fault in FAULTS:
        if fault.path == path:
            mutants.planted((ROOT / path).read_text(encoding="utf-8"), fault)
            assert all((ROOT / "tests" / f"{test}.py").exists() for test in fault.tests)
            assert mutants.notebook(ROOT, fault.lesson).exists()


def test_a_fault_that_fits_twice_or_breaks_the_syntax_is_refused():
    fault = mutants.Fault("a.py", "x", "wrong", "1", "2", ("t",), "01")
    with pytest.raises(SystemExit, match="stands 2 times"):
        mutants.planted("a = 1 + 1", fault)
    with pytest.raises(SystemExit, match="not Python any more"):
        mutants.planted("a = 1", fault._replace(after="("))


@pytest.fixture
def small(tmp_path):
    """A course of one function and one test that sees one of its two faults."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "code.py").write_text("def half(x):\n    return x / 2 if x else 0.0\n")
    (tmp_path / "tests" / "test_half.py").write_text("import code_\nassert code_.half(4) == 2\n")
    (tmp_path / "notebooks" / "01_half.ipynb").write_text("{}")
    line = ("code.py", "checks")
    seen = mutants.Fault(*line, "doubled", "x / 2", "x * 2", ("test_half",), "01")
    unseen = mutants.Fault(*line, "one for none", "0.0", "1.0", ("test_half",), "01")
    return tmp_path, [seen, unseen]


def test_found_and_survived_are_told_apart_and_not_tried_twice(small, monkeypatch, capsys):
    root, chosen = small
    ran = []

    def found_by(root, fault, part):
        ran.append(text := (root / "code.py").read_text())
        return "x * 2" in text

    monkeypatch.setattr(mutants, "found_by", found_by)
    stored = []
    known = mutants.tried(root, chosen, {}, "unit", 1, stored.append)
    assert len(ran) == 2 and len(stored) == 1  # the code as it is, then the first fault
    known = mutants.tried(root, chosen, known, "unit", 9, stored.append)
    known = mutants.tried(root, chosen, known, "unit", 9, stored.append)
    assert len(ran) == 4
    assert (root / "code.py").read_text() == ran[0]
    told = mutants.table(chosen, {}, known)
    assert [line.split() for line in told.splitlines()][1] == ["checks", "2", "2", "1", "0", "1"]
    assert "  code.py: one for none: NOT EXPLAINED" in told and "doubled" not in told
    assert "NOT EXPLAINED" not in mutants.table(chosen, {"code.py: one for none": "there is always one"}, known)
    (root / "tests" / "test_half.py").write_text("# a test more\n")
    mutants.tried(root, chosen, known, "unit", 9, stored.append)
    assert len(ran) == 7


def test_tests_that_fail_without_a_fault_prove_nothing(small, monkeypatch, capsys):
    root, chosen = small
    monkeypatch.setattr(mutants, "found_by", lambda *given: True)
    assert not any("unit" in entry for entry in mutants.tried(root, chosen, {}, "unit", 9, print).values())
    assert "fails without any fault" in capsys.readouterr().out
