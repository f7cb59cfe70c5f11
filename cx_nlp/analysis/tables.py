"""Root causes from a scored table, with the report that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cx_nlp.errors import OutputError
from cx_nlp.io.outputs import write_manifest, write_whole
from cx_nlp.io.tables import csv_table
from cx_nlp.io.target import FINDINGS, findings_target
from cx_nlp.journey.findings import Findings, find
from cx_nlp.journey.scores.audit import audit_sample, read_audit
from cx_nlp.journey.table import Scored, read_scored
from cx_nlp.journey.upstream.graphfile import read_graph
from cx_nlp.personal import mask
from cx_nlp.report.folder import write_report
from cx_nlp.report.personal import personal_in
from cx_nlp.scoring.manifest import versions
from cx_nlp.taxonomy import load_taxonomy


@dataclass(frozen=True)
class CausesSummary:
    """What was found and where it was written.

    Attributes
    ----------
    out : Path
    files : tuple of str
    findings : Findings
        Its scored table is that of the source, with bullets for the characters of personal data unless these were to be kept.
    """

    out: Path
    files: tuple[str, ...]
    findings: Findings


def causes(
    source: Scored | Path | str,
    *,
    out: Path | str,
    lang: str | None = None,
    graph: Path | str | None = None,
    audit: Path | str | None = None,
    at_most: int = 5,
    overwrite: bool = False,
    keep_personal_data: bool = False,
) -> CausesSummary:
    """The findings of a scored table, written into a folder as report, workbook and tables.

    Parameters
    ----------
    source
        What `read_scored` reads, or a table that it gave.
    out
        The folder to make.
    lang
        "vi" or "en", the report's language; by default that of most comments.
    graph
        A file that says which touchpoint may cause which; by default the order of the taxonomy's stages.
    audit
        A sample of the comments labelled by hand, for the tagger's error rates on these data.
    at_most
        Causes on the list.
    overwrite
        Whether earlier findings in `out` may be replaced.
    keep_personal_data
        Whether telephone numbers, addresses and the like stand in the report as they were written.

    Raises
    ------
    CxError
        If the table, the graph, the audit or `out` cannot be used; the message says why and what to do.
    """
    scored = source if isinstance(source, Scored) else read_scored(source)
    taxonomy = scored.taxonomy or load_taxonomy()
    target = findings_target(out)
    personal = personal_in(scored, keep=keep_personal_data)
    with write_whole(target, overwrite=overwrite) as folder:
        findings = find(
            personal.hidden,
            taxonomy,
            graph=read_graph(Path(graph), taxonomy) if graph else None,
            audit=read_audit(Path(audit), scored, taxonomy) if audit else None,
            at_most=at_most,
        )
        files = write_report(findings, folder, lang=lang, personal=personal)
        said = {name: (scored.manifest or {}).get(name) for name in ("input", "model", "columns", "rating")}
        write_manifest(
            folder / target.manifest,
            {"versions": versions(), "scored": said, "personal_data": personal.record()},
            files=files,
            result=FINDINGS,
        )
    return CausesSummary(target.path, (*files, target.manifest), findings)


def write_audit_sample(
    scored: Scored,
    path: Path,
    *,
    n: int,
    overwrite: bool = False,
    seed: int = 0,
    keep_personal_data: bool = False,
) -> int:
    """Writes a CSV of comments drawn at random, with an empty column `aspects` to fill; gives their number.

    Personal data in the comments are masked, each in the comment's own language, unless they are kept.

    Raises
    ------
    OutputError
        Something stands there already, or the disk refuses.
    """
    if path.exists() and not overwrite:
        raise OutputError(f"{path}: exists; give --overwrite to replace it, or choose another name.")
    ids = audit_sample(scored, n, seed=seed)
    texts = scored.texts(ids)
    if not keep_personal_data:
        texts = {id: mask(text) for id, text in texts.items()}
    sample = pd.DataFrame({"comment_id": ids, "text": [texts.get(id, "") for id in ids], "aspects": ""})
    with csv_table(path) as table:
        table.append(sample)
    return len(ids)
