"""A name typed from paper against the name that stands there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.rules.agreement import names_agree


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Neema Mfano", "Neema Mfano"),
        ("  neema   MFANO ", "Neema Mfano"),
        ("Mfano Neema", "Neema Mfano"),
        ("MFANO, Neema", "Neema Mfano"),
        ("Jose Maria Ejemplo", "José María Ejemplo"),
        ("Lukasz Przyklad", "Łukasz Przykład"),
        ("Soren Aeble Eksempel", "Søren Æble Eksempel"),
        ("STRASSE Beispiel", "Straße Beispiel"),
        ("Jean Elie D'Exemple", "Jean-Élie D’Exemple"),
        ("Jean-Elie DExemple", "Jean-Élie D’Exemple"),
        ("Nguyen Thi Vi Du", "Nguyễn Thị Ví Dụ"),
        ("Olayinka Apeere", "Ọ́láyínká Àpẹẹrẹ"),
        ("Λευτερης ΠΑΡΑΔΕΙΓΜΑ", "Λευτέρης Παράδειγμα"),
        ("АРТЕМ приклад", "Артём Приклад"),
        ("محمد مثال", "مُحَمَّد مثال"),
        ("احمد مثال", "أحمد مثال"),
        ("محمـــد مثال", "محمد مثال"),
        ("សុខា គំរូ", "គំរូ សុខា"),
        ("नेहा मिश्रा", "नेहा मिश्रा"),
        ("Ｎｅｅｍａ Mfano", "Neema Mfano"),
        ("İbrahim Ornek", "Ibrahim Örnek"),
        ("J. R. Mfano", "J R Mfano"),
        ("Мар'яна Приклад", "Марʼяна Приклад"),
        ("Kaleo Hoohalike", "Kaleo Hoʻohālike"),
        ("ラーマン 太郎", "太郎 ラーマン"),
        ("王 小明", "王小明"),
        ("김 예시", "김예시"),
        ("佐々木 たろう", "佐々木たろう"),
        ("علی مثال", "علي مثال"),
        ("على مثال", "علي مثال"),
        ("مالک مثال", "مالك مثال"),
        ("طاہر مثال", "طاهر مثال"),
        ("JR Mfano", "J. R. Mfano"),
        ("J.R. Mfano", "Mfano, J. R."),
        ("R J Mfano", "J R Mfano"),
    ],
)
def test_capitals_marks_dots_and_order_do_not_count(typed: str, name: str) -> None:
    assert names_agree(typed, [name])
    assert names_agree(name, [typed])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nееma Mfano", "Neema Mfano"),  # two Cyrillic letters
        ("Αnna Mfano", "Anna Mfano"),  # a Greek capital
        ("Neema", "Neema Mfano"),
        ("Neema Mfano Mfano", "Neema Mfano"),
        ("Neema Mfana", "Neema Mfano"),
        ("Neem Amfano", "Neema Mfano"),
        ("Nema Mfano", "Neema Mfano"),
        ("", "Neema Mfano"),
        (" - . ", "Neema Mfano"),
        ("Samir Mithal", "سمير مثال"),
        ("Amina Priklad", "Амина Приклад"),
        ("សុខ គំរូ", "សុខា គំរូ"),
        ("नहा मिश्रा", "नेहा मिश्रा"),
        ("N3ema Mfano", "Neema Mfano"),
        ("佐木", "佐々木"),
        ("小明王", "王小明"),
        ("王小明 Mfano", "王 小明 Mfano"),
        ("예시김", "김예시"),
        ("RJ Mfano", "J. R. Mfano"),
        ("JRM Fano", "J. R. Mfano"),
        ("منا مثال", "منى مثال"),
        ("فاطمه مثال", "فاطمة مثال"),
        ("ラマン", "ラーマン"),
        ("สมชาย ตัวอย่าง", "สมชายๆ ตัวอย่าง"),
    ],
)
def test_another_name_a_part_and_another_script_do_not_agree(typed: str, name: str) -> None:
    assert not names_agree(typed, [name, ""])
    assert not names_agree(name, [typed])


def test_the_name_in_latin_letters_is_as_good() -> None:
    assert names_agree("Samir Mithal", ["سمير مثال", "Samir Mithal"])
    assert names_agree("مثال سمير", ["سمير مثال", "Samir Mithal"])
    assert not names_agree("سمير Mithal", ["سمير مثال", "Samir Mithal"])
    assert not names_agree("", ["", ""])


@given(st.lists(st.text(st.characters(categories=["Ll"], max_codepoint=0x17F), min_size=1), min_size=1), st.randoms())
def test_any_order_of_the_parts_agrees_and_one_more_letter_never(parts: list[str], random: object) -> None:
    name, mixed = " ".join(parts), list(parts)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert names_agree(" ".join(mixed).upper().lower(), [" ".join(mixed).upper().lower()])
    assert names_agree(" ".join(mixed), [name])
    assert not names_agree(name + "q", [name])
