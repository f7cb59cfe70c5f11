"""Labels with too few examples to be learnt."""

import warnings
from collections.abc import Mapping


def warn_left_out(left_out: Mapping[str, int], min_support: int) -> None:
    """Warn of labels that a model will never give, with the number of their examples."""
    if left_out:
        few = ", ".join(f"{label} ({n})" for label, n in left_out.items())
        warnings.warn(f"labels with fewer than {min_support} comments are left out: {few}", stacklevel=3)
