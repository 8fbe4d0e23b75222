"""The course's speed claims, as ratios measured in one run, and what each lesson takes: ``make bench``.

    python tools/bench.py                      # all
    python tools/bench.py conv2d lesson06      # those whose name begins so
    python tools/bench.py --json build/now.json conv2d

Times on a shared machine wander; a ratio of two times taken in turns in one run wanders far less. Each line gives
the ratio, the two medians behind it, and, where the course has set itself a goal, the goal and whether it is reached;
a table of the goals ends the run. Of a lesson it gives wall time and peak memory as ``pytest --nbval`` runs it.
``make bench-compare OLD=… NEW=…`` compares two files of results.
"""

import argparse
import datetime
import functools
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import digit_races  # beside this file
import transfer_races  # beside this file, too
from bench_results import RESULTS, line, table  # beside this file, too

from course_utils import files, runtime

ROOT = Path(__file__).resolve().parents[1]
COST = re.compile(r"^ *([\d.]+) s +(\d+) MB +(\S+)", re.MULTILINE)  # as notebooks/conftest.py prints it


def in_turns(*functions: Callable, rounds: int = 9) -> list[float]:
    """Run the functions in turns and return the median seconds of each; a first round warms up."""
    times = [[] for _ in functions]
    for number in range(rounds + 1):
        for function, taken in zip(functions, times, strict=True):
            begun = time.perf_counter()
            function()
            if number:
                taken.append(time.perf_counter() - begun)
    return [statistics.median(taken) for taken in times]


def in_a_process(code: str) -> tuple[float, float]:
    """Run code in a fresh interpreter; return the (seconds, peak megabytes) that its ``work()`` adds."""
    script = (
        f"{code}\n"
        "import json, resource, time\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "begun = time.perf_counter()\n"
        "work()\n"
        "seconds = time.perf_counter() - begun\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([seconds, (after - before) / 1024]))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def four_loops(image, kernel):
    """The definition of the convolution, one product at a time, as lesson 01 writes it first."""
    import numpy as np

    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    out = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            total = 0.0
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    total += image[r + i, c + j] * kernel[i, j]
            out[r, c] = total
    return out


def bench_conv2d() -> None:
    """The reference convolution against OpenCV and against four loops, on one 512×512 photograph."""
    import cv2
    import numpy as np

    from course_utils.convolution import KERNELS, conv2d

    image = np.random.default_rng(0).random((512, 512))
    small = image[:128, :128]
    kernel = KERNELS["gaussian_blur"]
    ours, opencv = in_turns(
        lambda: conv2d(image, kernel, padding="same"),
        lambda: cv2.filter2D(image, cv2.CV_64F, kernel, borderType=cv2.BORDER_CONSTANT),
    )
    what = "conv2d: OpenCV's filter2D is faster by (512×512, 3×3)"
    line(what, ours / opencv, times(ours, opencv), goal=10, better="less")
    ours, loops = in_turns(lambda: conv2d(small, kernel), lambda: four_loops(small, kernel), rounds=3)
    line("conv2d: faster than four loops by (128×128, 3×3)", loops / ours, times(ours, loops))


def bench_describe() -> None:
    """`anatomy.describe` of a builder against building the network: VGG-19 of keras.applications."""
    begin = (
        "from course_utils import runtime; keras = runtime.import_keras()\n"
        "from course_utils import anatomy\n"
        "anatomy.describe(keras.applications.VGG16, weights=None, input_shape=(32, 32, 3), include_top=False)\n"
    )
    describing = f"{begin}def work(): anatomy.describe(keras.applications.VGG19, weights=None)"
    building = f"{begin}def work(): keras.applications.VGG19(weights=None)"
    described = [in_a_process(describing) for _ in range(3)]
    built = [in_a_process(building) for _ in range(3)]
    (a, b), (p, q) = ([statistics.median(column) for column in zip(*runs, strict=True)] for runs in (described, built))
    line("anatomy.describe(VGG19): time", a, f"building it: {p:.2f} s", goal=0.2, unit="s", better="less")
    line("anatomy.describe(VGG19): memory", b, f"building it: {q:.0f} MB", goal=50, unit="MB", better="less")


def bench_lenet() -> None:
    """Lesson 06: our LeNet-5 recipe against the notes', to 98.57% and to the end, on MNIST (or its stand-in)."""
    runtime.import_keras()
    from course_utils import datasets, recipes

    data = datasets.load("mnist")
    race = recipes.race_to(0.9857 if not data.stand_in else 0.9, data=data)
    what = f"LeNet-5: our recipe reaches {race['target']:.2%} faster by"
    line(what, race["ratio"], times(race["ours"], race["notes"]), goal=5)
    whole = f"{times(race['ours_whole'], race['notes_whole'])} of processor time"
    ends = f"{race['ours_accuracy']:.2%} against {race['notes_accuracy']:.2%} at the end"
    line(
        "LeNet-5: our whole recipe is shorter than the notes' by",
        race["notes_whole"] / race["ours_whole"],
        f"{whole}, {ends}",
        goal=5,
    )


def bench_cifar() -> None:
    """Lesson 03: our CIFAR-10 recipe to the accuracy the notes report, against the notes' program as it is written."""
    runtime.import_keras()
    from course_utils import datasets
    from course_utils.recipes import cifar_fast

    data = datasets.load("cifar10")
    race = cifar_fast.race_to(0.719, data=data, as_written=True)
    reached = f"{race['ours_accuracy']:.1%} against {race['notes_accuracy']:.1%} at the end"
    line("CIFAR-10: our recipe reaches 71.9% faster by", race["ratio"], f"{seconds(race)}, {reached}", goal=5)


def bench_mnist() -> None:
    """Lesson 03: our recipe for MNIST to the accuracy the notes report, against the notes' program as it is written."""
    on_digits(digit_races.cnn_race, "MNIST CNN: our recipe reaches {:.2%} faster by", 0.9919, easier=0.9)


def bench_parity() -> None:
    """Lesson 05: odd or even, a head on features computed once against the frozen network run in each epoch."""
    on_digits(digit_races.parity_race, "odd or even: our head reaches {:.1%} faster by", 0.893, easier=0.8)


def on_digits(race: Callable, what: str, target: float, *, easier: float) -> None:
    """Run a race of `digit_races` on MNIST, to an ``easier`` target where a stand-in takes its place."""
    runtime.import_keras()
    from course_utils import datasets

    data = datasets.load("mnist")
    target = easier if data.stand_in else target
    found = race(data, target)
    reached = f"{found['ours_accuracy']:.2%} against {found['notes_accuracy']:.2%} at the end"
    line(what.format(target), found["notes"] / found["ours"], f"{seconds(found)}, {reached}", goal=5)


def bench_features() -> None:
    """Lesson 05: a head on features computed once, against a frozen base run forward in each of ten epochs."""
    runtime.import_keras()
    from course_utils import datasets, transfer

    side = 96
    base = transfer.best_backbone(input_shape=(side, side, 3))
    print(f"  {base.note}")
    pets = datasets.load_folder("cats_vs_dogs", quiet=True)
    train, valid = (pets.part(part).arrays(side) for part in ("train", "validation"))
    ours, again, notes, accuracies = transfer_races.features_race(base, train, valid)
    counted = f"{times(ours, notes)}, validation {accuracies}"
    line("cached features: 10 epochs, computing them included (at most 10)", notes / ours, counted)
    line("cached features: 10 epochs, features on disk", notes / again, times(again, notes), goal=10)
    few = [(images[::step], labels[::step]) for (images, labels), step in ((train, 4), (valid, 10))]
    ours, _, notes, accuracies = transfer_races.features_race(base, *few, shown=(2000, 740))
    counted = f"{times(ours, notes)}, validation {accuracies}"
    line("cached features: the notes' 10 epochs of 125 + 50 steps, in all", notes / ours, counted)


def bench_stream() -> None:
    """Lesson 05: image files to batches, against the legacy ImageDataGenerator on the same folder."""
    runtime.import_keras()
    from course_utils import datasets

    part = datasets.load_folder("cats_vs_dogs", quiet=True).part("train")
    for augmented in (False, True):
        legacy, first, later = transfer_races.stream_race(part, augmented)
        name = "augmented" if augmented else "plain"
        line(f"stream, {name}: more images a second, epoch 1", first / legacy, rates(first, legacy), goal=1)
        line(f"stream, {name}: more images a second, later epochs", later / legacy, rates(later, legacy), goal=5)


def seconds(race: dict) -> str:
    """Return the two times of a race as text."""
    return times(race["ours"], race["notes"])


def rates(ours: float, other: float) -> str:
    """Return two rates as text."""
    return f"{ours:,.0f} against {other:,.0f} images/s"


def times(ours: float, other: float) -> str:
    """Return two times as text, in milliseconds below a second."""
    return " against ".join(f"{t * 1e3:.2f} ms" if t < 1 else f"{t:.2f} s" for t in (ours, other))


def bench_lesson(number: str) -> None:
    """What a lesson takes in the quick profile: wall time and peak memory of its kernel."""
    [notebook] = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", str(notebook)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    cost = COST.search(done.stdout)
    if cost is None:
        raise SystemExit(f"lesson {number} did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    passed = "" if done.returncode == 0 else "with failures: pytest --nbval says which"
    line(f"lesson {number}: wall time", float(cost[1]), passed, goal=120, unit="s", better="less")
    line(f"lesson {number}: peak memory", float(cost[2]), passed, goal=1500, unit="MB", better="less")


def benchmarks() -> dict[str, Callable[[], None]]:
    """Return all benchmarks by name."""
    found = {name.removeprefix("bench_"): f for name, f in globals().items() if name.startswith("bench_")}
    measure = found.pop("lesson")
    return found | {f"lesson{number}": functools.partial(measure, number) for number in runtime.LESSONS}


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmarks whose name begins with one of the words given, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="beginnings of names of benchmarks; all without any")
    parser.add_argument("--json", type=Path, help="write the results to this file, too")
    asked, there = parser.parse_args(arguments), benchmarks()
    wanted = {name: f for name, f in there.items() if not asked.names or name.startswith(tuple(asked.names))}
    if not wanted:
        parser.error(f"no benchmark begins with {' or '.join(asked.names)}; there are {', '.join(there)}")
    runtime.quiet_logs()
    print(f"on {runtime.device()}; each ratio from one run, the two sides in turns")
    RESULTS.clear()
    for name, function in wanted.items():
        described = function.func if isinstance(function, functools.partial) else function
        print(f"{name}: {(described.__doc__ or '').splitlines()[0]}")
        function()
    print(table(RESULTS))
    if asked.json:
        versions = {name: runtime.version(name) for name in ("tensorflow", "keras", "numpy")}
        about = {"date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M}", "device": runtime.device()}
        asked.json.parent.mkdir(parents=True, exist_ok=True)
        files.write_text(asked.json, json.dumps(about | {"versions": versions, "results": RESULTS}, indent=1) + "\n")


if __name__ == "__main__":
    main()
