"""The rows of an anatomy as pandas tables: layer by layer, and summed by stage or by kind."""

COLUMNS = ("stage", "kind", "output_shape", "params", "macs", "memory", "receptive_field", "stride", "centre")
TOTALS = ("params", "macs", "memory")


def of_rows(rows, columns):
    """Return one row per call, indexed by name."""
    import pandas as pd

    index = pd.Index([row.name for row in rows], name="name")
    return pd.DataFrame({column: [getattr(row, column) for row in rows] for column in columns}, index=index)


def summed(rows, by: str):
    """Return the totals and shares of the rows that agree in ``by``, in the order in which they first appear."""
    frame = of_rows(rows, (by, *TOTALS))
    frame["macs"] = frame["macs"].fillna(0).astype("int64")
    groups = frame.groupby(by, sort=False)
    totals = groups[list(TOTALS)].sum()
    totals.insert(0, "layers", groups.size())
    for column in TOTALS:
        totals[f"{column}_share"] = totals[column] / max(totals[column].sum(), 1)
    return totals
