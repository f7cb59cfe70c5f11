"""Labels with too few examples to be learnt."""

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from cx_nlp.errors import InputError
from cx_nlp.tagger.mention import Annotation, category_name


def warn_left_out(left_out: Mapping[str, int], min_support: int) -> None:
    """Warn of labels that a model will never give, with the number of their examples."""
    if left_out:
        few = with_counts(left_out.items())
        warnings.warn(f"labels with fewer than {min_support} comments are left out: {few}", stacklevel=3)


def with_counts(labels: Iterable[tuple[str, int]]) -> str:
    """Labels with the number of their comments, for a message."""
    return ", ".join(f"{label} ({n})" for label, n in labels)


def support(annotations: Sequence[Annotation]) -> Counter[str]:
    """Number of comments that hold each category."""
    return Counter(
        name
        for found in annotations
        for name in {category_name(target.touchpoint, target.factor) for target in found.targets}
    )


def kept_categories(
    annotations: Sequence[Annotation], min_support: int, known: Collection[str] = ()
) -> tuple[list[str], dict[str, int]]:
    """The categories with enough comments, or known already, and those left out with how many they have.

    Raises
    ------
    InputError
        None has enough.
    """
    counts = support(annotations)
    kept = sorted({name for name, n in counts.items() if n >= min_support} | {*known})
    if not kept:
        raise InputError(
            f"no label has at least {min_support} comments (the most frequent has {max(counts.values(), default=0)}): "
            "give more labelled comments or a lower min_support"
        )
    return kept, {name: n for name, n in sorted(counts.items()) if name not in kept}


def kept_labels(labels: Sequence[str], min_support: int) -> tuple[list[str], dict[str, int]]:
    """The labels with enough comments, and those left out with how many they have.

    Raises
    ------
    InputError
        Fewer than two have enough.
    """
    counts = Counter(labels)
    kept = sorted(label for label, n in counts.items() if n >= min_support)
    if len(kept) < 2:
        few = with_counts(counts.most_common(5))
        raise InputError(
            f"fewer than two labels have at least {min_support} comments ({few or 'there are none'}): give more labelled comments "
            "or a lower min_support"
        )
    return kept, {label: n for label, n in sorted(counts.items()) if n < min_support}
