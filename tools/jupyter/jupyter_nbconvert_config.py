"""What ``jupyter nbconvert`` does differently here: pictures keep their descriptions (set by `tools/setup.sh`).

jupyter nbconvert --config=tools/jupyter/jupyter_nbconvert_config.py --to html notebooks/02_filters.ipynb
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

c = get_config()  # noqa: F821  (Jupyter defines it)
c.HTMLExporter.preprocessors = ["described.Described"]
