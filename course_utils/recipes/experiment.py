"""One runner for every long experiment: variants × seeds, each run stored as it ends, resumable after any of them."""

import json
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from course_utils.recipes import results


class Job(NamedTuple):
    """One run: a variant, a seed, and further keyword arguments of the experiment's ``train``."""

    variant: str
    seed: int
    options: Mapping[str, object] = {}
    trial: bool = False  # a run of the `Sweep`, not of the experiment


class Sweep(NamedTuple):
    """Values of one argument of ``train``, tried for each variant before the experiment proper.

    Args:
        values: the numbers tried in rising order, for all variants or by variant.
        argument: the keyword argument they are given to.
        seeds: of the trials; none of them a seed of the experiment.
        best: takes the trials of one variant, returns the chosen value; None: the greatest mean
            ``validation_accuracy``. What a trial says of the test set (``test…``) is not even stored.
        widen: while the best value is the first or last one tried, try one beyond it, at most so many times.
        train: what trains a trial; None: what trains the experiment.
    """

    values: Sequence[float] | Mapping[str, Sequence[float]]
    argument: str = "rate"
    seeds: tuple[int, ...] = (100,)
    best: Callable[[list[dict]], float] | None = None
    widen: int = 0
    train: Callable[..., object] | None = None


def seed_by_seed(variants: Sequence[str], seeds: Sequence[int]) -> Iterable[Job]:
    """Plan every variant with every seed, so that a slow spell of the machine meets all variants."""
    return [Job(name, seed) for seed in seeds for name in variants]


def alternating(variants: Sequence[str], seeds: Sequence[int]) -> list[Job]:
    """Plan as `seed_by_seed`, every second seed in reverse order: a machine that tires meets all variants alike."""
    return [Job(name, seed) for number, seed in enumerate(seeds) for name in variants[:: -1 if number % 2 else 1]]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A question, the variants that answer it, and how one of them is trained; its result is plain numbers.

    Args:
        name: of the file that holds the result, ``data/measurements/NAME.json``.
        question: one sentence.
        variants: settings (numbers, a dictionary or a NamedTuple) by the name of the variant.
        seeds: of the runs.
        train: ``train(variant, data, *, seed, …)`` returns a dictionary of plain numbers, or a model and that.
        dataset: name of a data set of `datasets.load`, or a function that loads one.
        prepare: makes what ``train`` reads from the data set, a part of it for instance.
        recipe: the plain numbers that all variants share.
        plan: the jobs of the chosen variants and seeds; every variant with every seed by default.
        sweep: values to choose from first, variant by variant.
        given: ``given(job, runs)``: further arguments of ``train`` that depend on the runs so far.
        shared: ``shared(data, job)``: something costly that the jobs with an equal ``shared_by(job)`` use in turn,
            given to ``train`` as ``shared``; made again when a stopped experiment goes on.
        finish: makes what is stored from the whole result.

    Example:
        >>> Experiment(name="twice", question="Is it?", variants={"a": 1}, seeds=(0,), dataset="digits",
        ...            train=lambda name, data, *, seed: {"test_accuracy": 0.5}).name
        'twice'
    """

    name: str
    question: str
    variants: Mapping[str, object]
    seeds: tuple[int, ...]
    train: Callable[..., object]
    dataset: str | Callable[[], object]
    prepare: Callable[[object], object] = lambda data: data
    recipe: Mapping[str, object] = field(default_factory=dict)
    plan: Callable[[Sequence[str], Sequence[int]], Iterable[Job]] = seed_by_seed
    sweep: Sweep | None = None
    given: Callable[[Job, list[dict]], dict] = lambda job, runs: {}
    shared: Callable[[object, Job], object] | None = None
    shared_by: Callable[[Job], Hashable] = lambda job: job.seed
    finish: Callable[[dict], dict] = lambda result: result

    def measure(
        self,
        *,
        seeds: Sequence[int] | None = None,
        variants: Sequence[str] | None = None,
        real: bool = False,
        log: Callable[[str], object] = print,
    ) -> dict:
        """Run what is planned, or go on where it was stopped, and return the result.

        Args:
            seeds: other than the experiment's own.
            variants: some of the experiment's.
            real: refuse bundled data that stand in for the published set.
            log: called with one line a run.

        Returns:
            Date, hardware, versions, question, data with checksum, recipe, ``arms`` (the settings by variant),
            ``runs``, each with its ``arm`` and ``seed``; after a sweep also its ``trials``, the chosen values and
            ``at_edge``, the variants whose best value is the first or last one tried.

        Raises:
            Refused: an unknown variant, stand-in data, or unfinished runs with another recipe, code, data or versions.
        """
        seeds = tuple(self.seeds if seeds is None else seeds)
        chosen = {
            name: self.variants[results.accepted("variants", name, self.variants)] for name in variants or self.variants
        }
        whole = self.load()
        found = results.described(whole)
        if real and found["stand_in"]:
            raise results.Refused("the published data are unavailable, so nothing was run (set COURSE_DATA_DIR)")
        runner = _Runner(self, self.prepare(whole), results.Unfinished(self.unfinished(), self._terms(found)), log)
        swept, options = runner.sweep(tuple(chosen)) if self.sweep else ({}, {})
        jobs = [
            job._replace(options=options.get(job.variant, {}) | dict(job.options))
            for job in self.plan(tuple(chosen), seeds)
        ]
        runs = runner.all(jobs)
        about = {"question": self.question, "data": found, "recipe": dict(self.recipe)}
        arms = {"arms": {name: results.plain(settings) for name, settings in chosen.items()}}
        result = {"name": self.name} | results.environment() | about | arms | swept | {"runs": runs}
        return json.loads(json.dumps(self.finish(result)))

    def load(self):
        """Return the data set."""
        from course_utils import datasets

        return datasets.load(self.dataset) if isinstance(self.dataset, str) else self.dataset()

    def unfinished(self) -> Path:
        """Return the file of the runs of an experiment that is not complete."""
        return results.folder() / f"{self.name}.runs.json"

    def _terms(self, found: dict) -> dict:
        """Return what must be equal for stored runs to be runs of this experiment."""
        return results.plain(
            {
                "recipe": dict(self.recipe),
                "data": found["sha256"],
                "versions": results.environment()["versions"],
                "code": results.code_of(self.train),
            }
        )


class _Runner:
    """Runs jobs, remembers each at once, says how long the rest will take."""

    def __init__(self, experiment: Experiment, data, unfinished: results.Unfinished, log: Callable[[str], object]):
        self.experiment, self.data, self.unfinished, self.log = experiment, data, unfinished, log
        self.shared = self.shared_key = None
        self.begun, self.new = time.perf_counter(), 0

    def all(self, jobs: Sequence[Job]) -> list[dict]:
        """Return the numbers of all jobs, in their order."""
        runs, left = [], sum(self.unfinished.get(self._key(job)) is None for job in jobs)
        if left < len(jobs):
            self.log(f"{len(jobs) - left} of {len(jobs)} runs are there already ({self.unfinished.path})")
        for number, job in enumerate(jobs, start=1):
            run = self.unfinished.get(self._key(job))
            if run is None:
                run = self._run(job, runs, f"{number} of {len(jobs)}: {job.variant}, seed {job.seed} · ")
                self.unfinished.put(self._key(job), run)
                self.new, left = self.new + 1, left - 1
                self.log(f"{number} of {len(jobs)}: {results.told(run)}{self._time_left(left)}")
            runs.append(run)
        return runs

    def sweep(self, variants: Sequence[str]) -> tuple[dict, dict]:
        """Try the values, beyond the ends too where the best one is there; return what to store, and what to use."""
        sweep, trials, chosen, values = self.experiment.sweep, [], {}, {}
        for name in variants:
            given = sweep.values[name] if isinstance(sweep.values, Mapping) else sweep.values
            values[name] = list(given)
        tried = [Job(n, s, {sweep.argument: v}, True) for s in sweep.seeds for n in variants for v in values[n]]
        trials = self.all(tried)
        for name in variants:
            for wider in range(sweep.widen + 1):
                own = [trial for trial in trials if trial["arm"] == name]
                best = chosen[name] = (sweep.best or self._greatest)(own)
                beyond = _beyond(values[name], best)
                if beyond is None or wider == sweep.widen:
                    break
                values[name] = sorted([*values[name], beyond])
                trials += self.all([Job(name, seed, {sweep.argument: beyond}, True) for seed in sweep.seeds])
        edge = [name for name in variants if _beyond(values[name], chosen[name]) is not None]
        stored = {f"{sweep.argument}s": chosen, "at_edge": edge, "trials": trials}
        return stored, {name: {sweep.argument: value} for name, value in chosen.items()}

    def _greatest(self, trials: list[dict]) -> float:
        argument, scores = self.experiment.sweep.argument, {}
        for trial in trials:
            scores.setdefault(trial[argument], []).append(trial["validation_accuracy"])
        return max(scores, key=lambda value: sum(scores[value]) / len(scores[value]))

    def _run(self, job: Job, runs: list[dict], heading: str) -> dict:
        from course_utils.training import devices, progress

        experiment, begun = self.experiment, time.perf_counter()
        options = dict(job.options) | experiment.given(job, runs)
        if experiment.shared is None or experiment.shared_by(job) != self.shared_key:
            self.shared = None
            results.forget_models()
        if experiment.shared is not None:
            if self.shared is None:
                self.shared_key, self.shared = experiment.shared_by(job), experiment.shared(self.data, job)
            options["shared"] = self.shared
        with progress.headed(heading), devices.named_devices():
            train = (job.trial and experiment.sweep.train) or experiment.train
            numbers = train(job.variant, self.data, seed=job.seed, **options)
        numbers = numbers[-1] if isinstance(numbers, tuple) else numbers
        run = {"arm": job.variant, "seed": job.seed} | dict(job.options) | numbers
        run.setdefault("seconds", round(time.perf_counter() - begun, 2))
        if job.trial:
            run = {key: value for key, value in run.items() if not key.startswith("test")}
        return results.plain(run)

    def _time_left(self, left: int) -> str:
        seconds = (time.perf_counter() - self.begun) / self.new * left
        return f"; about {seconds / 60:.0f} min left" if seconds >= 60 else ""

    @staticmethod
    def _key(job: Job) -> str:
        return json.dumps(results.plain([job.variant, job.seed, dict(job.options), job.trial]), sort_keys=True)


def _beyond(values: Sequence[float], best: float) -> float | None:
    """Return the value one step beyond the end that ``best`` is, by the ratio of its neighbours, or None inside."""
    if len(values) < 2 or best not in (values[0], values[-1]):
        return None
    neighbour = values[1] if best == values[0] else values[-2]
    return float(f"{best * best / neighbour:.3g}")
