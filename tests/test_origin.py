"""A model that is fitted anew no longer passes for the one it was loaded from."""

from pathlib import Path

import joblib
from sklearn.base import clone

from cx_nlp.bundle import load, save_bundle
from cx_nlp.metrics import mention_figures
from cx_nlp.tagger import MentionTagger


def test_fitting_anew_forgets_the_bundle(small_tagger: MentionTagger, invented, tmp_path: Path) -> None:
    texts, records = invented
    figures = mention_figures(records, [c.to_dict() for c in small_tagger.out_of_fold_], resamples=0)
    loaded = load(save_bundle(small_tagger, tmp_path / "first", evaluation=figures))
    assert loaded.heldout["touchpoint"]
    assert not hasattr(clone(loaded), "heldout")
    loaded.fit(texts, records)
    for name in ("model_id", "digest", "heldout", "manifest_"):
        assert not hasattr(loaded, name)


def test_a_loaded_model_keeps_its_origin_through_joblib(small_tagger: MentionTagger, tmp_path: Path) -> None:
    loaded = load(save_bundle(small_tagger, tmp_path / "first"))
    joblib.dump(loaded, tmp_path / "copy.joblib")
    copy = joblib.load(tmp_path / "copy.joblib")
    assert (copy.model_id, copy.digest) == ("first", loaded.digest)
    assert copy.tag("giao hàng nhanh") == loaded.tag("giao hàng nhanh")
