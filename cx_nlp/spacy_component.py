"""The spaCy component `cx_tagger`: mentions as spans of a Doc.

It fills `doc.spans["cx"]` with one span a mention, labelled `touchpoint#factor#sentiment` as in `MentionTagger.classes_`, and
the group's `attrs["scores"]` with their confidences, as spaCy's `spancat` does. `doc._.cx` is the `TaggedComment`, `span._.cx`
the span's `Mention`.

spaCy imports this module wherever it makes a pipeline, also one without the component: what takes time is imported on use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span, SpanGroup

from cx_nlp.errors import BundleError

if TYPE_CHECKING:
    from cx_nlp.bundle.shipped import Tagger
    from cx_nlp.tagger import Mention, TaggedComment

KEY = "cx"
"""Under which the spans stand in `doc.spans` and the tags in `doc.user_data`."""
MODEL = "model"
"""The folder of the model in a saved pipeline."""
BATCH = 256


class CxTagger(Pipe):
    """Tags the text of a Doc, whatever its tokens are; other components and their spans are left alone.

    Parameters
    ----------
    name : str
        The component's name in the pipeline.
    model : str
        "auto", "fast", "accurate", or the folder of a bundle; it is loaded on first use, so that a saved pipeline, which brings
        its model along, can be read where the folder is not.
    """

    def __init__(self, name: str = "cx_tagger", *, model: str = "auto") -> None:
        self.name = name
        self.model = model
        self._saved: Path | None = None
        if not Doc.has_extension(KEY):
            Doc.set_extension(KEY, getter=tagged_comment)
        if not Span.has_extension(KEY):
            Span.set_extension(KEY, getter=mention)

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        from cx_nlp.bundle import bundle_path

        return self._saved or bundle_path(self.model)

    @cached_property
    def tagger(self) -> Tagger:
        """The model.

        Raises
        ------
        BundleError
            There is no such model, or it gives no mentions.
        """
        from cx_nlp.bundle import load

        return load(self.folder, kind="mentions")

    def __call__(self, doc: Doc) -> Doc:
        """The Doc with its mentions."""
        self._annotate([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH) -> Iterator[Doc]:
        """The Docs with their mentions, `batch_size` of them tagged at a time."""
        handle = self.get_error_handler()
        remaining = iter(stream)
        while docs := list(islice(remaining, batch_size)):
            try:
                self._annotate(docs)
            except Exception as error:
                # What is done about it is the pipeline's business: `nlp.set_error_handler`.
                handle(self.name, self, docs, error)
            else:
                yield from docs

    def _annotate(self, docs: list[Doc]) -> None:
        for doc, comment in zip(docs, self.tagger.tag_many([doc.text for doc in docs]), strict=True):
            doc.user_data[KEY] = comment.to_dict()
            scores = np.array([mention.confidence for mention in comment.mentions])
            doc.spans[KEY] = SpanGroup(doc, name=KEY, attrs={"scores": scores}, spans=_spans(doc, comment))

    def to_disk(self, path: Path | str, *, exclude: Collection[str] = ()) -> None:
        """Puts the model's files into a folder, so that the pipeline can be read where the model is not installed.

        Raises
        ------
        BundleError
            The model's files were changed, or were replaced by another model after this one was loaded.
        """
        from cx_nlp.bundle import copy_bundle

        used = vars(self).get("tagger")
        digest = copy_bundle(self.folder, Path(path) / MODEL)
        if used is not None and used.digest != digest:
            raise BundleError(
                f"{self.folder}: holds another model than the one this pipeline has been tagging with; make the pipeline anew."
            )

    def from_disk(self, path: Path | str, *, exclude: Collection[str] = ()) -> CxTagger:
        """Takes the model of a saved pipeline, checked against its manifest.

        Raises
        ------
        BundleError
            A file is missing or was changed; the message names it.
        """
        self._saved = Path(path) / MODEL
        vars(self).pop("tagger", None)
        _ = self.tagger
        return self


@Language.factory(
    "cx_tagger", assigns=["doc.spans", "doc._.cx", "span._.cx"], default_config={"model": "auto"}
)
def cx_tagger(nlp: Language, name: str, model: str) -> CxTagger:
    """The component for `nlp.add_pipe("cx_tagger", config={"model": "fast"})`; see `CxTagger`."""
    return CxTagger(name, model=model)


def tagged_comment(doc: Doc) -> TaggedComment | None:
    """The tags of a Doc; None where it was not tagged."""
    from cx_nlp.tagger import Mention, TaggedComment

    found = doc.user_data.get(KEY)
    return found and TaggedComment(**{**found, "mentions": tuple(Mention(**m) for m in found["mentions"])})


def mention(span: Span) -> Mention | None:
    """The mention that a span of `doc.spans["cx"]` stands for; None for any other span."""
    from cx_nlp.tagger import Mention

    prefix, _, place = span.id_.partition(":")
    found = span.doc.user_data.get(KEY)
    return Mention(**found["mentions"][int(place)]) if found and prefix == KEY else None


def displacy_options(doc: Doc) -> dict[str, Any]:
    """Options with which `displacy.render(doc, style="span", options=…)` draws the mentions, coloured by sentiment."""
    from cx_nlp.tagger.display import background

    labels = {span.label_ for span in doc.spans.get(KEY, ())}
    colours = {label: background(label.rpartition("#")[2]) for label in labels}
    return {"spans_key": KEY, "colors": colours}


def _spans(doc: Doc, comment: TaggedComment) -> list[Any]:
    """A span for every mention, widened to whole tokens."""
    return [
        doc.char_span(
            said.start, said.end, f"{said.touchpoint}#{said.factor}#{said.sentiment}", alignment_mode="expand",
            span_id=f"{KEY}:{place}",
        )
        for place, said in enumerate(comment.mentions)
    ]  # fmt: skip
