"""The fixed wording of model cards, in English and, for the summary, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator

from cx_nlp.metrics import Evaluation, Figure

WHAT = {
    "mentions": "Tags customer comments, clause by clause, by touchpoint, success factor and sentiment, each with the "
    "words that say it and a calibrated confidence, and every comment by its overall sentiment. Sparse linear "
    "classifiers over words and characters of clauses; a second stage, fitted on comments that the first had not seen, "
    "turns their scores into probabilities.",
    "cascade": "Tags customer comments by touchpoint, success factor and sentiment with two models that lie beside it, a fast "
    "linear one and a contextual encoder. The fast one answers where it is sure enough of all it says; elsewhere the encoder "
    "reads the comment, and the fast one's opinion is heard beside its own.",
    "pair": "Tags customer comments by touchpoint, success factor and sentiment with two models that lie beside it, a contextual "
    "encoder and a fast linear one. Both read every comment; their probabilities are pooled, for they err in different ways.",
    "contextual": "Tags customer comments by touchpoint, success factor and sentiment, each with the words that say it and a "
    "calibrated confidence, and every comment by its overall sentiment. A contextual encoder (the first layers of "
    "multilingual-e5-small, Wang et al. 2024, MIT) with label attention, fine-tuned and stored in eight bits.",
    "contextual_label": "Gives every comment one label with a calibrated confidence. A contextual encoder (the first layers "
    "of multilingual-e5-small, Wang et al. 2024, MIT), fine-tuned and stored in eight bits.",
    "classifier_pair": "Gives every comment one label with two models that lie in its folder, a contextual encoder and a fast linear "
    "one. Both read every comment; their calibrated probabilities are pooled, for they err in different ways.",
    "label": "Gives every comment one label with a calibrated confidence. A sparse linear classifier over words and "
    "characters.",
    "plugin": "An estimator of its maker's own, stored by joblib. Loading it can run any code: load it only when you "
    "trust who made it.",
}
WHAT |= {
    f"{kind} inside": WHAT[kind].replace("that lie beside it", "that lie in its folder")
    for kind in ("cascade", "pair")
}
_SCORE = "`cx-nlp score export.csv --model FOLDER --out result`, or in Python:"
USE = {
    "mentions": f'{_SCORE}\n\n    import cx_nlp\n    tagger = cx_nlp.load("FOLDER")\n    tagger.tag("Giao nhanh, nhưng giá hơi cao.")',
    "label": 'In Python:\n\n    import cx_nlp\n    classifier = cx_nlp.load("FOLDER")\n    classifier.predict(["Giao nhanh"])',
    "cascade": f'{_SCORE}\n\n    import cx_nlp\n    tagger = cx_nlp.load("FOLDER")\n    tagger.tag("Giao nhanh, nhưng giá hơi cao.")',
    "pair": f'{_SCORE}\n\n    import cx_nlp\n    tagger = cx_nlp.load("FOLDER")\n    tagger.tag("Giao nhanh, nhưng giá hơi cao.")',
    "contextual": f'{_SCORE}\n\n    import cx_nlp\n    tagger = cx_nlp.load("FOLDER")\n    tagger.tag("Giao nhanh, nhưng giá hơi cao.")',
    "classifier_pair": 'In Python:\n\n    import cx_nlp\n    classifier = cx_nlp.load("FOLDER")\n    classifier.predict(["Giao nhanh"])',
    "contextual_label": 'In Python:\n\n    import cx_nlp\n    classifier = cx_nlp.load("FOLDER")\n    classifier.predict(["Giao nhanh"])',
    "plugin": f'{_SCORE}\n\n    import cx_nlp\n    model = cx_nlp.load("FOLDER", trusted=True)',
}
USE |= {f"{kind} inside": USE[kind] for kind in ("cascade", "pair")}
LIMITS = (
    "Its figures hold for comments like those it was measured on; other industries, channels, languages and ways of writing "
    "lower every one. Check it on comments of your own: `cx-nlp evaluate`.",
    "It sees words, not intentions: irony, comparisons with other companies, and what only the context tells are often "
    "tagged wrongly.",
    "Where it is unsure (`needs_review`, or a low confidence), a person should decide. Tags of single comments are no ground to judge single people; "
    "counts over many comments are what it is for.",
)
FIGURES = {
    "touchpoint": "touchpoint, F1", "factor": "factor, F1", "touchpoint_sentiment": "touchpoint + sentiment, F1",
    "category": "touchpoint + factor, F1", "triple": "touchpoint + factor + sentiment, F1",
    "touchpoint_macro": "touchpoint, mean F1 of labels", "factor_macro": "factor, mean F1 of labels",
    "span": "span, character F1", "sentiment_accuracy": "comment sentiment, accuracy",
    "sentiment_macro": "comment sentiment, mean F1 of classes", "mention_ece": "mention confidence, calibration error",
    "sentiment_ece": "sentiment confidence, calibration error", "label_accuracy": "label, accuracy",
    "label_weighted": "label, F1 weighted by support", "label_macro": "label, mean F1 of classes",
    "label_ece": "confidence, calibration error",
}  # fmt: skip
"""The figures of a card in its order, with their names."""
SLICED = ("touchpoint", "factor", "triple", "sentiment_accuracy", "label_accuracy", "label_macro")
"""The figures given for every part of the comments."""
PER_LABEL = {
    "touchpoint": "By touchpoint",
    "factor": "By factor",
    "sentiment": "By comment sentiment",
    "label": "By label",
}

_VIETNAMESE = {
    "mentions": "Mô hình gắn nhãn từng mệnh đề trong bình luận của khách hàng theo điểm chạm, yếu tố và cảm xúc, kèm đúng những "
    "chữ nói lên điều đó và độ tin cậy; mỗi bình luận có thêm cảm xúc chung.",
    "cascade": "Hai mô hình nằm cạnh nhau: một mô hình tuyến tính nhanh và một mô hình đọc ngữ cảnh. Mô hình nhanh trả lời khi đủ chắc "
    "chắn; còn lại mô hình ngữ cảnh đọc, có tính đến ý kiến của mô hình nhanh.",
    "pair": "Hai mô hình nằm cạnh nhau cùng đọc mỗi bình luận, một mô hình đọc ngữ cảnh và một mô hình tuyến tính nhanh; xác suất của "
    "chúng được gộp lại vì chúng sai ở những chỗ khác nhau.",
    "contextual": "Mô hình đọc cả câu trong ngữ cảnh và gắn nhãn bình luận của khách hàng theo điểm chạm, yếu tố và cảm xúc, kèm "
    "đúng những chữ nói lên điều đó và độ tin cậy; mỗi bình luận có thêm cảm xúc chung.",
    "classifier_pair": "Hai mô hình nằm trong thư mục cùng đọc mỗi bình luận, một mô hình đọc ngữ cảnh và một mô hình tuyến tính nhanh; "
    "xác suất của chúng được gộp lại, và mỗi bình luận được gán một nhãn kèm độ tin cậy.",
    "contextual_label": "Mô hình đọc cả câu trong ngữ cảnh và gán cho mỗi bình luận một nhãn, kèm độ tin cậy.",
    "label": "Mô hình gán cho mỗi bình luận một nhãn, kèm độ tin cậy.",
    "plugin": "Mô hình do người dùng tự cắm vào, lưu bằng joblib; nạp nó có thể chạy bất kỳ mã nào, chỉ nạp khi tin người tạo ra nó.",
}
_VIETNAMESE |= {
    f"{kind} inside": f"{_VIETNAMESE[kind].replace('nằm cạnh nhau', 'nằm trong thư mục')} Chúng gắn nhãn theo điểm chạm, yếu tố và cảm "
    "xúc, kèm đúng những chữ nói lên điều đó và độ tin cậy."
    for kind in ("cascade", "pair")
}
_VIETNAMESE_FIGURES = {
    "touchpoint": "F1 điểm chạm",
    "factor": "F1 yếu tố",
    "triple": "F1 điểm chạm + yếu tố + cảm xúc",
    "sentiment_accuracy": "độ chính xác cảm xúc của bình luận",
    "label_accuracy": "độ chính xác",
    "label_macro": "F1 trung bình các nhãn",
}
_ADVICE = (
    "Kết quả là cách đọc của mô hình, không phải sự thật: bình luận có `needs_review` hay độ tin cậy thấp cần người xem lại, số liệu trên chỉ đúng với "
    "những bình luận tương tự; hãy đo trên bình luận của chính bạn bằng `cx-nlp evaluate`, và đừng dùng nhãn của từng bình luận để "
    "phán xét từng người."
)


def vietnamese_summary(kind: str, comments: int | None, found: Evaluation | None) -> str:
    """What the model is and how good, in a few Vietnamese sentences."""
    sentences = [_VIETNAMESE[kind]]
    if comments is not None:
        sentences.append(f"Học từ {_whole(comments)} bình luận đã gắn nhãn.")
    if found is not None and (figures := list(_shown(found))):
        sentences.append(
            f"Đo trên {_whole(found.comments)} bình luận (trong ngoặc là khoảng tin cậy 95 %): {'; '.join(figures)}."
        )
    return " ".join([*sentences, _ADVICE])


def _shown(found: Evaluation) -> Iterator[str]:
    for key, name in _VIETNAMESE_FIGURES.items():
        figure: Figure | None = found.figures.get(key)
        if figure is not None and figure.value is not None:
            bounds = [_share(bound) for bound in (figure.low, figure.high) if bound is not None]
            yield f"{name} {_share(figure.value)}" + (f" ({'–'.join(bounds)})" if bounds else "")


def _share(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _whole(value: int) -> str:
    return f"{value:,}".replace(",", ".")
