"""What all charts share: colours that colour-blind people tell apart, plain axes, and names made fit to stand in them.

A chart is a plain dict of plotly.js's two parts, `data` and `layout`, which the page's script draws.
"""

from __future__ import annotations

import html
import textwrap
from typing import Any

from cx_nlp.report.plain import clean
from cx_nlp.report.wording import Wording

Figure = dict[str, Any]

INK, SOFT, RULE, FAINT = "#1c1b19", "#5a564e", "#dcd6ca", "#b9b2a3"
BAD, GOOD = "#a8420c", "#1d5c94"
# One hue from light to dark, the same steps as the heat maps; their words are dark on the first four.
SHADES = ("#fdf2e4", "#fad9b1", "#f1ae70", "#dc7c3a", "#8f3505")
FEW = "#eeece7"
FONT = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, "DejaVu Sans", sans-serif'
LONGEST = 48


def figure(data: list[dict[str, Any]], layout: dict[str, Any], words: Wording, *, height: int) -> Figure:
    """A chart with the house's colours, fonts and numbers."""
    base = {
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": INK},
        "separators": words.strings["format.decimal"] + words.strings["format.thousands"],
        "margin": {"l": 8, "r": 12, "t": 12, "b": 8},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": "#fff",
            "bordercolor": SOFT,
            "font": {"color": INK, "size": 13},
            "align": "left",
        },
    }
    return {"data": data, "layout": {**base, **layout}}


def axis(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - plotly's own settings
    """An axis that cannot be dragged, so that a finger scrolls the page."""
    base = {
        "fixedrange": True, "gridcolor": RULE, "zerolinecolor": INK, "zerolinewidth": 1, "linecolor": RULE, "automargin": True,
        "tickfont": {"size": 12, "color": SOFT},
    }  # fmt: skip
    return {**base, **more}


def label(text: str, *, longest: int = LONGEST) -> str:
    """A name fit to stand in a chart, which would read tags in it.

    >>> label('<a href="x">us</a>')
    '&lt;a href="x"&gt;us&lt;/a&gt;'
    """
    return html.escape(clean(text, longest=longest), quote=False)


def wrapped(text: str, width: int, *, lines: int = 2) -> str:
    """A name over at most so many lines of about `width` characters.

    >>> wrapped("Delivery and installation", 16)
    'Delivery and<br>installation'
    """
    rows = textwrap.wrap(clean(text, longest=LONGEST), width) or [""]
    kept = (
        [*rows[: lines - 1], clean(" ".join(rows[lines - 1 :]), longest=width + 4)]
        if len(rows) > lines
        else rows
    )
    return "<br>".join(html.escape(row, quote=False) for row in kept)


def whiskers(low: list[float], at: list[float], high: list[float], color: str) -> dict[str, Any]:
    """Interval of each point, as plotly's error bars."""
    return {
        "type": "data", "symmetric": False, "color": color, "thickness": 1.6, "width": 0,
        "array": [up - x for x, up in zip(at, high, strict=True)],
        "arrayminus": [x - down for down, x in zip(low, at, strict=True)],
    }  # fmt: skip
