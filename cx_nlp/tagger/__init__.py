"""The estimators: comments to mentions, on the scikit-learn contract."""

from cx_nlp.tagger.estimator import MentionTagger
from cx_nlp.tagger.mention import Annotation, Mention, TaggedComment, Target, annotation

__all__ = ["Annotation", "Mention", "MentionTagger", "TaggedComment", "Target", "annotation"]
