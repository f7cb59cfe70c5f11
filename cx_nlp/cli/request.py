"""What a person asked for on the command line, for the commands that read an export."""

from dataclasses import dataclass, fields
from pathlib import Path

from cx_nlp.errors import InputError
from cx_nlp.sql.address import is_address

# Where things lie on this machine, and how the run talks, does not describe its result.
_NOT_OPTIONS = frozenset(
    (
        *("export", "out", "as_json", "quiet", "overwrite", "restart", "jobs", "scheduler"),
        *("query", "query_file", "schema", "prefix", "files"),
    )
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """The options as given, None where not given."""

    export: str
    out: str
    model: str
    format: str | None
    text_column: str | None
    id_column: str | None
    time_column: str | None
    rating_column: str | None
    customer_column: str | None
    channel_column: str | None
    segment_column: str | None
    stage_column: str | None
    value_column: str | None
    outcome_column: str | None
    rating_kind: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    overwrite: bool
    restart: bool
    jobs: int | None
    scheduler: str | None
    trusted: bool
    as_json: bool
    quiet: bool
    query: str | None = None
    query_file: Path | None = None
    schema: str | None = None
    prefix: str | None = None
    files: Path | None = None
    keep_personal_data: bool = False
    lang: str | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """Columns that were named, by role."""
        from cx_nlp.io.columns import ROLES

        named = {role: getattr(self, f"{role}_column") for role in ROLES}
        return {role: column for role, column in named.items() if column is not None}

    @property
    def to_database(self) -> bool:
        """Whether the result goes into a database."""
        return is_address(self.out)

    @property
    def asked(self) -> str | None:
        """The query for the database that is read, if there is one.

        Raises
        ------
        InputError
            Two are given, or the file cannot be read.
        """
        if self.query_file is None:
            return self.query
        if self.query is not None:
            raise InputError("--query and --query-file are both given; leave one out.")
        try:
            return self.query_file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{self.query_file}: cannot be read as text ({error}); name a UTF-8 file that holds one SELECT."
            ) from error

    @property
    def options(self) -> dict[str, str | bool]:
        """What was asked for, for the manifest."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        given["model"] = Path(self.model).name
        return {
            name: value
            for name, value in given.items()
            if name not in _NOT_OPTIONS and value is not None and value is not False
        }
