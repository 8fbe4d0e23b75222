"""The results of `bench`: printed as they come, kept, and those that have a goal once more in a table."""

RESULTS: list[dict] = []


def line(
    what: str, value: float, detail: str, *, goal: float | None = None, unit: str = "×", better: str = "more"
) -> None:
    """Print one result and keep it; ``better`` says whether more or less of it is, ``goal`` what it should come to."""
    found = {"what": what, "value": value, "unit": unit, "better": better, "detail": detail}
    if goal is not None:
        found |= {"goal": goal, "reached": bool(value >= goal if better == "more" else value <= goal)}
    RESULTS.append(found)
    print(f"  {what:<58} {value:9.1f} {unit:<2}  {detail}{told_goal(found)}", flush=True)


def told_goal(found: dict) -> str:
    """Return the goal of a result as text, and whether it is reached; nothing where there is none."""
    if "goal" not in found:
        return ""
    bound = "at least" if found["better"] == "more" else "at most"
    return f"   goal: {bound} {found['goal']:g} {found['unit']}, {'reached' if found['reached'] else 'MISSED'}"


def table(results: list[dict]) -> str:
    """Return the results that have a goal as a table: what, result, goal, reached or missed."""
    rows = [found for found in results if "goal" in found]
    if not rows:
        return "no goal is set for what was measured"
    lines = [f"{sum(row['reached'] for row in rows)} of {len(rows)} goals are reached:"]
    for row in sorted(rows, key=lambda row: row["reached"]):
        sign = "≥" if row["better"] == "more" else "≤"
        goal = f"{sign} {row['goal']:g} {row['unit']}"
        verdict = "reached" if row["reached"] else "MISSED"
        lines.append(f"  {verdict:<8} {row['value']:9.1f} {row['unit']:<2}  {goal:<12} {row['what']}")
    return "\n".join(lines)
