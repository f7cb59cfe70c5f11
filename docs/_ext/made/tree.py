"""Pages whose place in the tree nobody wrote down."""

import re
from collections.abc import Iterable
from pathlib import Path

DOCS = Path(__file__).parents[2]
ENTRY = re.compile(r"^/docs/([\w-]+)$", re.MULTILINE)


def further_pages() -> str:
    """The pages of docs/ that no index lists: a new one is a how-to until it is given another place."""
    indexes = (path.read_text(encoding="utf-8") for path in DOCS.glob("*/index.md"))
    listed = {"index", *(name for text in indexes for name in ENTRY.findall(text))}
    return _tree(
        "More", sorted(f"/docs/{path.stem}" for path in DOCS.glob("*.md") if path.stem not in listed)
    )


def notebooks() -> str:
    """The notebooks, where there are any."""
    return _tree(
        "Notebooks", sorted(f"/notebooks/{path.stem}" for path in (DOCS.parent / "notebooks").glob("*.ipynb"))
    )


def _tree(title: str, pages: Iterable[str]) -> str:
    entries = "\n".join(pages)
    return f"## {title}\n\n```{{toctree}}\n:maxdepth: 1\n\n{entries}\n```\n" if entries else ""
