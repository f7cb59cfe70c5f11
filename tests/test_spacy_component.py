"""The component in pipelines as users build them: alone, beside others, in processes, on disk, packaged."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy import displacy
from spacy.cli.package import package
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.tokens.underscore import Underscore
from spacy.vocab import Vocab

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.errors import BundleError
from cx_nlp.spacy_component import CxTagger, displacy_options
from cx_nlp.tagger import CommentClassifier, MentionTagger

TEXTS = ["giao hàng nhanh, nhân viên thô lỗ", "", "giá quá cao", "  staff were rude😡, vải đẹp!"]


@pytest.fixture(scope="module")
def bundle(small_tagger: MentionTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bundle(small_tagger, tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="module")
def tagger(bundle: Path) -> MentionTagger:
    return load_bundle(bundle)


@pytest.fixture
def nlp(bundle: Path) -> Language:
    pipeline = spacy.blank("xx")
    pipeline.add_pipe("cx_tagger", config={"model": str(bundle)})
    return pipeline


def said(doc: Doc) -> list[tuple[str, str, float]]:
    scores = doc.spans["cx"].attrs["scores"]
    return [
        (span.label_, span._.cx.quote, score) for span, score in zip(doc.spans["cx"], scores, strict=True)
    ]


def run(code: str, *args: object, path: Path | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, args)], capture_output=True, encoding="utf-8", timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **({"PYTHONPATH": str(path)} if path else {})},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_doc_gets_the_tags_of_its_text(nlp: Language, tagger: MentionTagger) -> None:
    for doc, comment in zip(nlp.pipe(TEXTS), tagger.tag_many(TEXTS), strict=True):
        assert doc._.cx == comment
        assert said(doc) == [
            (f"{m.touchpoint}#{m.factor}#{m.sentiment}", m.quote, m.confidence) for m in comment.mentions
        ]
        assert all(span.text.find(span._.cx.quote) >= 0 for span in doc.spans["cx"])
    assert any(nlp(text).spans["cx"] for text in TEXTS)


def test_a_doc_and_spans_that_were_not_tagged_have_none(nlp: Language) -> None:
    assert nlp.make_doc("giao hàng nhanh")._.cx is None
    doc = nlp("giao hàng nhanh")
    assert doc[0:2]._.cx is None


@settings(deadline=None)
@given(cuts=st.sets(st.integers(1, len(TEXTS[0]) - 1)))
def test_spans_hold_their_quotes_whatever_the_tokens(small_tagger: MentionTagger, cuts: set[int]) -> None:
    text = TEXTS[0]
    edges = [0, *sorted(cuts), len(text)]
    words = [text[a:b] for a, b in pairwise(edges)]
    component = CxTagger()
    component.tagger = small_tagger
    doc = component(Doc(Vocab(), words=words, spaces=[False] * len(words)))
    assert doc.text == text
    assert len(doc.spans["cx"]) == len(small_tagger.tag(text).mentions) > 0
    for span in doc.spans["cx"]:
        found = span._.cx
        assert span.start_char <= found.start < found.end <= span.end_char
        # No token more than the quote needs.
        assert span[0].idx + len(span[0]) > found.start
        assert span[-1].idx < found.end


def test_contexts_and_batches_keep_their_order(nlp: Language) -> None:
    alone = [said(nlp(text)) for text in TEXTS]
    pairs = [(text, {"id": i}) for i, text in enumerate(TEXTS * 5)]
    for size in (1, 3, 1000):
        found = list(nlp.pipe(pairs, as_tuples=True, batch_size=size))
        assert [context["id"] for _, context in found] == list(range(20))
        assert [said(doc) for doc, _ in found] == alone * 5


def test_processes_give_what_one_gives(nlp: Language) -> None:
    expected = [(said(doc), doc._.cx) for doc in nlp.pipe(TEXTS * 3)]
    found = list(
        nlp.pipe([(text, i) for i, text in enumerate(TEXTS * 3)], as_tuples=True, n_process=2, batch_size=4)
    )
    assert [(said(doc), doc._.cx) for doc, _ in found] == expected
    assert [i for _, i in found] == list(range(12))


def test_a_started_process_gets_the_component(nlp: Language) -> None:
    # What spaCy sends to a process that inherits nothing, as on Windows and macOS.
    expected = said(nlp(TEXTS[0]))
    component, state = pickle.loads(pickle.dumps((nlp.get_pipe("cx_tagger"), Underscore.get_state())))  # noqa: S301
    assert said(component(nlp.make_doc(TEXTS[0]))) == expected
    assert state == Underscore.get_state()


def test_it_leaves_other_components_alone(nlp: Language) -> None:
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "own"}, first=True)
    ruler.add_patterns([{"label": "PERSON", "pattern": "nhân viên"}])
    nlp.add_pipe("sentencizer", last=True)
    doc = nlp("giao hàng nhanh. nhân viên thô lỗ.")
    assert [span.text for span in doc.spans["own"]] == ["nhân viên"]
    assert len(list(doc.sents)) == 2
    assert doc.spans["cx"]
    assert nlp.analyze_pipes()["problems"] == {"span_ruler": [], "cx_tagger": [], "sentencizer": []}


def test_stored_docs_keep_their_tags(nlp: Language) -> None:
    doc = nlp(TEXTS[0])
    [again] = DocBin(docs=[doc], store_user_data=True).get_docs(nlp.vocab)
    assert said(again) == said(doc)
    assert again._.cx == doc._.cx


def test_what_cannot_be_tagged_goes_to_the_error_handler(nlp: Language) -> None:
    nlp.get_pipe("cx_tagger").tagger = MentionTagger()
    lost: list[str] = []
    nlp.set_error_handler(lambda name, component, docs, error: lost.extend(doc.text for doc in docs))
    assert list(nlp.pipe(TEXTS[:1])) == []
    assert lost == TEXTS[:1]


def test_a_saved_pipeline_needs_no_other_model(small_tagger: MentionTagger, tmp_path: Path) -> None:
    model = save_bundle(small_tagger, tmp_path / "mine")
    nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"use_pyvi": False}}})
    nlp.add_pipe("cx_tagger", name="mentions", config={"model": str(model)})
    expected = said(nlp(TEXTS[0]))
    nlp.to_disk(tmp_path / "saved")
    nlp.to_disk(tmp_path / "saved")
    for file in model.iterdir():
        file.unlink()
    again = spacy.load(tmp_path / "saved")
    assert said(again(TEXTS[0])) == expected != []
    # Saved again, also over itself.
    again.to_disk(tmp_path / "saved")
    assert said(spacy.load(tmp_path / "saved")(TEXTS[0])) == expected


def test_a_saved_model_that_was_changed_is_refused(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "saved")
    card = tmp_path / "saved" / "cx_tagger" / "model" / "README.md"
    card.write_text("", encoding="utf-8")
    with pytest.raises(BundleError, match=r"README\.md.*changed after the model was saved"):
        spacy.load(tmp_path / "saved")


def test_a_model_that_changed_since_it_was_loaded_is_not_saved(
    small_tagger: MentionTagger, tmp_path: Path
) -> None:
    model = save_bundle(small_tagger, tmp_path / "mine")
    nlp = spacy.blank("xx")
    nlp.add_pipe("cx_tagger", config={"model": str(model)})
    nlp("giao hàng nhanh")
    save_bundle(small_tagger, model, name="another", overwrite=True)
    with pytest.raises(BundleError, match="holds another model"):
        nlp.to_disk(tmp_path / "saved")


def test_wrong_models_are_refused_by_name(tmp_path: Path) -> None:
    nlp = spacy.blank("xx")
    nlp.add_pipe("cx_tagger", config={"model": str(tmp_path / "none")})
    with pytest.raises(BundleError, match="there is no such folder"):
        nlp("giao hàng nhanh")
    single = CommentClassifier(folds=2).fit(["rất tốt", "quá tệ"] * 8, ["good", "bad"] * 8)
    other = spacy.blank("xx")
    other.add_pipe("cx_tagger", config={"model": str(save_bundle(single, tmp_path / "single"))})
    with pytest.raises(BundleError, match="gives one label a comment"):
        other("giao hàng nhanh")


def test_displacy_draws_the_spans_and_runs_nothing(nlp: Language) -> None:
    doc = nlp("<script>alert(1)</script> giao hàng nhanh, nhân viên thô lỗ")
    assert doc.spans["cx"]
    page = displacy.render(doc, style="span", options=displacy_options(doc), jupyter=False)
    assert "<script" not in page
    assert all(span.label_ in page for span in doc.spans["cx"])
    colours = displacy_options(doc)["colors"]
    assert len(set(colours.values())) == len({label.rpartition("#")[2] for label in colours}) == 2


def test_spacy_finds_it_by_its_entry_point_and_pays_for_it_on_use_only(bundle: Path) -> None:
    code = (
        "import sys, spacy\n"
        "nlp = spacy.blank('xx'); nlp.add_pipe('cx_tagger', config={'model': sys.argv[1]})\n"
        "print({'sklearn', 'pandas', 'pyarrow'} & {*sys.modules}, len(nlp('giao hàng nhanh').spans['cx']))"
    )
    assert run(code, bundle) == "set() 1"


def test_a_packaged_pipeline_tags_where_it_is_imported(nlp: Language, tmp_path: Path) -> None:
    nlp.meta |= {"name": "feedback", "version": "0.0.1"}
    nlp.to_disk(tmp_path / "saved")
    (tmp_path / "out").mkdir()
    package(tmp_path / "saved", tmp_path / "out", create_sdist=False, create_wheel=False, silent=True)
    [made] = (tmp_path / "out").iterdir()
    assert any(
        one.startswith("cx-nlp")
        for one in json.loads((made / "meta.json").read_text(encoding="utf-8"))["requirements"]
    )
    installed = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", installed],
        cwd=made,
        check=True,
        capture_output=True,
    )
    code = "import xx_feedback; doc = xx_feedback.load()('giao hàng nhanh'); print([s.label_ for s in doc.spans['cx']])"
    assert run(code, path=installed) == "['delivery#responsiveness#positive']"
