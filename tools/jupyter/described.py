"""Pictures keep their descriptions when a notebook is exported as a web page.

nbconvert's own template leaves out the `alt` that each picture has in its metadata. ``jupyter nbconvert`` called in
the folder of this project, and "Save and Export Notebook As" of ``make lab``, use this step before the template.
"""

import html

from nbconvert.preprocessors import Preprocessor


class Described(Preprocessor):
    """Turns each described PNG into an HTML image with its description, which is then not spoken twice."""

    def preprocess_cell(self, cell, resources, index):
        """Return the cell with its pictures described."""
        shown = []
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                if shown and f">Figure: {html.escape(alt)}</span>" in shown[-1].get("data", {}).get("text/html", ""):
                    shown.pop()
                picture = output["data"].pop("image/png").replace("\n", "")
                output["data"]["text/html"] = f'<img src="data:image/png;base64,{picture}" alt="{html.escape(alt)}">'
            shown.append(output)
        if shown:
            cell["outputs"] = shown
        return cell, resources
