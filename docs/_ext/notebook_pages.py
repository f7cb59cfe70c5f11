"""Notebooks as pages: their text and code. The outputs are not kept in the files, and nothing is run for a page."""

import json
from typing import Any

from sphinx.application import Sphinx


def as_markdown(notebook: dict[str, Any]) -> str:
    """Cells of text as they are, cells of code as fenced blocks; other kinds are left out."""
    parts = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(text)
        elif cell["cell_type"] == "code" and text.strip():
            parts.append(f"~~~~python\n{text}\n~~~~")
    return "\n\n".join(parts) + "\n"


def read(app: Sphinx, page: str, source: list[str]) -> None:
    """Makes Markdown of a notebook that was just read."""
    if str(app.env.doc2path(page)).endswith(".ipynb"):
        source[0] = as_markdown(json.loads(source[0]))


def setup(app: Sphinx) -> dict[str, bool]:
    """Lets Sphinx read `.ipynb`."""
    app.add_source_suffix(".ipynb", "markdown")
    app.connect("source-read", read)
    return {"parallel_read_safe": True}
