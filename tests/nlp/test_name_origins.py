"""What the letters of a name tell, by names that no list holds."""

from __future__ import annotations

import pytest

from nlp.name_origins import name_words, pieces, sounds_from


@pytest.mark.parametrize(
    ("name", "likely", "unlikely"),
    [
        ("Hirota Katsuyama", "JP", "BR"),
        ("Zurab Tsereshvili", "GE", "PL"),
        ("Bohumila Krčmářová", "CZ", "ES"),
        ("Rongomai Whitfield-Smythe", "GB", "JP"),
        ("Giancarlo Bertolazzini", "IT", "RU"),
        ("Oleksandr Hrytsenchuk", "UA", "IN"),
    ],
)
def test_a_name_fits_its_country_better_than_another(name: str, likely: str, unlikely: str) -> None:
    fits = sounds_from(name)
    assert fits[likely] > fits[unlikely]
    assert all(-3 <= fit <= 3 for fit in fits.values())


def test_a_name_without_letters_fits_nowhere() -> None:
    assert sounds_from("…") == {}
    assert sounds_from("") == {}


def test_words_and_pieces() -> None:
    assert name_words("Kim Min-jung, Jr.") == ["Kim", "Min", "jung", "Jr"]
    assert list(pieces("Łę")) == ["^ł", "łe", "e$", "^łe", "łe$", "^łe$", "ł", "ę"]
