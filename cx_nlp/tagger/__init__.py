"""The estimators: comments to mentions, on the scikit-learn contract."""

from cx_nlp.tagger.cascade import Cascade
from cx_nlp.tagger.contextual import ContextualTagger
from cx_nlp.tagger.contextual_single import ContextualClassifier
from cx_nlp.tagger.estimator import MentionTagger
from cx_nlp.tagger.mention import Annotation, Mention, TaggedComment, Target, annotation
from cx_nlp.tagger.pair import ClassifierPair
from cx_nlp.tagger.single import CommentClassifier

__all__ = [
    "Annotation",
    "Cascade",
    "ClassifierPair",
    "CommentClassifier",
    "ContextualClassifier",
    "ContextualTagger",
    "Mention",
    "MentionTagger",
    "TaggedComment",
    "Target",
    "annotation",
]
