"""Pictures of what the library returns, drawn with matplotlib (extra `plots`).

Every function takes one result, draws it on `ax` (a new figure's where none is given) and returns the Axes, so that titles,
sizes and colours can be changed afterwards. Words are English or Vietnamese (`lang`). Colours are those of the report, which
colour-blind readers tell apart; what a colour says is said by a number, a marker or a line's dashes as well.
"""

from cx_nlp.plots.confusion import plot_confusion
from cx_nlp.plots.curve import plot_learning_curve
from cx_nlp.plots.differences import plot_differences
from cx_nlp.plots.fixes import plot_fix
from cx_nlp.plots.journey import plot_journey
from cx_nlp.plots.reliability import plot_reliability

__all__ = [
    "plot_confusion", "plot_differences", "plot_fix", "plot_journey", "plot_learning_curve", "plot_reliability",
]  # fmt: skip
