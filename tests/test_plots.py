"""The pictures show what they are given."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented_findings import bare_findings, invented_findings

from cx_nlp.errors import InputError
from cx_nlp.journey.table import scored_table
from cx_nlp.metrics import NOTHING, reliability
from cx_nlp.plots import plot_confusion, plot_differences, plot_journey, plot_learning_curve, plot_reliability
from cx_nlp.taxonomy import load_taxonomy

matplotlib = pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra plots)")


@pytest.fixture(autouse=True)
def _closed() -> Any:
    matplotlib.use("agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def texts(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.texts]


def drawn(ax: Any) -> None:
    """Every sign must have a shape in the font: matplotlib warns where one has none."""
    ax.figure.canvas.draw()


FIGURES = pd.DataFrame(
    [
        ("all", "all", 90, "factor", 0.5, 0.6, 0.1, 0.05, 0.15),
        ("language", "vi", 60, "factor", 0.7, 0.6, -0.1, -0.2, -0.02),
        ("language", "en", 30, "factor", 0.5, 0.52, 0.02, -0.1, 0.1),
        ("all", "all", 90, "triple", 0.4, 0.4, 0.0, None, None),
    ],
    columns=["slice", "part", "comments", "figure", "a", "b", "difference", "low", "high"],
)


def test_a_reliability_diagram_holds_its_bins_and_a_second_model() -> None:
    first = reliability(np.repeat([0.3, 0.8], 50), np.arange(100) % 2 == 0, bins=2)
    ax = plot_reliability(first)
    again = plot_reliability(reliability([0.9] * 10, [True] * 10, bins=1), label="B", ax=ax)
    assert again is ax
    lines = ax.containers
    assert lines[0].lines[0].get_xydata() == pytest.approx(np.array([[0.3, 0.5], [0.8, 0.5]]))
    assert lines[1].lines[0].get_xydata() == pytest.approx(np.array([[0.9, 1.0]]))
    assert lines[0].lines[0].get_color() != lines[1].lines[0].get_color()
    assert lines[0].lines[0].get_marker() != lines[1].lines[0].get_marker()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "as sure as it says", "mentions (calibration error 0.250)", "B (calibration error 0.100)",
    ]  # fmt: skip


def test_a_confusion_matrix_names_labels_and_tells_shares() -> None:
    names = ["delivery", "hotline", NOTHING]
    table = pd.DataFrame([[8.0, 0, 2], [1, 3, 0], [4, 0, 0]], index=names, columns=names)
    ax = plot_confusion(table, taxonomy=load_taxonomy(), lang="vi")
    drawn(ax)
    assert texts(ax) == ["80", "20", "25", "75", "4"]
    assert [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()] == [
        "Giao hàng, lắp đặt (10)", "Tổng đài (4)", "(không có)",
    ]  # fmt: skip
    few = plot_confusion(table, most=1)
    assert texts(few) == ["80", "20", "4"]


def test_differences_tell_apart_better_worse_and_not_known() -> None:
    ax = plot_differences(FIGURES, figure="factor", lang="vi")
    drawn(ax)
    points = [line for line in ax.lines if line.get_marker() in "osD"]
    assert [line.get_marker() for line in points] == ["o", "s", "D"]
    assert len({line.get_color() for line in points}) == 3
    assert texts(ax) == ["0.50 → 0.60", "0.70 → 0.60", "0.50 → 0.52"]
    assert [label.get_text() for label in ax.get_yticklabels()][1] == "ngôn ngữ: vi (60)"
    with pytest.raises(InputError, match="no figure 'f2' was measured; choose one of factor, triple"):
        plot_differences(FIGURES, figure="f2")


def test_a_learning_curve_is_drawn_beside_another(invented: Any) -> None:
    from cx_nlp.training import learning_curve

    said, records = invented
    frame = pd.DataFrame({"text": said, "mentions": [record["mentions"] for record in records]})
    curve = learning_curve(frame, sizes=[24, 48], min_support=3)
    ax = plot_learning_curve(curve)
    plot_learning_curve(curve, figure="factor", ax=ax)
    drawn(ax)
    lines = ax.get_lines()
    values = curve.to_table().query("figure == 'touchpoint'")["value"].tolist()
    assert lines[0].get_xdata().tolist() == [24, 48]
    assert lines[0].get_ydata().tolist() == values
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["24", "48"]
    with pytest.raises(InputError, match="no figure 'accuracy' was measured; choose one of touchpoint"):
        plot_learning_curve(curve, figure="accuracy")


def test_the_journey_has_a_disc_a_touchpoint_and_an_arrow_a_link() -> None:
    findings = invented_findings(800)
    ax = plot_journey(findings, lang="vi")
    drawn(ax)
    discs = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(discs) == findings.scored.mentions["touchpoint"].nunique()
    # Two that the customers' journeys bear out, one that only the texts name.
    assert [line.get_linestyle() for line in ax.lines if len(line.get_xdata()) > 2] == ["-", "-", "--"]
    assert {"Mua hàng", "Ứng dụng"} <= {text.replace("\n", " ") for text in texts(ax)}
    empty = scored_table(findings.scored.comments, findings.scored.mentions[:0])
    with pytest.raises(InputError, match="no comment mentions a touchpoint"):
        plot_journey(bare_findings(empty))


def test_another_language_is_refused() -> None:
    with pytest.raises(InputError, match="lang 'fr': pictures speak en or vi"):
        plot_differences(FIGURES, figure="factor", lang="fr")


def test_without_matplotlib_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r"pip install 'cx-nlp\[plots\]'"):
        plot_differences(FIGURES, figure="factor")
