"""What became of a customer, from a churn or repurchase column or from a column of words."""

import re

import pandas as pd

from cx_nlp.io.cells import cell_texts, fold, fold_name, read_distinct, text_series

_YES = frozenset("1 y yes true t x ✓ ✔ ☑ co da roi dung da_co".split()) | {"da roi", "da co"}
_NO = frozenset("0 n no false f khong chua sai ko k".split()) | {"khong co", "chua co"}
# What yes and no mean in a column whose name holds these words; the longer the wording, the earlier.
_MEANING = (
    (
        r"re ?purchas\w*|repeat\w*|bought again|re ?order\w*|return\w*|mua lai|tai mua|quay lai",
        ("repurchased", "not_repurchased"),
    ),
    (r"retain\w*|retention|renew\w*|active|con su dung|gia han|stay\w*", ("retained", "churned")),
    (r"churn\w*|cancel\w*|left|attrition|unsubscri\w*|roi \w+|huy\w*|ngung\w*", ("churned", "retained")),
)
# The negated wordings come first, as they hold the others.
_WORDS = (
    (r"(?:not|no|never|khong|chua) (?:re\w+|mua lai|quay lai|bought again|repeat\w*)|lapsed", "not_repurchased"),
    (r"(?:not|no|khong|chua) (?:churn\w*|cancel\w*|roi \w+|huy\w*)", "retained"),
    (r"re ?purchas\w*|bought again|re ?order\w*|repeat\w*|da mua lai|mua lai|tai mua|quay lai", "repurchased"),
    (r"churn\w*|cancel\w*|left|lost|inactive|unsubscri\w*|(?:da )?roi \w+|huy\w*|(?:da )?ngung\w*|closed|terminated", "churned"),
    (r"retain\w*|stay\w*|active|current|renew\w*|joined|dang \w+(?: \w+)?|con su dung|gia han|hoat dong", "retained"),
)  # fmt: skip


def read_outcomes(name: str, values: pd.Series) -> pd.Series:
    """The column's outcomes as words of `schema.OUTCOMES`, missing where a cell says none.

    Yes and no are read by the column's name: yes under "churned" is churned, no is retained; yes under
    "repurchased" is repurchased, no is not_repurchased; yes under "active" is retained, no is churned.

    >>> read_outcomes("Rời bỏ", pd.Series(["Có", "Không"])).tolist()
    ['churned', 'retained']
    """
    meaning = next(
        (pair for pattern, pair in _MEANING if re.search(rf"\b(?:{pattern})\b", fold_name(name))), None
    )
    read: list[str | None] = read_distinct(cell_texts(values), lambda text: _outcome(text, meaning))
    return text_series(read, values.index)


def _outcome(text: str, meaning: tuple[str, str] | None) -> str | None:
    if len(text) > 60:
        return None
    folded = fold(text)
    if folded in _YES:
        return meaning[0] if meaning else None
    if folded in _NO:
        return meaning[1] if meaning else None
    words = fold_name(text)
    return next(
        (outcome for pattern, outcome in _WORDS if re.fullmatch(rf"(?:{pattern})(?: .{{0,30}})?", words)),
        None,
    )
