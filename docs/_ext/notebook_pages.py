"""Notebooks as pages: their text, their code and, with `notebook_outputs`, what every cell shows."""

import json
import re
from pathlib import Path
from typing import Any

from made.notebook_runs import as_run
from sphinx.application import Sphinx

TILDES = re.compile(r"~{4,}")


def as_markdown(notebook: dict[str, Any]) -> str:
    """Cells of text as they are, cells of code as fenced blocks with what they show below; other kinds are left out."""
    parts = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(text)
        elif cell["cell_type"] == "code" and text.strip():
            parts.append(fenced("python", text))
            parts += [shown for output in cell["outputs"] if (shown := as_shown(output))]
    return "\n\n".join(parts) + "\n"


def as_shown(output: dict[str, Any]) -> str:
    """One output in its richest form that a page can hold; of what went to stderr, nothing."""
    data = {kind: "".join(value) for kind, value in output.get("data", {}).items()}
    if "image/png" in data:
        source = f"data:image/png;base64,{data['image/png'].strip()}"
        return fenced("{raw} html", f'<p class="shown"><img alt="" src="{source}"></p>')
    if "text/html" in data:
        return fenced("{raw} html", f'<div class="shown" style="overflow-x: auto">{data["text/html"]}</div>')
    text = data.get("text/plain", "")
    if output.get("name") == "stdout":
        text = "".join(output["text"])
    return fenced("text", text) if text.strip() else ""


def fenced(kind: str, text: str) -> str:
    """A block whose fence does not stand in it."""
    fence = "~" * max([4, *(len(found) + 1 for found in TILDES.findall(text))])
    return f"{fence}{kind}\n{text.rstrip()}\n{fence}"


def read(app: Sphinx, page: str, source: list[str]) -> None:
    """Makes Markdown of a notebook that was just read."""
    path = Path(app.env.doc2path(page))
    if path.suffix == ".ipynb":
        text = (
            as_run(path, Path(app.outdir).parent / "notebooks") if app.config.notebook_outputs else source[0]
        )
        source[0] = as_markdown(json.loads(text))


def setup(app: Sphinx) -> dict[str, bool]:
    """Lets Sphinx read `.ipynb`."""
    app.add_config_value("notebook_outputs", False, "env", [bool, str, int])
    app.add_source_suffix(".ipynb", "markdown")
    app.connect("source-read", read)
    return {"parallel_read_safe": True}
