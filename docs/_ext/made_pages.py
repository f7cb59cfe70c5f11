"""Pages that are made of the package when the documents are built, so that they cannot go stale.

A line `<!-- made: NAME -->` in a page is replaced by what the function of that name in `PARTS` gives, and so are the lines right
below it: they tell who reads the unbuilt page where else this stands.
"""

import re
from collections.abc import Callable

from made.commands import command_pages, commands
from made.python import python_names
from made.taxonomy import taxonomy
from made.tree import further_pages, notebooks
from sphinx.application import Sphinx

PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "command-pages": command_pages,
    "further-pages": further_pages,
    "notebooks": notebooks,
    "python": python_names,
    "taxonomy": taxonomy,
}
MARK = re.compile(r"^<!-- made: ([a-z-]+) -->(\n.+)*$", re.MULTILINE)


def fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Puts the made parts into a page that was just read."""
    source[0] = MARK.sub(lambda found: PARTS[found[1]](), source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Has every page looked through."""
    app.connect("source-read", fill)
    return {"parallel_read_safe": True}
