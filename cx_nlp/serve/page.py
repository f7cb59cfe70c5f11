"""The page at `/`: a comment is pasted, its tags are shown."""

from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response

from cx_nlp.serve.openapi import answers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript"}


def add_to(app: FastAPI) -> None:
    """Makes the page and what belongs to it known."""
    static = files("cx_nlp.serve") / "static"
    content = {kind: (static / f"page.{kind}").read_text(encoding="utf-8") for kind in _KINDS}

    async def page() -> Response:
        """HTML."""
        return _answer("html")

    async def style() -> Response:
        return _answer("css")

    async def script() -> Response:
        return _answer("js")

    def _answer(kind: str) -> Response:
        headers = {"Content-Security-Policy": POLICY}
        return Response(content[kind], media_type=f"{_KINDS[kind]}; charset=utf-8", headers=headers)

    html: dict[int | str, Any] = {
        200: {"description": "HTML", "content": {"text/html": {"schema": {"type": "string"}}}}
    }
    app.add_api_route("/", page, methods=["GET"], response_class=Response, summary="The page",
                      responses={**answers(), **html})  # fmt: skip
    app.add_api_route("/static/page.css", style, methods=["GET"], include_in_schema=False)
    app.add_api_route("/static/page.js", script, methods=["GET"], include_in_schema=False)
