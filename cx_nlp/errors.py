"""The package's exceptions: each message says what is wrong, where, what was expected and the cure."""


class CxError(Exception):
    """Anything a person can mend by changing what they gave; the CLI prints it in one line and exits with 1."""


class InputError(CxError, ValueError):
    """A file given to read cannot be used as it is."""


class ColumnError(InputError):
    """A column that is needed is missing, named wrongly, or cannot be told from others."""


class TaxonomyError(CxError, ValueError):
    """A taxonomy file is broken, or a label is not in the taxonomy."""


class BundleError(CxError, ValueError):
    """A model bundle is incomplete, changed, too new, or holds what may not be loaded."""


class OutputError(CxError, OSError):
    """A result cannot be written where it was asked for."""


class DatabaseError(CxError):
    """A database cannot be reached, or not be read or written as it was asked."""


class Stopped(KeyboardInterrupt):
    """A person stopped the work; the message says what is left of it."""
