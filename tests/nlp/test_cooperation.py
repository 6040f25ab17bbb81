"""Who does what with whom, by example: short texts and the rows they give."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from nlp.pipeline import Extractor
from nlp.records import Cooperation, Text

HOSTILE = (Path(__file__).parent / "hostile_sentences.txt").read_text(encoding="utf-8").splitlines()
INDIRECT = (Path(__file__).parent / "hostile_indirect.txt").read_text(encoding="utf-8").splitlines()
"""Told without the plain words: "Moscow cut off gas to Finland", "The talks collapsed in acrimony"."""
STYLES = [line.split("\t") for line in (Path(__file__).parent / "hostile_styles.tsv").read_text(encoding="utf-8").splitlines()]
"""Style, title and sentence: wire copy, communiqués with parties, readouts of calls and meetings."""
PUBLISHED = dt.date(2024, 5, 15)


def read(extractor: Extractor, text: str, *, title: str = "", genre: str = "news") -> list[Cooperation]:
    (found,) = extractor.extract([Text(text=text, title=title, genre=genre, published_on=PUBLISHED)])
    return [row for row in found.records if isinstance(row, Cooperation)]


@pytest.mark.parametrize(
    ("text", "actors", "act", "topics"),
    [
        ("Officials from Norway held talks with Poland on offshore wind.", ("NO", "PL"), "consult", ("clean_energy",)),
        ("Tokyo and Seoul agreed on Monday to share data on submarine cables.", ("JP", "KR"), "agree", ("submarine_cables",)),
        ("A memorandum on hydrogen was signed by Chile and Germany.", ("CL", "DE"), "agree", ("hydrogen",)),
        ("The European Union will provide 30 million euros to Ghana for vaccines.", ("EU", "GH"), "aid", ("health",)),
        ("France failed to agree with Italy on a migration pact.", ("FR", "IT"), "reject", ("migration",)),
    ],
)
def test_one_sentence_of_news_gives_one_row(
    extractor: Extractor, text: str, actors: tuple[str, ...], act: str, topics: tuple[str, ...]
) -> None:
    (row,) = read(extractor, text)
    assert (row.actor_codes, row.act, row.topics) == (actors, act, topics)
    assert row.evidence == text


def test_a_row_tells_where_and_when(extractor: Extractor) -> None:
    (row,) = read(extractor, "Japan and Vietnam signed an agreement on semiconductor research in Hanoi on Tuesday.")
    assert (row.actors, row.act, row.place) == (("Japan", "Vietnam"), "agree", "Hanoi")
    assert (row.held_on, row.held_until, row.held_precision) == (dt.date(2024, 5, 14), dt.date(2024, 5, 14), "day")
    assert row.due_on is None


def test_they_are_the_states_whose_officials_met(extractor: Extractor) -> None:
    text = "Chancellor Greta Lindqvist of Austria met President Tomas Okoro of Kenya. They agreed to expand cooperation on vaccines."
    assert (("AT", "KE"), "agree") in [(row.actor_codes, row.act) for row in read(extractor, text)]


def test_the_region_is_the_other_side_of_a_single_giver(extractor: Extractor) -> None:
    text = "Canada will support small farmers in the Caribbean with training and seed."
    rows = read(extractor, text, title="Fact sheet: what Canada does", genre="fact_sheet")
    assert [(row.actor_codes, row.actors) for row in rows] == [(("CA", "Caribbean"), ("Canada", "Caribbean"))]


def test_both_sides_are_the_parties_of_the_statement(extractor: Extractor) -> None:
    rows = read(
        extractor, "Both sides agreed to cooperate on biofuels.", title="Joint Statement of Brazil and India", genre="joint_statement"
    )
    assert [(row.actor_codes, row.act, row.topics) for row in rows] == [(("BR", "IN"), "agree", ("clean_energy",))]


def test_an_item_without_a_subject_has_the_sides_of_its_lead(extractor: Extractor) -> None:
    text = (
        "The two ministers committed to:\n\n• expand research on artificial intelligence;\n\n• train 200 engineers in semiconductor design."
    )
    rows = read(extractor, text, title="Joint Statement of Peru and Japan", genre="joint_statement")
    assert {row.actor_codes for row in rows} == {("JP", "PE")}
    assert "ai" in {topic for row in rows for topic in row.topics}


@pytest.mark.parametrize(
    "text",
    [
        "The mayor opened a new library and promised more buses.",
        "The health minister of Chile said that hospitals would hire 300 nurses.",
        "The drug maker raised its prices in France and Spain.",
    ],
)
def test_purely_domestic_acts_give_none(extractor: Extractor, text: str) -> None:
    assert read(extractor, text) == []


@pytest.mark.parametrize("genre", [None, "joint_statement"])
def test_threats_sanctions_and_protests_are_no_friendly_acts(extractor: Extractor, genre: str | None) -> None:
    """At most 1 in 20 of these sentences may give a row that is neither `reject` nor `suspend`."""
    texts = [Text(text=sentence, genre=genre, published_on=PUBLISHED) for sentence in HOSTILE]
    acts = [{row.act for row in found.records if isinstance(row, Cooperation)} for found in extractor.extract(texts)]
    friendly = [sentence for sentence, found in zip(HOSTILE, acts) if found - {"reject", "suspend"}]
    assert len(HOSTILE) >= 60
    assert len(friendly) <= len(HOSTILE) / 20, friendly
    assert sum(bool(found) for found in acts) >= 0.75 * len(HOSTILE)


def test_hostile_acts_told_without_the_plain_words_are_no_friendly_acts(extractor: Extractor) -> None:
    texts = [Text(text=sentence, published_on=PUBLISHED) for sentence in INDIRECT]
    acts = [{row.act for row in found.records if isinstance(row, Cooperation)} for found in extractor.extract(texts)]
    friendly = [sentence for sentence, found in zip(INDIRECT, acts) if found - {"reject", "suspend"}]
    assert len(INDIRECT) >= 40
    assert len(friendly) <= len(INDIRECT) / 20, friendly
    assert sum(bool(found) for found in acts) >= 0.25 * len(INDIRECT)


@pytest.mark.parametrize("style", ["wire", "communique", "readout"])
def test_hostile_acts_in_the_style_of_wires_communiques_and_readouts_are_no_friendly_acts(extractor: Extractor, style: str) -> None:
    """Of the sentence itself: that "Readout of the call with …" tells of a call is right."""
    told = [(title, sentence) for kind, title, sentence in STYLES if kind == style]
    texts = [Text(text=sentence, title=title, published_on=PUBLISHED) for title, sentence in told]
    acts = [{row.act for row in found.records if isinstance(row, Cooperation) and not row.in_title} for found in extractor.extract(texts)]
    friendly = [sentence for (_, sentence), found in zip(told, acts) if found - {"reject", "suspend"}]
    assert len(told) >= 20
    assert len(friendly) <= len(told) / 20, friendly
    assert sum(bool(found) for found in acts) >= 0.2 * len(told)


@pytest.mark.parametrize(
    "text",
    ["The two ministers condemned all acts of piracy.", "Both sides expressed their outrage at the murders."],
)
def test_what_both_condemn_is_no_act_against_each_other(extractor: Extractor, text: str) -> None:
    assert read(extractor, text, title="Joint Statement of Kenya and Denmark", genre="joint_statement") == []


def test_an_ambassador_sent_back_to_his_post_is_no_hostile_act(extractor: Extractor) -> None:
    hostile = {row.act for row in read(extractor, "Bahrain sent home the Danish ambassador after the incident.")}
    friendly = {row.act for row in read(extractor, "Bahrain sent its ambassador back to Denmark after the talks.")}
    assert hostile <= {"reject", "suspend"}
    assert not friendly & {"reject", "suspend"}
