"""Which entity a name means, within a document and over all of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from flows.entities import Names, code_entity, entity_id, normalise_name, with_entities
from flows.link import link
from flows.tables.schemas import to_table
from flows.tables.store import Change, Store
from nlp.records import RECORD_TABLES, Cooperation, Deal, Firm, Fund, Mention, Official, Quote, Record, record_id


def mention(label: str, text: str, start: int = 0) -> Mention:
    return Mention(start=start, end=start + len(text), label=label, text=text)


@pytest.mark.parametrize(
    ("name", "label", "normal"),
    [
        ("The Orchard Group", "ORG", "orchard group"),
        ("Société Générale S.A.", "FIRM", "societe generale"),
        ("U.S. Steel", "FIRM", "us steel"),
        ("O’Brien’s", "PERSON", "o brien"),
        ("The The", "ORG", "the"),
    ],
)
def test_names_are_compared_without_what_does_not_matter(name: str, label: str, normal: str):
    assert normalise_name(name, label) == normal


def test_a_state_is_known_by_its_code_whatever_it_is_called():
    names = Names([mention("COUNTRY", "the United States"), mention("COUNTRY", "U.S."), mention("BLOC", "European Union")])
    assert names.of("COUNTRY", "the United States") == names.of("COUNTRY", "U.S.") == code_entity("US")
    assert names.of("BLOC", "European Union") == code_entity("EU")
    assert code_entity("Acme") is None


def test_short_forms_follow_the_long_one():
    firm = Firm(start=0, end=5, name="Lindqvist Holdings plc", aliases=("Lindqvist",), country="SE")
    official = Official(start=0, end=5, person="Marta Oyelaran", office="President", role="head_of_state", jurisdiction="NG")
    rows: list[Record] = [
        firm,
        official,
        mention("FIRM", "Lindqvist"),
        mention("PERSON", "Oyelaran"),
        mention("PERSON", "Tomas Brandl"),
        mention("PERSON", "Tomas"),
        mention("MONEY", "5 crowns"),
        Quote(start=0, end=4, speaker="Oyelaran", text="We shall see"),
        Quote(start=0, end=4, speaker="an official", text="We shall see"),
    ]
    found: list[Any] = with_entities(rows)
    assert found[2].entity_id == found[0].firm_id == entity_id("FIRM", "Lindqvist", "SE")
    assert found[3].entity_id == found[1].person_id == found[7].person_id == entity_id("PERSON", "Marta Oyelaran", "NG")
    assert found[5].entity_id == found[4].entity_id == entity_id("PERSON", "Tomas Brandl", None)
    assert found[6].entity_id is None
    assert found[8].person_id is None


def test_a_family_name_that_two_persons_share_is_neither():
    names = Names([mention("PERSON", "Ada Brandl"), mention("PERSON", "Tomas Brandl"), mention("PERSON", "Brandl")])
    assert names.of("PERSON", "Brandl") == entity_id("PERSON", "Brandl", None)


def test_parties_to_deals_and_acts():
    fund = Fund(start=0, end=4, name="Northern Light Fund", country="NO")
    deal = Deal(start=0, end=4, kind="loan", buyers=("Northern Light Fund", "Japan", "investors"), target="Kenya")
    act = Cooperation(start=0, end=4, act="agree", actors=("both sides", "Acme"), actor_codes=("JP", "Acme"))
    found: list[Any] = with_entities([fund, deal, act])
    assert found[1].buyer_ids == (found[0].fund_id, code_entity("JP"), "")
    assert found[1].target_id == code_entity("KE")
    assert found[2].actor_ids == (code_entity("JP"), "")


def publish(store: Store, documents: dict[str, tuple[dt.date | None, list[Record]]]) -> None:
    import dataclasses

    rows: dict[str, list[Record]] = {table: [] for table in RECORD_TABLES}
    for doc_id, (day, records) in documents.items():
        for record in with_entities(records):
            placed = dataclasses.replace(record, doc_id=doc_id, published_on=day)
            table = next(name for name, kind in RECORD_TABLES.items() if type(record) is kind)
            rows[table].append(dataclasses.replace(placed, record_id=record_id(placed)))
    store.commit([Change(table, to_table(table, of)) for table, of in rows.items()])


def test_one_row_per_entity_over_all_documents(tmp_path: Path):
    store = Store(tmp_path / "p", durable=False)
    deal = Deal(start=0, end=4, kind="grant", buyers=("Norway",), target="schools")
    firm = Firm(start=0, end=5, name="Lindqvist plc", aliases=("Lindqvist",), country="SE")
    publish(
        store,
        {
            "d1": (dt.date(2023, 1, 2), [firm, mention("FIRM", "Lindqvist plc"), mention("FIRM", "Lindqvist", 40), deal]),
            "d2": (dt.date(2024, 5, 6), [Firm(start=0, end=5, name="Lindqvist PLC", country="SE"), mention("FIRM", "Lindqvist PLC")]),
            "d3": (None, [mention("COUNTRY", "Britain"), mention("COUNTRY", "the United Kingdom", 30), mention("DATE", "Monday", 60)]),
        },
    )
    assert link(store) == 3
    snapshot = store.current()
    assert snapshot
    found = {row["label"] + " " + row["name"]: row for row in snapshot.read("entities").to_pylist()}
    firm_row = found["FIRM Lindqvist PLC"]
    assert (firm_row["aliases"], firm_row["country"]) == (["Lindqvist", "Lindqvist plc"], "SE")
    assert (firm_row["first_seen"], firm_row["last_seen"]) == (dt.date(2023, 1, 2), dt.date(2024, 5, 6))
    assert (firm_row["document_count"], firm_row["mention_count"]) == (2, 3)
    kingdom = found["COUNTRY United Kingdom"]
    assert (kingdom["country"], kingdom["mention_count"], kingdom["first_seen"]) == ("GB", 2, None)
    assert found["COUNTRY Norway"]["document_count"] == 1  # named as a giver only


@pytest.mark.parametrize("rows", [1, 3, 10_000])
def test_entities_do_not_depend_on_how_many_months_are_counted_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int):
    monkeypatch.setattr("flows.link._ROWS", rows)
    store = Store(tmp_path / "p", durable=False)
    days = [dt.date(2023, 1, 31), dt.date(2023, 2, 1), dt.date(2023, 2, 2), dt.date(2024, 2, 1), None]
    texts = [mention("PLACE", "Kaldheim"), mention("PLACE", "KALDHEIM", 20), mention("COUNTRY", "Norway", 40)]
    deal = Deal(start=0, end=4, kind="grant", buyers=("Norway", "Kaldheim"), target="Norway")
    publish(store, {f"d{number}": (day, [*texts, deal] if number % 2 else texts[:2]) for number, day in enumerate(days)})
    assert link(store) == 2
    snapshot = store.current()
    assert snapshot
    place, state = sorted(snapshot.read("entities").to_pylist(), key=lambda row: str(row["label"]), reverse=True)
    assert (place["name"], place["aliases"], place["document_count"], place["mention_count"]) == ("KALDHEIM", ["Kaldheim"], 5, 10)
    assert (place["first_seen"], place["last_seen"]) == (dt.date(2023, 1, 31), dt.date(2024, 2, 1))
    assert (state["document_count"], state["mention_count"]) == (2, 2)
    assert (state["first_seen"], state["last_seen"]) == (dt.date(2023, 2, 1), dt.date(2024, 2, 1))


def test_entities_are_made_again_only_when_records_change(tmp_path: Path):
    store = Store(tmp_path / "p", durable=False)
    assert link(store) is None  # nothing there yet
    publish(store, {"d1": (None, [mention("PLACE", "Kaldheim")])})
    assert link(store) == 1
    assert link(store) is None
    publish(store, {"d2": (None, [mention("PLACE", "Kaldheim"), mention("PLACE", "Brinworth", 20)])})
    assert link(store) == 2


def test_a_party_that_is_not_named_is_no_entity():
    """A mention of marks alone must not become the target of a deal that has none."""
    marks = mention("ORG", "#")
    deal = Deal(start=2, end=6, kind="grant", buyers=("Acme",), target=None)
    _, identified = with_entities([marks, deal])
    assert isinstance(identified, Deal)
    assert identified.target_id is None
