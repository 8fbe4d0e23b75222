"""A progress bar for people: live in a notebook or a terminal, gone when the training ends."""

import contextlib
import html
import sys
import time

import keras

PAUSE = 0.2  # seconds between two drawings: often enough to watch, seldom enough to cost nothing
_heading = [""]


@contextlib.contextmanager
def headed(text: str):
    """Put ``text`` before what the bars of this block say, for instance which of many trainings it is."""
    before, _heading[0] = _heading[0], text
    try:
        yield
    finally:
        _heading[0] = before


class Bar(keras.callbacks.Callback):
    """Shows epoch, batch, loss and validation score while a model trains.

    In a notebook the bar lives in one display whose first and last content is empty, so that neither a stored
    notebook nor a comparison of outputs ever sees it. In a terminal it is one line on standard error. Elsewhere
    (a log file, a pipe) nothing is written.
    """

    def __init__(self, *, epochs: int, batches: int, first_epoch: int = 0):
        """Remember the lengths; nothing is drawn before the training begins."""
        super().__init__()
        self.epochs, self.batches, self.epoch = epochs, max(batches, 1), first_epoch
        self.latest, self.drawn, self.begun = "", 0.0, 0.0
        self.write = None

    def on_train_begin(self, logs=None):
        """Open the display."""
        self.begun = time.perf_counter()
        self.write = _notebook_writer() or _terminal_writer()

    def on_epoch_begin(self, epoch, logs=None):
        """Note the epoch."""
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Draw, if the last drawing is old enough."""
        now = time.perf_counter()
        if self.write is None or now - self.drawn < PAUSE:
            return
        self.drawn = now
        done = (self.epoch + (batch + 1) / self.batches) / self.epochs
        loss = (logs or {}).get("loss")
        running = "" if loss is None else f" · loss {float(loss):.4f}"
        self.write(min(done, 1.0), f"{_heading[0]}epoch {self.epoch + 1} of {self.epochs}{running}{self.latest}")

    def on_epoch_end(self, epoch, logs=None):
        """Keep the validation score for the next drawings."""
        scores = [f"{name} {value:.4f}" for name, value in (logs or {}).items() if name.startswith("val_")]
        self.latest = " · " + ", ".join(scores) if scores else ""

    def on_train_end(self, logs=None):
        """Take the bar away."""
        self.close()

    def close(self):
        """Take the bar away; also called when a training is interrupted."""
        if self.write is not None:
            self.write(None, "")
            self.write = None


def _notebook_writer():
    """Return a function (share done, text) that draws in a notebook, or None outside of one."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is None or shell.__class__.__name__ == "TerminalInteractiveShell":
        return None
    from IPython.display import display

    handle = display({"text/html": ""}, raw=True, display_id=True)

    def write(done, text):
        bar = "" if done is None else f"<progress value='{done:.4f}' max='1'></progress> {html.escape(text)}"
        handle.update({"text/html": bar}, raw=True)

    return write


def _terminal_writer():
    """Return a function (share done, text) that rewrites one line of a terminal, or None where there is none."""
    if not (hasattr(sys.stderr, "isatty") and sys.stderr.isatty()):
        return None

    def write(done, text):
        line = "" if done is None else f"[{'#' * int(24 * done):<24}] {text}"
        sys.stderr.write(f"\r{line[:118]:<118}" if line else "\r" + " " * 118 + "\r")
        sys.stderr.flush()

    return write
