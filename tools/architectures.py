"""The facts and drawings of the site's pages of single networks: counted by `anatomy`, drawn by `plots.architecture`.

    python tools/architectures.py           # writes site/architectures/facts.json and NAME.svg, NAME_block.svg
    python tools/architectures.py --check   # fails when facts are not what course_utils builds, or a drawing is gone

The site's own environment has neither Keras nor Matplotlib, so both lie in the repository. Which networks have a page
stands in ``site/architectures.toml``.
"""

import argparse
import io
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "site" / "architectures"
SHORT = 24  # a network of at most so many layers is listed layer by layer, a longer one stage by stage
COUNTED = ("Conv", "Dense", "RBF")  # in the class names of layers with weights that are counted as layers
LISTED = (*COUNTED, "Pool", "Subsampling")


def networks(root: Path = ROOT) -> list[dict]:
    """Return the networks of ``site/architectures.toml``."""
    return tomllib.loads((root / "site" / "architectures.toml").read_text(encoding="utf-8"))["network"]


def anatomy_of(entry: dict):
    """Return the `Anatomy` of a network; no weights are made."""
    from course_utils import anatomy, models

    return anatomy.describe(getattr(models, entry["builder"]), **entry.get("arguments", {}))


def facts(found) -> dict:
    """Return what a network's page says: totals and a table, by layer or, of a long network, by stage.

    Auxiliary heads, which are there in training alone, count as ``helpers`` and in the table.
    """
    rows = list(found.rows)
    helpers = [row for row in rows if row.stage.startswith("aux")]
    maps = [row for row in rows if len(row.output_shape) == 3 and max(row.output_shape[:2]) > 1]
    last = [row for row in maps if row not in helpers][-1]
    listed = [row for row in rows if any(word in row.kind for word in LISTED)]
    short = len(listed) <= SHORT
    return {
        "input": list(rows[0].input_shapes[0]),
        "parameters": found.params - sum(row.params for row in helpers),
        "trained": found.trainable_params - sum(row.trainable_params for row in helpers),
        "macs": found.macs - sum(row.macs for row in helpers),
        "helpers": sum(row.params for row in helpers),
        "memory": found.memory - sum(row.memory for row in helpers),
        "field": last.receptive_field,
        "field_of": f"{last.output_shape[0]}×{last.output_shape[1]}",
        "convolutions": sum("Conv" in row.kind and row not in helpers for row in rows),
        "dense": sum(row.kind == "Dense" and row not in helpers for row in rows),
        "by": "layer" if short else "stage",
        "table": [line([row]) for row in listed] if short else [line(part, part[0].stage) for part in stages(rows)],
    }


def stages(rows: list) -> list[list]:
    """Return the rows of each stage, in the order in which the stages begin."""
    parts = {}
    for row in rows:
        parts.setdefault(row.stage, []).append(row)
    return list(parts.values())


def line(rows: list, name: str | None = None) -> dict:
    """Return one line of the table: its layers' sums, and the output and the receptive field of the last."""
    end = rows[-1]
    return {
        "name": name or end.name,
        "kind": end.kind if name is None else None,
        "kernel": list(end.kernel) if name is None and end.kernel else None,
        "layers": sum(any(word in row.kind for word in COUNTED) for row in rows),
        "output": list(end.output_shape),
        "parameters": sum(row.params for row in rows),
        "macs": sum(row.macs or 0 for row in rows),
        "field": end.receptive_field,
    }


def drawings(entry: dict, found) -> dict[str, tuple[str, str]]:
    """Return each drawing of a network, its name with its SVG and its description."""
    from course_utils import plots

    made = {entry["name"]: svg(plots.architecture(found, title="", show=False))}
    if block := entry.get("block"):
        made[f"{entry['name']}_block"] = svg(plots.architecture(found, block=block, title=block, show=False))
    return made


def svg(axes) -> tuple[str, str]:
    """Return a figure as SVG, its numbers cut to what can be seen, and its description; close it."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    file, told = io.StringIO(), axes.figure._course_alt_text
    with mpl.rc_context({"svg.hashsalt": "course", "svg.fonttype": "none"}):
        axes.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    plt.close(axes.figure)
    text = re.sub(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", "", file.getvalue(), flags=re.S)
    text = re.sub(r' clip-path="[^"]*"| transform="rotate\(-?0 [^"]*"|(?<=<g) id="[^"]*"', "", text)
    text = re.sub(r"\d+\.\d{2,}", lambda number: f"{float(number[0]):.1f}", re.sub(r"\s+", " ", text))
    return text.strip() + "\n", told


def written() -> dict[Path, str]:
    """Return every file that this tool writes, and what it should hold."""
    import matplotlib

    from course_utils import plots

    matplotlib.use("Agg")
    plots.set_theme()
    made, all_facts = {}, {}
    for entry in networks():
        found = anatomy_of(entry)
        drawn = drawings(entry, found)
        told = {name.removeprefix(entry["name"]).strip("_") or "whole": text for name, (_, text) in drawn.items()}
        all_facts[entry["name"]] = facts(found) | {"drawn": told}
        made |= {FOLDER / f"{name}.svg": text for name, (text, _) in drawn.items()}
        print(f"{entry['name']:22}{found.params:>12,} parameters")
    made[FOLDER / "facts.json"] = json.dumps(all_facts, indent=1, ensure_ascii=False) + "\n"
    return made


def check(folder: Path = FOLDER) -> list[str]:
    """Return what is out of date: networks whose facts differ, drawings that are missing or belong to none."""
    stored = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
    problems = [f"{name}: has a page no longer" for name in stored.keys() - {entry["name"] for entry in networks()}]
    there, wanted = {path.stem for path in folder.glob("*.svg")}, set()
    for entry in networks():
        kept = dict(stored.get(entry["name"], {}))
        drawn = kept.pop("drawn", {})
        if kept != json.loads(json.dumps(facts(anatomy_of(entry)))):
            problems.append(f"{entry['name']}: other facts")
        wanted |= {entry["name"], *([f"{entry['name']}_block"] if "block" in entry else [])}
        if set(drawn) != ({"whole", "block"} if "block" in entry else {"whole"}):
            problems.append(f"{entry['name']}: no description of a drawing")
    return problems + [f"{name}.svg is missing or belongs to no network" for name in sorted(there ^ wanted)]


def main(arguments=None) -> None:
    """Count and draw, or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail when something is out of date")
    chosen = parser.parse_args(arguments)
    from course_utils import runtime

    runtime.quiet_logs()
    if chosen.check:
        if problems := check():
            sys.exit("architectures: run `make architectures`\n  " + "\n  ".join(problems))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = written()
    for path in set(FOLDER.glob("*.svg")) - set(made):
        path.unlink()
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
