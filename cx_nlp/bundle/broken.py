"""The error that a bundle's reader raises, with the cure that always helps."""

from cx_nlp.errors import BundleError

CURE = "get the bundle again from where it came, or train it anew"


def broken(where: object, what: str) -> BundleError:
    """The error that says what is wrong where."""
    return BundleError(f"{where}: {what}; {CURE}.")
