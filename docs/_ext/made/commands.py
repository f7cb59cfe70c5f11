"""The command line, read from its parser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from cx_nlp.cli import app

DOCS = Path(__file__).parents[2]
NAME = "cx-nlp"


def all_commands() -> dict[str, Any]:
    """The commands by name, in the order of the help."""
    group: Any = get_command(app)
    return dict(group.commands)


def commands() -> str:
    """A section for each command: what it does, its arguments and options with their defaults."""
    return "\n".join(_lines()) + "\n"


def command_pages() -> str:
    """A table of all commands, each with the page that shows it in use."""
    rows = ["| command | does | page |", "|---|---|---|"]
    for name, command in all_commands().items():
        page = page_of(name)
        link = page.name if page.parent.name == "howto" else f"../{page.name}"
        title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        rows.append(f"| `{NAME} {name}` | {_paragraphs(command)[0]} | [{title}]({link}) |")
    return "\n".join(rows) + "\n"


def page_of(name: str) -> Path:
    """The how-to page of a command: howto/NAME.md, else the page in docs/ that shows the command most often.

    Raises
    ------
    LookupError
        No page does.
    """
    own = DOCS / "howto" / f"{name}.md"
    if own.is_file():
        return own
    shown = {
        page: page.read_text(encoding="utf-8").count(f"{NAME} {name}")
        for page in sorted(DOCS.glob("*.md"))
        if page.stem != "index"
    }
    page = max(shown, key=shown.__getitem__)
    if not shown[page]:
        raise LookupError(
            f"`{NAME} {name}` has no page: write docs/howto/{name}.md, or show it in a page of docs/"
        )
    return page


def _lines() -> Iterator[str]:
    for name, command in all_commands().items():
        context = command.make_context(name, [], resilient_parsing=True, help_option_names=["-h", "--help"])
        usage = " ".join([NAME, name, *command.collect_usage_pieces(context)])
        yield from (f"## {NAME} {name}", "", "```text", usage, "```", "")
        yield from (f"{paragraph}\n" for paragraph in _paragraphs(command))
        yield from ("| | what | default |", "|---|---|---|")
        yield from (_row(parameter, context) for parameter in command.get_params(context))
        yield ""


def _paragraphs(command: Any) -> list[str]:  # noqa: ANN401 - of click, or of typer's own copy of it
    return [" ".join(paragraph.split()) for paragraph in command.help.split("\n\n")]


def _row(parameter: Any, context: Any) -> str:  # noqa: ANN401
    head, said = parameter.get_help_record(context)
    words, _, extra = said.partition("  [")
    notes = extra.rstrip("]").split("; ") if extra else []
    default = ", ".join(note.removeprefix("default: ") for note in notes)
    return " | ".join(["", f"`{head}`".replace("|", "\\|"), _plain(words), _plain(default), ""]).strip()


def _plain(text: str) -> str:
    """A text that Markdown leaves as it is."""
    return " ".join(
        text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_").split()
    )
