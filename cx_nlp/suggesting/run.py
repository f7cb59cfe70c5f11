"""Comments worth labelling: chosen from an export, with what a model suggests, written to a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cx_nlp import __version__
from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Export
from cx_nlp.io.label_sheet import write_label_csv, write_label_workbook
from cx_nlp.io.label_studio_tasks import labelling_config, write_tasks
from cx_nlp.io.outputs import check_free, write_manifest, write_whole, writing
from cx_nlp.io.suggested import PICKED_FOR, SuggestedMention, Suggestion
from cx_nlp.io.tables import opened
from cx_nlp.io.target import Target, labels_target
from cx_nlp.personal import find_personal, mask
from cx_nlp.suggesting.candidates import Candidates, Shares, candidates
from cx_nlp.suggesting.picking import pick
from cx_nlp.suggesting.scan import ROWS, Progress, Scan, language, scan
from cx_nlp.tagger.frames import Tags, check_tags
from cx_nlp.taxonomy import Taxonomy, load_taxonomy


@dataclass(frozen=True)
class SuggestSummary:
    """What was picked and where it is.

    Attributes
    ----------
    out : Path
    files : tuple of str
        Names of all files written, beside each other.
    suggestions : tuple of Suggestion
        In the order of the file.
    picked : mapping
        How many for what.
    rows, comments, repeated, labelled : int
        Rows of the export; comments that could be picked; those left out because their text came before, or is
        labelled already.
    masked : int
        Comments in which personal data were found and masked, or shown if they were to be kept.
    """

    out: Path
    files: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
    picked: Mapping[str, int]
    rows: int
    comments: int
    repeated: int
    labelled: int
    masked: int


def suggest_from(
    export: Export,
    *,
    tagger: Tags,
    n: int,
    out: Path | str,
    plan: CommentPlan | None = None,
    format: str | None = None,
    labelled: Sequence[str] = (),
    random_share: float = 0.2,
    cause_share: float = 0.3,
    seed: int = 0,
    lang: str | None = None,
    keep_personal_data: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> SuggestSummary:
    """As `suggest_labels`, of an opened export, with a tagger and with the texts that are labelled already.

    The export is read twice, so that memory does not grow with its texts.
    """
    check_tags(tagger)
    target = labels_target(out, format=format)
    check_free(target, overwrite=overwrite)
    shares = Shares(n, random_share, cause_share)
    plan = plan or plan_comments(export)
    found = scan(export, plan, tagger, known=labelled, progress=progress)
    if not len(found):
        raise InputError(
            f"{export.path}: no comment is left to label; its texts are empty, or labelled already."
        )
    rng = np.random.default_rng(seed)
    chosen = _chosen(export, plan, found, shares, labelled, rng)
    suggestions, masked = _suggested(tagger, chosen, keep=keep_personal_data)
    picked = Counter(one.picked_for for one in suggestions)
    counts = {why: picked[why] for why in PICKED_FOR}
    taxonomy = getattr(tagger, "taxonomy", None) or load_taxonomy()
    summary = SuggestSummary(
        target.path, (*target.tables, target.manifest), suggestions, counts, found.rows, len(found), found.repeated,
        found.labelled, masked,
    )  # fmt: skip
    with write_whole(target, overwrite=overwrite) as folder:
        _write(
            folder,
            target,
            suggestions,
            taxonomy,
            str(getattr(tagger, "model_id", type(tagger).__name__)),
            lang,
        )
        write_manifest(
            folder / target.manifest, _manifest(summary, export, tagger, shares, seed, keep=keep_personal_data), files=target.tables,
            result=str(target.result),
        )  # fmt: skip
    return summary


def _chosen(
    export: Export,
    plan: CommentPlan,
    found: Scan,
    shares: Shares,
    labelled: Sequence[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The comments picked, with `picked_for`, in the order in which they are handed out."""
    places = candidates(found, shares, rng)
    rows = places.all
    comments = _comments(export, plan, found.line[rows])
    if len(comments) != len(rows):
        raise InputError(f"{export.path}: changed while it was read; start again when it is whole.")
    where = {int(row): at for at, row in enumerate(rows)}

    def moved(positions: np.ndarray) -> np.ndarray:
        return np.array([where[int(row)] for row in positions], np.intp)

    own = Candidates(
        moved(places.random),
        tuple(map(moved, places.causes)),
        tuple((n, moved(rows)) for n, rows in places.slices),
    )
    picked = pick(comments["text"].tolist(), found.doubt[rows], own, shares.counts, known=labelled, rng=rng)
    chosen: pd.DataFrame = comments.iloc[list(picked)].assign(picked_for=list(picked.values()))
    return chosen


def _comments(export: Export, plan: CommentPlan, lines: np.ndarray) -> pd.DataFrame:
    """The comments on these lines."""
    reader, parts, wanted = CommentReader(plan), [], set(lines.tolist())
    for chunk in export.chunks(ROWS):
        comments, _ = reader.read(chunk)
        parts.append(comments[[line in wanted for line in comments.index]])
    found: pd.DataFrame = pd.concat(parts)
    return found


def _suggested(tagger: Tags, chosen: pd.DataFrame, *, keep: bool) -> tuple[tuple[Suggestion, ...], int]:
    """What the model says of the comments as they are handed out, so that its quotes stand in them."""
    given = chosen["text"].tolist()
    personal = [find_personal(text) for text in given]
    texts = given if keep else [mask(text, spans=spans) for text, spans in zip(given, personal, strict=True)]
    sources = chosen["channel"].tolist() if "channel" in chosen else [None] * len(chosen)
    made = [
        Suggestion(
            id, comment.text, why, language(comment.text), source if isinstance(source, str) else None, comment.sentiment,
            comment.confidence,
            tuple(SuggestedMention(m.touchpoint, m.factor, m.sentiment, m.confidence, m.start, m.end, m.quote) for m in comment.mentions),
        )
        for id, why, source, comment in zip(
            chosen["comment_id"].tolist(), chosen["picked_for"].tolist(), sources, tagger.tag_many(texts), strict=True
        )
    ]  # fmt: skip
    return tuple(made), sum(map(bool, personal))


def _write(
    folder: Path,
    target: Target,
    suggestions: Sequence[Suggestion],
    taxonomy: Taxonomy,
    model: str,
    lang: str | None,
) -> None:
    path = folder / target.path.name
    vietnamese = sum(one.language == "vi" for one in suggestions)
    lang = lang or ("vi" if 2 * vietnamese >= len(suggestions) else "en")
    if target.format == "excel":
        write_label_workbook(path, suggestions, taxonomy, lang=lang)
    elif target.format == "csv":
        write_label_csv(path, suggestions, taxonomy, lang=lang)
    elif target.format == "labelstudio":
        write_tasks(path, suggestions, taxonomy, model=model, lang=lang)
        config = folder / target.tables[1]
        with writing(config):
            config.write_text(labelling_config(taxonomy, lang=lang), encoding="utf-8")
    else:
        with opened(path, "w", encoding="utf-8") as stream:
            for one in suggestions:
                stream.write(json.dumps(one.record(), ensure_ascii=False) + "\n")


def _manifest(
    summary: SuggestSummary, export: Export, tagger: Tags, shares: Shares, seed: int, *, keep: bool
) -> dict[str, Any]:
    return {
        "cx_nlp": __version__,
        "input": {"path": export.path.name, "sha256": export.digest()},
        "model": {"id": getattr(tagger, "model_id", None), "digest": getattr(tagger, "digest", None)},
        "options": {**asdict(shares), "seed": seed},
        "counts": {
            "rows": summary.rows, "comments": summary.comments, "repeated": summary.repeated, "labelled": summary.labelled,
            "picked": dict(summary.picked),
        },
        "personal_data": {"masked": not keep, "comments": summary.masked},
    }  # fmt: skip
