"""Sphinx settings of the course's site. `make site` stages the stored notebooks and calls Sphinx on them."""

import os
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
PROJECT = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "Convolutional networks, hands on"
author = "the authors of the course"
language = "en"
root_doc = "index"
extensions = ["myst_nb", "mathml", "head", "spaces"]
templates_path = [str(HERE / "templates")]

# The stored outputs are shown; nothing is run.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "application/vnd.course-utils.scorecard+json", None)]
nb_code_prompt_show = "Show the {type}"
nb_code_prompt_hide = "Hide the {type}"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

# Formulas become MathML, which browsers draw themselves: no script, and nothing fetched from elsewhere.
html_math_renderer = "mathml"

# Where the site is published: GitHub Pages, unless SITE_ADDRESS says otherwise. For links that others follow.
owner, repository = PROJECT["urls"]["Repository"].rstrip("/").split("/")[-2:]
html_baseurl = os.environ.get("SITE_ADDRESS", f"https://{owner}.github.io/{repository}/")

html_theme = "sphinx_book_theme"
html_title = project
html_context = {"default_mode": "auto"}
html_favicon = str(HERE / "static" / "icon.svg")
html_static_path = [str(HERE / "static")]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_extra_path = [str(HERE.parent / "build" / "site" / "extra")]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "repository_url": PROJECT["urls"]["Repository"],
    "repository_branch": "main",
    "path_to_docs": "notebooks",
    "use_repository_button": True,
    "use_download_button": False,
    "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    "show_toc_level": 2,
    "pygments_dark_style": "github-dark-colorblind",  # comments quieter than the code
    "footer_content_items": "extra-footer.html",
}
