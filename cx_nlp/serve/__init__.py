"""The tagger behind HTTP: `cx-nlp serve`, and the same as an ASGI app for one's own server."""

from cx_nlp.serve.app import make_app
from cx_nlp.serve.settings import Settings

__all__ = ["Settings", "make_app"]
