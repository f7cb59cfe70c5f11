"""What all pictures share: an Axes to draw on, colours, and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cx_nlp.errors import InputError
from cx_nlp.report.charts import BAD, GOOD, INK, RULE, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ((GOOD, "o", "-"), (BAD, "s", "--"), (SOFT, "^", ":"), (INK, "D", "-."))
"""Colour, marker and dashes of the first line on an Axes, of the second and so on."""

WORDS = {
    "en": {
        "touchpoint": "touchpoint", "factor": "factor", "touchpoint_sentiment": "touchpoint + sentiment",
        "category": "touchpoint + factor", "triple": "touchpoint + factor + sentiment", "sentiment": "sentiment",
        "sentiment_accuracy": "sentiment of the comment (accuracy)", "label_accuracy": "accuracy", "f1": "F1, {figure}",
        "language": "language", "diacritics": "diacritics", "length": "length", "industry": "industry", "label": "label",
        "all": "all", "mention": "mentions", "confidence": "Confidence told", "right": "Share that is right",
        "perfect": "as sure as it says", "ece": "{name} (calibration error {ece:.3f})", "labels": "Labelled comments",
        "gold": "Labelled by people as", "predicted": "Tagged by the model as", "none": "(none)",
        "difference": "Difference in {figure}: second model less first",
        "complaints": "Comments with this complaint, %", "praise": "Comments with this praise, %", "rating": "Mean rating",
        "week": "a week", "level": "level before and after", "expected": "expected without the fix", "fix": "fix",
        "control": "control group", "by_customers": "starts there, by customers’ journeys",
        "by_texts": "starts there, say the texts", "negative": "Share of complaints",
    },
    "vi": {
        "touchpoint": "điểm chạm", "factor": "yếu tố", "touchpoint_sentiment": "điểm chạm + cảm xúc",
        "category": "điểm chạm + yếu tố", "triple": "điểm chạm + yếu tố + cảm xúc", "sentiment": "cảm xúc",
        "sentiment_accuracy": "cảm xúc chung của phản hồi (tỷ lệ đúng)", "label_accuracy": "tỷ lệ đúng", "f1": "F1, {figure}",
        "language": "ngôn ngữ", "diacritics": "dấu", "length": "độ dài", "industry": "ngành", "label": "nhãn",
        "all": "tất cả", "mention": "các ý", "confidence": "Độ chắc chắn mô hình đưa ra", "right": "Tỷ lệ thực sự đúng",
        "perfect": "đúng như mô hình đưa ra", "ece": "{name} (sai lệch {ece:.3f})", "labels": "Số phản hồi đã gán nhãn",
        "gold": "Nhãn do người gán", "predicted": "Nhãn do mô hình gán", "none": "(không có)",
        "difference": "Chênh lệch {figure}: mô hình sau trừ mô hình trước",
        "complaints": "Phản hồi có ý chê này, %", "praise": "Phản hồi có ý khen này, %", "rating": "Điểm trung bình",
        "week": "một tuần", "level": "mức trước và sau", "expected": "mức nếu không có biện pháp", "fix": "biện pháp",
        "control": "nhóm đối chứng", "by_customers": "bắt nguồn từ đó, theo hành trình của khách",
        "by_texts": "bắt nguồn từ đó, theo lời khách kể", "negative": "Tỷ lệ phản hồi chê",
    },
}  # fmt: skip


def axes(ax: Axes | None, width: float, height: float) -> Axes:
    """The Axes given, or that of a new figure of this size in inches, without the frame's upper and right side.

    Raises
    ------
    InputError
        Matplotlib is not installed.
    """
    if ax is None:
        try:
            from matplotlib import pyplot
        except ImportError as error:
            raise InputError(
                "drawing needs matplotlib, not installed here: pip install 'cx-nlp[plots]'"
            ) from error
        ax = pyplot.subplots(figsize=(width, height), layout="constrained")[1]
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(SOFT)
    ax.tick_params(colors=SOFT, labelcolor=INK)
    return ax


def grid(ax: Axes, axis: Literal["both", "x", "y"] = "both") -> None:
    """Faint lines behind what is drawn."""
    ax.grid(visible=True, axis=axis, color=RULE, linewidth=0.8)
    ax.set_axisbelow(True)


def words(lang: str) -> dict[str, str]:
    """The words of a language.

    Raises
    ------
    InputError
        There are none in that language.
    """
    if lang not in WORDS:
        raise InputError(f"lang {lang!r}: pictures speak {' or '.join(WORDS)}; give one of them")
    return WORDS[lang]


def named_figure(figure: str, said: dict[str, str]) -> str:
    """A figure of an evaluation as an axis names it."""
    if figure in said:
        return said[figure] if figure.endswith("accuracy") else said["f1"].format(figure=said[figure])
    return figure.replace("_", " ")


def line_style(ax: Axes, *, beside: int = 0) -> tuple[str, str, str]:
    """Colour, marker and dashes of the next line on an Axes; `beside` of its lines are no data."""
    return LINES[(len(ax.get_legend_handles_labels()[1]) - beside) % len(LINES)]
