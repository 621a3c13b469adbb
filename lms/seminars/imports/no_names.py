"""What offices write where a name should stand, and what no name holds."""

from __future__ import annotations

import re
import unicodedata

from lms.seminars.spelling import letters_of

_STAND_FOR_ONE = (
    "tbc", "tba", "tbd", "tbn", "to be confirmed", "to be announced", "to be determined", "to be decided",
    "to be designated", "to be nominated", "to be appointed", "to be named", "to be advised", "to be communicated",
    "not available", "not applicable", "not yet known", "not known", "unknown", "total", "grand total", "subtotal",
    "à confirmer", "à désigner", "à déterminer", "à nommer", "à préciser", "à communiquer", "non disponible", "inconnu",
    "por confirmar", "por designar", "por determinar", "por definir", "por nombrar", "pendiente", "no disponible",
    "a confirmar", "a designar", "a definir", "a determinar", "a indicar", "não disponível",
    "wird noch benannt", "noch offen", "noch zu benennen", "unbekannt", "gesamt", "summe", "totaux", "totales",
    "уточняется", "будет определен", "будет определено", "будет назначен", "подлежит уточнению", "неизвестно", "итого",
    "всего", "يحدد لاحقا", "سيحدد لاحقا", "لم يحدد بعد", "غير متوفر", "المجموع",
    "待定", "待确认", "待確認", "未定", "合计", "合計",
)  # fmt: skip
_LETTERS = frozenset(map(letters_of, _STAND_FOR_ONE))
# Without the signs between them these are names that people have.
_WRITTEN_SO = re.compile(r"n ?/ ?[ak]\.?|n\. ?[an]\.?|s ?/ ?[nd]\.?|x{2,9}", re.IGNORECASE)
_DIGITS = "0123456789"
_LOW_QUOTE_AT_AN_END = re.compile(r"[‚„](?!\w)")


def why_no_name(text: str) -> str | None:
    """Why a text cannot be the name of somebody new; None where it can. Whoever is here may be called so."""
    if stands_for_a_name(text):
        return "name-stands-for-one"
    return "name-signs" if has_signs_of_no_name(text) else None


def stands_for_a_name(text: str) -> bool:
    """Whether an office writes this, in one of the languages in which they write to us, before it knows whom it sends,
    or beneath its rows."""
    return bool(_WRITTEN_SO.fullmatch(text)) or letters_of(text).rstrip(_DIGITS) in _LETTERS


def has_signs_of_no_name(text: str) -> bool:
    """Whether there are signs of an address, of sums and money, of the frames of old screens, or what is left of a
    letter that was read in the wrong encoding."""
    return bool(_LOW_QUOTE_AT_AN_END.search(text)) or any(map(_is_no_sign_of_a_name, text))


def _is_no_sign_of_a_name(sign: str) -> bool:
    if sign.isalpha() or sign in " -'’.,":
        return False
    return sign in "@\ufffd" or "\u2500" <= sign <= "\u259f" or unicodedata.category(sign) in ("Sc", "Sm")
