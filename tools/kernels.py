"""How the course starts its kernels: what is said between a notebook and its kernel is encrypted."""

from jupyter_client.manager import KernelManager


def encrypted() -> dict:
    """Return the settings of Jupyter's kernel managers; empty where the installed Jupyter is too old for them.

    Without encryption a kernel of ipykernel 7 warns on the terminal of everyone who opens a notebook.
    """
    if not hasattr(KernelManager, "transport_encryption"):
        return {}
    return {"KernelManager": {"transport_encryption": "auto"}}
