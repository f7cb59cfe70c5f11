"""A model on disk: a folder of plain parts, each checked before it is read."""

from cx_nlp.bundle.card import model_card
from cx_nlp.bundle.copying import copy_bundle
from cx_nlp.bundle.loading import load_bundle
from cx_nlp.bundle.manifest import FORMAT
from cx_nlp.bundle.profile import profile_in, put_profile
from cx_nlp.bundle.saving import save_bundle
from cx_nlp.bundle.shipped import bundle_path, find_model, load

__all__ = [
    "FORMAT",
    "bundle_path",
    "copy_bundle",
    "find_model",
    "load",
    "load_bundle",
    "model_card",
    "profile_in",
    "put_profile",
    "save_bundle",
]
