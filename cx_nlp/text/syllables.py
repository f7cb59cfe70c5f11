"""The Vietnamese syllable: which letter strings are one, and where its tone mark stands."""

import re
import unicodedata

from cx_nlp.text.accents import fold_accents

_ONSETS = ["", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()]
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu êng
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu iêng
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uên uênh uêu ui um un ung uơ up ut uy uya uych uyên uyêt uyn uynh uyt uyp uyu
uôc uôi uôm uôn uông uôt
ư ưa ưc ưi ưng ưt ưu ưm ươc ươi ươm ươn ương ươp ươt ươu
y yêm yên yêng yêt yêu
""".split()
_FRONT = frozenset("ieêy")
_QU_RIMES = frozenset(
    "a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên ênh êt "
    "ăm ăp i in ôc ơ uơ y yên yêt yt ynh ych yp it".split()
)
_GI_RIMES = frozenset(rime for rime in _RIMES if rime[0] not in _FRONT or rime[0] in "eê") | {
    "", "m", "n", "ng", "p", "t", "êng", "êt",
}  # fmt: skip
_Y_ONSETS = frozenset(["", "h", "k", "l", "m", "s", "t", "v"])


def _spelled(onset: str, rime: str) -> bool:
    first = rime[0]
    if onset in {"k", "gh", "ngh"}:
        return first in _FRONT
    if onset in {"c", "g", "ng"}:
        return first not in _FRONT
    if rime == "y":
        return onset in _Y_ONSETS
    if first == "y" or (rime in {"i", "iêu", "iên", "iêt"} and not onset):
        return not onset
    return True


def _toneless() -> frozenset[str]:
    plain = {
        onset + rime
        for onset in _ONSETS
        if onset not in {"qu", "gi"}
        for rime in _RIMES
        if _spelled(onset, rime)
    }
    return frozenset(
        plain | {"qu" + rime for rime in _QU_RIMES} | {"gi" + rime for rime in _GI_RIMES} | {"gì", "i"}
    )


_TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = "aăâeêioôơuưy"
_TONED = {
    unicodedata.normalize("NFC", vowel + mark): (vowel, mark) for vowel in _VOWELS for mark in _TONE_MARKS
}
_WITHOUT_TONE = str.maketrans({char: vowel for char, (vowel, _) in _TONED.items()})
_STOPPED = re.compile(r"(?:p|t|c|ch)$")
_STOP_TONES = "\u0301\u0323"

TONELESS = _toneless()
"""Every syllable without its tone mark, letters such as ê and đ kept."""

FOLDED = frozenset(fold_accents(syllable) for syllable in TONELESS)
"""Every syllable without any diacritics."""


def _tones(word: str) -> list[str]:
    return [_TONED[char][1] for char in word if char in _TONED]


def is_syllable(word: str) -> bool:
    """Whether a lower-case NFC word with its diacritics is a Vietnamese syllable, its tone mark anywhere."""
    tones = _tones(word)
    if len(tones) > 1 or word.translate(_WITHOUT_TONE) not in TONELESS:
        return False
    return not tones or tones[0] in _STOP_TONES or not _STOPPED.search(word)


_NUCLEUS = re.compile(rf"^(?:qu|gi(?=[{_VOWELS}])|[^{_VOWELS}]*)([{_VOWELS}]+)([^{_VOWELS}]*)$")


def _tone_place(toneless: str) -> int | None:
    """Index of the vowel that carries the tone in the traditional style (hòa, khỏe, thủy)."""
    match = _NUCLEUS.match(toneless)
    if not match:
        return None
    vowels, coda = match.groups()
    marked = [index for index, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if marked:
        place = marked[-1] if vowels != "ưu" and vowels != "ưa" else 0
        return match.start(1) + place
    if coda:
        return match.end(1) - 1
    return match.start(1) + (0 if len(vowels) == 1 else len(vowels) - 2)


def place_tone(word: str) -> str:
    """The lower-case NFC word with its tone mark in the traditional place: ``hoà`` gives ``hòa``.

    A word that is no Vietnamese syllable comes back as it is.
    """
    tones = _tones(word)
    toneless = word.translate(_WITHOUT_TONE)
    if len(tones) != 1 or toneless not in TONELESS:
        return word
    place = _tone_place(toneless)
    if place is None:
        return word
    marked = unicodedata.normalize("NFC", toneless[place] + tones[0])
    return toneless[:place] + marked + toneless[place + 1 :]
