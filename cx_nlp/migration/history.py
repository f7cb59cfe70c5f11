"""Scored tables under the new names."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_nlp.errors import InputError
from cx_nlp.io.outputs import write_whole, writing
from cx_nlp.io.tables import opened
from cx_nlp.io.target import Target
from cx_nlp.io.workbook import workbook
from cx_nlp.journey import tablefile
from cx_nlp.journey.nested import read_nested
from cx_nlp.journey.table import read_scored
from cx_nlp.migration.bridge import Bridge
from cx_nlp.migration.form import KINDS, Migration
from cx_nlp.migration.labels import stem
from cx_nlp.migration.manifest import migrated_manifest
from cx_nlp.migration.parts import UNSPLIT, Placed, Tagger, placed, unsplit
from cx_nlp.tagger.mention import TaggedComment
from cx_nlp.taxonomy import Taxonomy, nearest

BATCH = 1024
FINDINGS = ("findings.json", "causes.csv", "report.html")
"""Files whose labels are the old ones; they are made anew from the tables."""


def migrate_history(migration: Migration, source: Path, out: Path, *, model: Tagger | None = None) -> Bridge:
    """Writes a scored table under the new names into a folder of `migrated_name`; gives its bridge.

    Comments, rejected rows and everything else stay as they were; so does the number of mentions, but for those that became the
    same as another one of their comment. A mention of a split label of which no part can be told is called LABEL_unsplit, which
    the taxonomy beside the table knows.

    Parameters
    ----------
    out
        Where the folder is made.
    model
        A model of the new taxonomy, to tell the parts of split labels from the texts.

    Raises
    ------
    InputError
        The table cannot be read, or holds a label that the old taxonomy does not have.
    OutputError
        The folder exists, or cannot be written.
    """
    files, scored = tablefile.find(source), read_scored(source)
    bridge = Bridge(stem(source))
    _check_labels(migration, scored.mentions, files.mentions)
    bridge.comments_in = bridge.comments_out = len(scored.comments)
    form = files.comments.suffix.lower().removeprefix(".")
    target = Target((out / migrated_name(source)).resolve(), form, is_folder=True)
    with write_whole(target) as folder:
        mentions = _mentions(files)
        texts = scored.texts(_split_ids(migration, mentions))
        new = _retagged(migration, mentions, texts, model, bridge)
        _WRITERS[form](files, folder, mentions, new)
        _beside(migration, source, files, folder, new)
        bridge.check()
    return bridge


def migrated_name(source: Path) -> str:
    """The name of the folder that `migrate_history` makes of a scored table."""
    return f"{stem(source)}-migrated"


def stale_findings(source: Path) -> list[str]:
    """Names of files beside a scored table that still speak of the old labels."""
    return [name for name in FINDINGS if source.is_dir() and (source / name).exists()]


def _check_labels(migration: Migration, mentions: pd.DataFrame, path: Path) -> None:
    for kind, known in (("touchpoint", migration.old.touchpoint_ids), ("factor", migration.old.factor_ids)):
        lost = ~mentions[kind].isin(known)
        if lost.any():
            at = int(lost.to_numpy().argmax())
            label = str(mentions[kind].iloc[at])
            raise InputError(
                f"{path}, row {at + 1}, column {kind}: {label!r} is not in the old taxonomy; {nearest(label, known)} "
                "(name the taxonomy that the table was made with by --taxonomy)"
            )


def _mentions(files: tablefile.Files) -> pd.DataFrame:
    """The mentions with all their columns, rows numbered from 0."""
    path = files.mentions
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        frame = pq.read_table(path).to_pandas()
    elif suffix == ".jsonl":
        frame = read_nested(path)[1]
    else:
        frame = tablefile.read_rows(path, "mentions" if suffix == ".xlsx" else None)
    numbered: pd.DataFrame = frame.reset_index(drop=True)
    return (
        numbered.assign(comment_id=numbered["comment_id"].astype(str).str.strip())
        if len(numbered)
        else numbered
    )


def _split_ids(migration: Migration, mentions: pd.DataFrame) -> set[str]:
    split = [mentions[kind].isin([*migration.splits[kind]]) for kind in KINDS if migration.splits[kind]]
    if not split or mentions.empty:
        return set()
    return set(mentions["comment_id"][pd.concat(split, axis=1).any(axis=1)])


def _retagged(
    migration: Migration,
    mentions: pd.DataFrame,
    texts: Mapping[str, str],
    model: Tagger | None,
    bridge: Bridge,
) -> pd.DataFrame:
    """`touchpoint`, `factor`, `stage` and `kept` of every mention; counts in `bridge`."""
    old = {kind: mentions[kind].astype(str).str.strip().tolist() for kind in KINDS}
    tagged = _tagged(texts, model)
    ids: list[str] = mentions["comment_id"].tolist()
    records = mentions.to_dict("records") if texts else [{}] * len(mentions)
    moves: dict[str, list[Placed]] = {kind: [] for kind in KINDS}
    plain = {
        kind: {
            id: placed(migration, kind, {kind: id}, "", None)
            for id in set(old[kind]) - {*migration.splits[kind]}
        }
        for kind in KINDS
    }
    for row, record in enumerate(records):
        for kind in KINDS:
            label = old[kind][row]
            if label in plain[kind]:
                moves[kind].append(plain[kind][label])
                continue
            id = ids[row]
            found = placed(migration, kind, _clean(record, label, kind), texts.get(id, ""), tagged.get(id))
            moves[kind].append(found if found.id is not None else Placed(unsplit(label), UNSPLIT))
    kept = _kept(mentions, old, moves)
    for kind in KINDS:
        keys = [(kind, o, str(new.id), new.how) for o, new in zip(old[kind], moves[kind], strict=True)]
        bridge.moved.update(keys)
        bridge.joined.update(Counter(key for key, there in zip(keys, kept, strict=True) if not there))
    bridge.mentions_in, bridge.mentions_out = len(mentions), sum(kept)
    bridge.mentions_joined = len(mentions) - sum(kept)
    stages = {row.id: row.stage for row in with_unsplit(migration).touchpoints}
    new_ids = {kind: [move.id for move in moves[kind]] for kind in KINDS}
    given = mentions["stage"].tolist() if "stage" in mentions else [None] * len(mentions)
    changed = (new != was for new, was in zip(new_ids["touchpoint"], old["touchpoint"], strict=True))
    stage = [
        stages.get(str(id)) if new else was
        for id, new, was in zip(new_ids["touchpoint"], changed, given, strict=True)
    ]
    frame: pd.DataFrame = pd.DataFrame({**new_ids, "stage": stage, "kept": kept}, dtype=object)
    return frame


def _clean(record: Mapping[Any, Any], label: str, kind: str) -> dict[str, Any]:
    """A mention as `placed` takes it; numbers that a text file holds as text are numbers."""
    found = {str(key): value for key, value in record.items()} | {kind: label}
    for name in ("start", "end"):
        try:
            found[name] = int(float(found[name]))
        except (KeyError, TypeError, ValueError):
            found.pop(name, None)
    return found


def _tagged(texts: Mapping[str, str], model: Tagger | None) -> dict[str, TaggedComment]:
    if model is None:
        return {}
    ids, said = [*texts], [*texts.values()]
    found: dict[str, TaggedComment] = {}
    for at in range(0, len(ids), BATCH):
        found.update(zip(ids[at : at + BATCH], model.tag_many(said[at : at + BATCH]), strict=True))
    return found


def _kept(
    mentions: pd.DataFrame, old: Mapping[str, Sequence[str]], moves: Mapping[str, Sequence[Placed]]
) -> list[bool]:
    """Which mentions are written: of those that became the same in their comment, the surest."""
    frame = pd.DataFrame(
        {
            "comment_id": mentions["comment_id"].tolist(),
            "sentiment": mentions["sentiment"].astype(str).tolist(),
            **{f"old_{kind}": list(old[kind]) for kind in KINDS},
            **{kind: [move.id for move in moves[kind]] for kind in KINDS},
        }
    )
    sure = (
        pd.to_numeric(mentions["confidence"], errors="coerce")
        if "confidence" in mentions
        else pd.Series(0.0, mentions.index)
    )
    order = sure.fillna(0.0).to_numpy().argsort(kind="stable")[::-1] if len(frame) else []
    ordered = frame.iloc[order]
    again = ordered.duplicated(["comment_id", "sentiment", *KINDS])
    before = ordered.duplicated(["comment_id", "sentiment", *(f"old_{kind}" for kind in KINDS)])
    joined = (again & ~before).sort_index()
    return [not lost for lost in joined.tolist()]


def with_unsplit(migration: Migration) -> Taxonomy:
    """The new taxonomy with a label for the mentions of each split one of which no part was told."""

    def more(kind: str, rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            replace(
                row,
                id=unsplit(row.id),
                name_vi=f"{row.name_vi} (chưa tách)",
                name_en=f"{row.name_en} (not split)",
            )
            for row in rows
            if row.id in migration.splits[kind]
        )

    return replace(
        migration.new,
        touchpoints=(*migration.new.touchpoints, *more("touchpoint", migration.old.touchpoints)),
        factors=(*migration.new.factors, *more("factor", migration.old.factors)),
    )


def _changed(mentions: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    there = [name for name in ("touchpoint", "factor", "stage") if name in mentions]
    found: pd.DataFrame = mentions.assign(**{name: new[name].tolist() for name in there})
    kept: pd.DataFrame = found[new["kept"].astype(bool).to_numpy()]
    return kept


def _parquet(files: tablefile.Files, folder: Path, mentions: pd.DataFrame, new: pd.DataFrame) -> None:
    _copy(files.comments, folder / "comments.parquet")
    if files.mentions.suffix.lower() != ".parquet":
        _csv_mentions(folder, mentions, new)
        return
    table = pq.read_table(files.mentions)
    for name in ("touchpoint", "factor", "stage"):
        if name in table.column_names:
            at = table.column_names.index(name)
            table = table.set_column(
                at, pa.field(name, pa.string()), pa.array(new[name].tolist(), pa.string())
            )
    table = table.filter(pa.array(new["kept"].astype(bool).tolist()))
    path = folder / "mentions.parquet"
    with writing(path):
        pq.write_table(table, path, compression="zstd")


def _csv(files: tablefile.Files, folder: Path, mentions: pd.DataFrame, new: pd.DataFrame) -> None:
    _copy(files.comments, folder / "comments.csv")
    _csv_mentions(folder, mentions, new)


def _csv_mentions(folder: Path, mentions: pd.DataFrame, new: pd.DataFrame) -> None:
    # Cells as they were read, with the marks that keep a spreadsheet from running them where they had some.
    with opened(folder / "mentions.csv", "w", encoding="utf-8-sig") as stream:
        _changed(mentions, new).to_csv(stream, index=False, lineterminator="\r\n")


def _xlsx(files: tablefile.Files, folder: Path, mentions: pd.DataFrame, new: pd.DataFrame) -> None:
    with workbook(folder / "scored.xlsx", ("comments", "mentions")) as sheets:
        sheets["comments"].append(tablefile.read_rows(files.comments, "comments"))
        sheets["mentions"].append(_changed(mentions, new))


def _jsonl(files: tablefile.Files, folder: Path, mentions: pd.DataFrame, new: pd.DataFrame) -> None:
    rows: Iterator[dict[Any, Any]] = iter(new.to_dict("records"))
    with (
        files.comments.open(encoding="utf-8-sig") as source,
        opened(folder / "scored.jsonl", "w", encoding="utf-8") as out,
    ):
        for line in source:
            if not line.strip():
                continue
            record = json.loads(line)
            found = [(mention, next(rows)) for mention in record.get("mentions", [])]
            record["mentions"] = [
                {
                    **mention,
                    **{name: row[name] for name in ("touchpoint", "factor", "stage") if name in mention},
                }
                for mention, row in found
                if row["kept"]
            ]
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


_WRITERS: Mapping[str, Callable[[tablefile.Files, Path, pd.DataFrame, pd.DataFrame], None]] = {
    "parquet": _parquet, "csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl,
}  # fmt: skip


def _copy(source: Path, goal: Path) -> None:
    with writing(goal):
        shutil.copyfile(source, goal)


def _beside(
    migration: Migration, source: Path, files: tablefile.Files, folder: Path, new: pd.DataFrame
) -> None:
    """What lies beside the tables: taxonomy, manifest, rejected rows."""
    left = any(str(id).endswith("_unsplit") for kind in KINDS for id in new[kind].unique())
    taxonomy = with_unsplit(migration) if left else migration.new
    with writing(folder / "taxonomy.toml"):
        (folder / "taxonomy.toml").write_text(taxonomy.to_toml(), encoding="utf-8")
    rejected = source / "rejected.csv" if source.is_dir() else source.with_name(f"{source.name}.rejected.csv")
    if rejected.exists():
        _copy(rejected, folder / "rejected.csv")
    if files.manifest is not None:
        migrated_manifest(migration, files.manifest, folder)
