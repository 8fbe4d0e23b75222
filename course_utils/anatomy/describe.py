"""`describe`: the layer table of any Keras model, as papers print it."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import keras

from course_utils.anatomy import graph, tables
from course_utils.anatomy.trace import Row, Tracer
from course_utils.validation import one_of

FIELDS = tuple(field.name for field in fields(Row))


@dataclass(frozen=True, repr=False)
class Anatomy:
    """The layers of a network in running order; the input is not a row. Iterate over it, or ask by a row's name."""

    name: str
    rows: tuple[Row, ...]

    @property
    def params(self) -> int:
        """Numbers in all weights."""
        return sum(row.params for row in self.rows)

    @property
    def trainable_params(self) -> int:
        """Numbers that training changes."""
        return sum(row.trainable_params for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-adds for one image, of convolutions, dense layers and layers that offer a count of their own."""
        return sum(row.macs or 0 for row in self.rows)

    @property
    def activations(self) -> int:
        """Values in the outputs of all layers, for one image."""
        return sum(row.activations for row in self.rows)

    @property
    def memory(self) -> int:
        """Bytes of the outputs of all layers, for one image: what training keeps for the backward pass."""
        return sum(row.memory for row in self.rows)

    @property
    def weight_memory(self) -> int:
        """Bytes of all weights."""
        return sum(row.weight_memory for row in self.rows)

    @property
    def uncounted(self) -> tuple[str, ...]:
        """Names of the layers whose multiply-adds are not known, and so are missing in `macs`."""
        return tuple(row.name for row in self.rows if row.macs is None)

    @property
    def unfollowed(self) -> tuple[str, ...]:
        """Names of the layers whose receptive field is not known: there the output is no window, and so on after it."""
        return tuple(row.name for row in self.rows if row.receptive_field is None)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows in running order."""
        return iter(self.rows)

    def __contains__(self, name: object) -> bool:
        """Return whether there is a row of that name (or that row)."""
        return any(name == row.name or name == row for row in self.rows)

    def __getitem__(self, name: str) -> Row:
        """Return the row of that name."""
        return next(row for row in self.rows if row.name == one_of("name", name, [row.name for row in self.rows]))

    def __repr__(self) -> str:
        return (
            f"Anatomy of {self.name}: {len(self.rows)} rows, {self.params:,} parameters "
            f"({self.trainable_params:,} trainable), {self.macs:,} multiply-adds"
        )

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()

    def to_frame(self, *, weighted: bool = False, columns=None):
        """Return the table as a `pandas.DataFrame`, one row per call, indexed by name.

        Args:
            weighted: leave out the rows without parameters of their own.
            columns: names of attributes of `Row`; None for the usual ones.

        Returns:
            A `pandas.DataFrame`.

        Raises:
            ValueError: a column is no attribute of `Row`.
        """
        columns = tables.COLUMNS if columns is None else [one_of("columns", name, FIELDS) for name in columns]
        return tables.of_rows([row for row in self.rows if row.params or not weighted], columns)

    def by_stage(self):
        """Return a frame, one row per stage: layers, parameters, multiply-adds, bytes of output, and their shares."""
        return tables.summed(self.rows, "stage")

    def by_kind(self):
        """Return a frame, one row per kind of layer: layers, parameters, multiply-adds, bytes of output, shares."""
        return tables.summed(self.rows, "kind")


def describe(model, **kwargs) -> Anatomy:
    """Return the layer table of a model, or of the model a builder would build.

    Args:
        model: a `keras.Model` of the functional or sequential kind with a known input size, or a function that
            returns one. From a function no weights are allocated: VGG-19 takes a fraction of a second.
        **kwargs: arguments for the function.

    Returns:
        An `Anatomy`.

    Raises:
        ValueError: the model has no graph (subclassed, or sequential and not built), its input size is unknown,
            or arguments were given together with a model that is built already.

    Example:
        >>> describe(keras.applications.VGG19, weights=None).params
        143667240
    """
    if not isinstance(model, keras.Model):
        if not callable(model):
            raise ValueError(f"model must be a keras.Model or a function that returns one; received {model!r}.")
        model = graph.build_without_weights(model, kwargs)
        if not isinstance(model, keras.Model):
            raise ValueError(f"model must be a function that returns a keras.Model; it returned {model!r}.")
    elif kwargs:
        raise ValueError(f"model is built already, so it takes no arguments; received {sorted(kwargs)}.")
    return Anatomy(model.name, Tracer().trace(model))
