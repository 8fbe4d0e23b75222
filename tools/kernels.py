"""How the course starts its kernels: what is said between a notebook and its kernel is encrypted."""

import os

from jupyter_client.manager import KernelManager

# From Python 3.12 on, the debugger in a kernel of ipykernel 6 warns on the terminal of what concerns nobody but it.
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")


def encrypted() -> dict:
    """Return the settings of Jupyter's kernel managers; empty where the installed Jupyter is too old for them.

    Without encryption a kernel of ipykernel 7 warns on the terminal of everyone who opens a notebook.
    """
    if not hasattr(KernelManager, "transport_encryption"):
        return {}
    return {"KernelManager": {"transport_encryption": "auto"}}
