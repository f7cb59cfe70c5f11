"""The journey graph: its default, as text, and read back from a file a person has edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from cx_nlp.errors import InputError
from cx_nlp.journey.upstream.graph import Graph, cycle, default_graph, spelled
from cx_nlp.journey.upstream.graphfile import format_graph, parse_graph, read_graph
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories

TAXONOMY = load_taxonomy()


def test_by_default_stages_decide_and_within_one_time_does() -> None:
    pairs = default_graph(TAXONOMY).pairs
    assert ("advertising", "store") in pairs
    assert ("store", "advertising") not in pairs
    assert {("hotline", "after_sales"), ("after_sales", "hotline")} <= pairs
    assert len(pairs) == 183


def test_what_has_no_stage_comes_last_together() -> None:
    pairs = default_graph(TAXONOMY, also=["cafeteria", "lift", "delivery"]).pairs
    assert {("brand", "cafeteria"), ("cafeteria", "lift"), ("lift", "cafeteria")} <= pairs
    assert ("cafeteria", "brand") not in pairs
    plain = default_graph(taxonomy_from_categories([("FOOD", ""), ("ROOM", "")]))
    assert plain.pairs == {("FOOD", "ROOM"), ("ROOM", "FOOD")}


def test_a_graph_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    graph = default_graph(TAXONOMY)
    path = tmp_path / "graph.toml"
    path.write_text(format_graph(graph), encoding="utf-8")
    assert read_graph(path, TAXONOMY) == graph
    path.write_bytes(b"\xef\xbb\xbf" + format_graph(graph).replace("\n", "\r\n").encode())
    assert read_graph(path, TAXONOMY) == graph


def test_upper_and_lower_case_of_touchpoints_are_one() -> None:
    text = '[[link]]\ncause = "Delivery"\neffects = ["HOTLINE"]\n\n[[together]]\ntouchpoints = ["App", "website"]\n'
    graph = parse_graph(text, TAXONOMY, source="g")
    assert graph.links == (("delivery", "hotline"),)
    assert graph.together == (("app", "website"),)


def test_only_the_written_pairs_are_allowed() -> None:
    text = '[[link]]\ncause = "delivery"\neffects = ["hotline", "after_sales"]\n'
    assert parse_graph(text, TAXONOMY, source="g").pairs == {
        ("delivery", "hotline"),
        ("delivery", "after_sales"),
    }


CIRCLE = """
[[link]]
cause = "delivery"
effects = ["hotline", "brand"]

[[link]]
cause = "hotline"
effects = [
  "brand",
  "after_sales",
]

[[link]]
cause = "after_sales"
effects = ["delivery"]
"""


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (CIRCLE, 15, "circle: delivery -> hotline -> after_sales -> delivery"),
        (
            '[[together]]\ntouchpoints = ["hotline", "chat"]\n[[link]]\ncause = "delivery"\neffects = ["hotline"]\n'
            '[[link]]\ncause = "chat"\neffects = ["delivery"]',
            8,
            "circle: delivery -> hotline ~ chat -> delivery",
        ),
        ('[[link]]\ncause = "delivery"\neffects = [\n  "brand",\n  "hotlin",\n]', 3, "unknown touchpoint 'hotlin'; did you mean 'hotline'"),
        ('# x\n[[link]]\ncause = "deliver"\neffects = ["brand"]', 3, "unknown touchpoint 'deliver'; did you mean 'delivery'"),
        ('[[link]]\ncause = "brand"\neffects = ["brand"]', 3, "cannot be its own cause"),
        (
            '[[link]]\ncause = "delivery"\neffects = ["brand"]\n[[link]]\ncause = "delivery"\neffects = ["brand"]',
            6,
            "'delivery' -> 'brand' is given twice, first on line 3",
        ),
        (
            '[[together]]\ntouchpoints = ["chat", "email"]\n[[link]]\ncause = "chat"\neffects = ["email"]',
            5,
            "'chat' -> 'email' is given twice, first on line 2",
        ),
        (
            '[[together]]\ntouchpoints = ["chat", "email"]\n[[together]]\ntouchpoints = ["chat", "app"]',
            4,
            "'chat' comes together with others twice",
        ),
        ('[[together]]\ntouchpoints = ["chat"]', 2, "two touchpoints or more"),
        ('[[link]]\ncause = "delivery"', 1, "lacks effects"),
        ('[[link]]\ncause = "delivery"\neffect = ["brand"]', 3, "unknown key 'effect'"),
        ('[[link]]\ncause = "delivery"\neffects = "brand"', 3, "effects must be a list"),
        ('[[link]]\ncause = ["delivery"]\neffects = ["brand"]', 2, "cause must be a touchpoint's id"),
        ('\n[[links]]\ncause = "delivery"', 2, "unknown key 'links'; did you mean 'link'"),
        ('link = "delivery"', 1, "written as [[link]] tables"),
        ("[[link]]\ncause = delivery", 2, "not valid TOML"),
        ("# nothing", 1, "holds no pair"),
    ],
)  # fmt: skip
def test_a_broken_graph_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(InputError) as error:
        parse_graph(text, TAXONOMY, source="graph.toml")
    assert str(error.value).startswith(f"graph.toml, line {line}: ")
    assert reason in str(error.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as a journey graph"):
        read_graph(tmp_path / "none.toml", TAXONOMY)
    (tmp_path / "odd.toml").write_bytes(b"# a\n# \xff\n")
    with pytest.raises(InputError, match="line 2: not UTF-8"):
        read_graph(tmp_path / "odd.toml", TAXONOMY)


def test_a_graph_made_in_code_is_checked_too() -> None:
    with pytest.raises(ValueError, match="a -> b -> a"):
        Graph((("a", "b"), ("b", "a")))
    with pytest.raises(ValueError, match="twice"):
        Graph((("a", "b"), ("a", "b")))
    with pytest.raises(ValueError, match="two groups"):
        Graph((), (("a", "b"), ("b", "c")))


def test_a_circle_behind_others_is_found() -> None:
    links = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "e"), ("e", "c")]
    found = cycle(links)
    assert found is not None
    assert spelled(found) == "d -> e -> c -> d"
    assert cycle(links[:-1]) is None
