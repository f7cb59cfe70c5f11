"""How a tagged comment shows itself in Jupyter: nothing in its text is taken for HTML, its colours can be told apart."""

from html.parser import HTMLParser
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.tagger import Mention, TaggedComment
from cx_nlp.tagger.display import BACKGROUNDS, INK, OTHER

COLOURS = [*BACKGROUNDS.values(), OTHER]
# Machado, Oliveira & Fernandes 2009, severity 1: linear RGB as protanopes and deuteranopes see it.
SEEN = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}  # fmt: skip


class Page(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.coloured: list[tuple[str, str]] = []
        self._style: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "mark":
            self._style = dict(attrs)["style"]

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._style = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._style is not None:
            self.coloured.append((data, self._style))


def comment(text: str, *spans: tuple[int, int, str], label: str = "delivery") -> TaggedComment:
    mentions = tuple(Mention(label, "value", felt, 0.9, a, b, text[a:b]) for a, b, felt in spans)
    return TaggedComment(text, "mixed", 0.8, True, mentions)


def test_words_have_the_colour_of_what_is_said_with_them() -> None:
    text = "giao nhanh, giá cao, bình thường"
    page = Page(
        comment(
            text, (0, 10, "positive"), (12, 19, "negative"), (5, 10, "positive"), (12, 15, "odd")
        )._repr_html_()
    )
    found = dict(page.coloured)
    assert [words for words, _ in page.coloured] == ["giao ", "nhanh", "giá", " cao"]
    assert BACKGROUNDS["positive"] in found["giao "]
    assert BACKGROUNDS["negative"] in found[" cao"]
    assert OTHER in found["giá"]
    assert page.text.startswith("mixed 80%, needs review")
    assert page.text.count("delivery · value · positive 90%") == 2


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "</mark></div><img src=x onerror=alert(1)>", "\"' onmouseover='x", "&lt;b&gt; &amp;", "$x^2$ \\(y\\)",
     "\u202egnirts desrever", "\ud800 \x00 \r\n\t", "<!-- <![CDATA[", "```<b>"],
)  # fmt: skip
def test_hostile_text_stays_text(text: str) -> None:
    html = comment(
        text, (0, len(text) // 2, "negative"), (1, len(text), "positive"), label=text
    )._repr_html_()
    html.encode("utf-8")
    page = Page(html)
    assert set(page.tags) == {"div", "bdi", "mark", "small"}
    assert page.attributes == {"class", "style", "dir"}
    assert "mathjax_ignore" in html


@given(st.text(), st.data())
def test_the_text_is_there_in_full(text: str, data: st.DataObject) -> None:
    at = st.integers(0, len(text))
    spans = [
        (*sorted(span), "negative")
        for span in data.draw(st.lists(st.tuples(at, at), max_size=3))
        if span[0] != span[1]
    ]
    page = Page(comment(text, *spans)._repr_html_())
    names = "delivery · value · negative 90%"
    assert (
        page.text.replace(names, "").endswith(
            text.replace(names, "").replace("\r\n", "\n").replace("\r", "\n")
        )
        or "\r" in text
    )
    assert page.text.count(names) - text.count(names) == len(spans)


def linear(colour: str) -> np.ndarray:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lightness_and_hue(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB."""
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ rgb
        / [0.9505, 1, 1.089]
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("colour", COLOURS)
def test_text_on_colour_can_be_read(colour: str) -> None:
    luminance = [float(linear(one) @ [0.2126, 0.7152, 0.0722]) for one in (colour, INK)]
    # WCAG 2.2, level AAA.
    assert (luminance[0] + 0.05) / (luminance[1] + 0.05) >= 7


@pytest.mark.parametrize("sight", SEEN)
def test_colours_differ_for_colour_blind_people(sight: str) -> None:
    seen = [
        lightness_and_hue(np.clip(np.array(SEEN[sight]) @ linear(one), 0, 1)) for one in BACKGROUNDS.values()
    ]
    for one, other in combinations(seen, 2):
        # Ten times what is just noticeable.
        assert np.linalg.norm(one - other) > 10
