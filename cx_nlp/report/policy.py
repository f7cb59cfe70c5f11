"""What the page may do: run its own scripts and wear its own style sheets, each known by its hash, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
from markupsafe import Markup

# What a script block in HTML could be ended or turned by; JSON knows these characters by their numbers, too.
_UNSAFE = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
# The chart library skips the style sheet of a part that is not used here where an element of this name is there.
_STYLE_ID = re.compile(r'getElementById\("([0-9a-f]{64})"\)')


def policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """A content security policy that allows these inline style sheets and scripts; nothing is fetched or sent.

    The empty style sheet is allowed besides: the chart library makes one and fills it rule by rule.
    """
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(map(digest, scripts)),
        "style-src": " ".join(map(digest, ("", *styles))),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in parts.items())


@cache
def digest(text: str) -> str:
    """A source expression of the policy: the SHA-256 of an inline script or style sheet."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


@cache
def chart_library() -> str:
    """The script of plotly.js, as the Python package carries it.

    Raises
    ------
    ValueError
        The script cannot stand in a page as it is.
    """
    from plotly.offline import get_plotlyjs

    script = str(get_plotlyjs())
    if re.search(r"</script|<!--|[\r\0]", script, re.IGNORECASE):
        raise ValueError("plotly.js: this version cannot be put inline; install another one")
    return script


@cache
def unused_style() -> str:
    """Id of the style sheet that the chart library would add for maps; empty where there is none."""
    found = _STYLE_ID.search(chart_library())
    return found[1] if found else ""


def json_block(value: Any) -> Markup:  # noqa: ANN401 - any JSON value
    r"""A value as JSON that no text in it can break out of; what is not a finite number becomes null.

    >>> print(json_block({"said": "</script>", "share": float("nan")}))
    {"said":"\u003c/script\u003e","share":null}
    """
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_UNSAFE))  # noqa: S704 - made safe in this very line


def plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value in Python's own types, as JSON writes them."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
