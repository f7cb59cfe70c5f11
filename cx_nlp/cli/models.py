"""`cx-nlp models`: which models there are, where, and how good."""

from cx_nlp.cli import options as opt


def models(as_json: opt.AsJson = False) -> None:
    """List the models that come with the package, where they are and how good they were measured to be."""
