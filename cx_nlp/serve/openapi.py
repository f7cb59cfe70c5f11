"""What FastAPI cannot tell by itself for /openapi.json: bodies that routes read themselves, and problems."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from cx_nlp.serve.models import ProblemOut
from cx_nlp.serve.problems import MEDIA_TYPE

COMMON = (401, 403, 429, 500)
"""Statuses that any route can give, from the gate."""


def json_body(model: type[BaseModel], example: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON body of this form."""
    content = {"application/json": {"schema": model.model_json_schema(), "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}


def file_body() -> dict[str, Any]:
    """A body that is a file as it is."""
    content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}}
    return {"requestBody": {"required": True, "content": content}}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problems that a route can give, beside those that any can."""
    form = {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}}
    for definition in form.values():
        definition["schema"] = _inlined(definition["schema"])
    return {
        status: {"description": HTTPStatus(status).phrase, "content": form}
        for status in sorted({*statuses, *COMMON})
    }


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose own definitions stand where they are used: references would point elsewhere in the whole document."""
    known = schema.pop("$defs", {})

    def put(node: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(node, dict):
            if "$ref" in node:
                return put(known[node["$ref"].rpartition("/")[2]])
            return {name: put(value) for name, value in node.items()}
        return [put(value) for value in node] if isinstance(node, list) else node

    found: dict[str, Any] = put(schema)
    return found
