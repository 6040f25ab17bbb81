"""In which language a text is."""

from __future__ import annotations

import pytest

from flows.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The two ministers agreed to open talks on fisheries before the summer, and to meet again in the autumn.", "en"),
        ("Les deux ministres ont convenu d'ouvrir des pourparlers sur la pêche avant l'été.", "fr"),
        ("Die beiden Minister vereinbarten, noch vor dem Sommer Gespräche über die Fischerei zu beginnen.", "de"),
        ("両大臣は夏までに漁業に関する協議を始めることで合意した。", "ja"),
    ],
)
def test_the_text_tells(text: str, language: str):
    found, confidence = detect(text)
    assert found == language
    assert confidence is not None and confidence > 0.7


def test_a_short_text_is_what_it_is_declared_to_be():
    assert detect("Bonjour Paris", "fr-FR")[0] == "fr"
    assert detect("Oslo Bergen", "en_GB") == ("en", None)


def test_a_long_text_is_not():
    english = "The harbour was closed for the whole of the week, and no ship came in until the storm had passed over the islands at last."
    assert detect(english, "fr")[0] == "en"


def test_names_and_quotations_in_another_language_do_not_decide():
    text = (
        "Día de los Pescadores at the harbour\n\nThe town put up its ofrenda for the third year, with marigolds, candles and pan dulce.\n\n"
        "“Gracias a todos los que vinieron a la fiesta de los pescadores y a la misa de la mañana,” the mayor said.\n\n"
        "The feast goes on until Sunday, when the boats come back and the names of those who were lost at sea are read out."
    )
    assert detect(text)[0] == "en"


def test_figures_are_in_no_language():
    assert detect("12 34 – 56") == (None, None)
