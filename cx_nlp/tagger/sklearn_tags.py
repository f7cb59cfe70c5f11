"""What scikit-learn is told of the estimators."""

from typing import Any

Tags = Any
"""`sklearn.utils.Tags`, which scikit-learn 1.5 does not have yet."""


def reads_text(tags: Tags) -> Tags:
    """An estimator's tags, changed to say that it learns from labelled texts."""
    tags.input_tags.string = True
    tags.input_tags.two_d_array = False
    tags.target_tags.required = True
    return tags
