"""JupyterLab as `make lab` opens it: on the start page, the notebooks in sight and their other halves not.

    jupyter lab --config=tools/jupyter/jupyter_lab_config.py

Nothing of your own Jupyter settings is read from here or written to: what you have chosen yourself goes first.
"""

import sys
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(HERE)]

from kernels import encrypted  # noqa: E402
from stored import LANGUAGE  # noqa: E402


def keep_version(model, **unused):
    """Save a lesson with the version of Python it was stored with: another one is no change of the reader's."""
    if model["type"] == "notebook":
        language = model["content"]["metadata"].get("language_info", {})
        if language.get("name") == "python":
            language["version"] = LANGUAGE["version"]


c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.root_dir = str(ROOT / "notebooks")
c.LabApp.default_url = "/lab/tree/START_HERE.ipynb"
# Defaults that JupyterLab would otherwise ask about: see settings/overrides.json.
c.LabApp.app_settings_dir = str(HERE / "settings")
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
# Which tabs are open is remembered here and not among those of your other projects.
c.LabApp.workspaces_dir = str(ROOT / ".jupyter" / "workspaces")
# The .py half of each lesson is written along by jupytext and needs nobody to look at it.
c.ContentsManager.hide_globs = [
    "__pycache__",
    "*.pyc",
    "*.pyo",
    ".DS_Store",
    "*~",
    "*.py",
    "*.toml",
    "*.cfg",
    "pictures",
]
c.ContentsManager.pre_save_hook = keep_version
# Jupyter applies this setting twice, and warns of the second time.
warnings.filterwarnings("ignore", "Overriding existing pre_save_hook")
for manager, settings in encrypted().items():
    c[manager].update(settings)
# Exported pages keep the pictures' descriptions.
c.HTMLExporter.preprocessors = ["described.Described"]
