"""The figures of `communique evaluate`, by hand and against the reference scorer."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from flows.errors import GoldError
from flows.evaluate import evaluate, read_gold
from flows.tables.schemas import to_table
from flows.tables.store import Change, Store
from nlp.records import Amount, Cooperation, Deal, Document, Firm, Fund, Instrument, Official, Quote, Topic
from nlp.training.matching import same_amount, same_name, same_office, same_person, similar_name
from nlp.training.scoring import pair

REFERENCE = Path(__file__).parents[3] / "shared" / "evaluation" / "score.py"

GOLD: list[dict[str, Any]] = [
    {
        "source": "a.md",
        "published": "2023-01-02",
        "genre": "joint_statement",
        "parties": ["JP", "EU"],
        "officials": [
            {
                "person": "Marta Oyelaran",
                "aliases": ["Oyelaran"],
                "office": "Minister for Digital Affairs",
                "role": "minister",
                "portfolios": ["digital"],
                "jurisdiction": "JP",
                "status": "current",
            },
            {"person": "Brandl", "aliases": [], "office": "President", "role": "head_of_state", "portfolios": [], "jurisdiction": "DE"},
        ],
        "firms": [{"name": "Lindqvist Holdings plc", "aliases": ["Lindqvist"]}],
        "funds": [{"name": "a government-backed fund", "aliases": [], "named": False, "fund_type": "government_backed"}],
        "amounts": [
            {"text": "5 million euros", "amount": 5e6, "amount_max": None, "currency": "EUR"},
            {"text": "5 million euros", "amount": 5e6, "amount_max": None, "currency": "EUR"},
        ],
        "deals": [
            {
                "kind": "acquisition",
                "status": "agreed",
                "buyers": ["a government-backed fund"],
                "target": "Lindqvist",
                "sellers": [],
                "amount": 5e6,
                "currency": "EUR",
            }
        ],
        "cooperations": [
            {"actors": ["JP", "EU"], "act": "agree", "topics": ["digital", "trade"], "instrument": None},
            {"actors": ["JP", "EU"], "act": "pledge", "topics": ["climate"], "instrument": None},
        ],
        "cooperations_complete": False,
        "instruments": ["Digital Partnership Council"],
        "topics": ["digital", "trade"],
        "quotes": [{"speaker": "Marta Oyelaran", "text": "We made a good start, and there is more to come"}],
    },
    {"source": "missing.md", "published": None, "genre": "news", "parties": [], "officials": [], "firms": [], "funds": [], "amounts": []}
    | {"deals": [], "cooperations": [], "instruments": ["Charter of the Lind"], "topics": ["water"], "quotes": []},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One document, read well but not perfectly."""
    day = dt.date(2023, 1, 2)
    place: dict[str, Any] = {"doc_id": "d", "published_on": day, "start": 0, "end": 1}
    document = Document(
        doc_id="d", collection="c", source="sub/a.md", text="x", published_on=day, genre="joint_statement", parties=("JP",), language="en"
    )
    office = {"office": "Minister of Digital Affairs and Posts", "role": "minister", "portfolios": ("digital", "communications")}
    rows: dict[str, list[Any]] = {
        "documents": [document],
        "officials": [
            Official(record_id="1", person="Marta Oyelaran", jurisdiction="JP", **office, **place),
            Official(record_id="2", person="Tomas Brandl", office="Chancellor", role="head_of_government", jurisdiction="DE", **place),
        ],
        "firms": [Firm(record_id="1", name="Lindqvist", **place), Firm(record_id="2", name="Kaldheim", **place)],
        "funds": [Fund(record_id="1", name="the government-backed fund", named=False, **place)],
        "amounts": [Amount(record_id="1", text="5 million euros", amount_min=5.01e6, amount_max=5.01e6, currency="EUR", **place)],
        "deals": [
            Deal(
                record_id="1",
                kind="stake_purchase",
                status="completed",
                buyers=("government-backed fund",),
                target="Lindqvist Holdings",
                amount_min=5e6,
                currency="EUR",
                **place,
            )
        ],
        "cooperations": [
            Cooperation(record_id="1", actors=("Japan", "EU"), actor_codes=("JP", "EU"), act="agree", topics=("digital", "health"), **place)
        ],
        "instruments": [Instrument(record_id="1", name="EU-Japan Digital Partnership Council", **place)],
        "topics": [Topic(record_id="1", topic="digital", **place), Topic(record_id="2", topic="health", **place)],
        "quotes": [
            Quote(record_id="1", speaker="Oyelaran", text="We made a good start and there is more to come", **place),
            Quote(record_id="2", speaker="Oyelaran", text="more to come", **place),
            Quote(record_id="3", speaker="Oyelaran", text="that there would be more to come", kind="indirect", **place),
        ],
    }
    store = Store(tmp_path_factory.mktemp("store") / "p", durable=False)
    store.commit([Change(table, to_table(table, of)) for table, of in rows.items()])
    return store


def test_the_counts_of_each_measure(store: Store):
    snapshot = store.current()
    assert snapshot
    assert {one.name: one.totals for one in evaluate(snapshot, GOLD)} == {  # right, found, annotated
        "documents": (1, 1, 2),
        "genre": (1, 1, 2),
        "published": (1, 1, 2),
        "parties": (1, 1, 2),
        "officials (person, jurisdiction)": (2, 2, 2),
        "officials (person, jurisdiction, role, office)": (1, 2, 2),
        "officials' portfolios": (1, 2, 1),
        "firms": (1, 2, 1),
        "funds": (1, 1, 1),
        "amounts (value, currency)": (1, 1, 2),
        "deals (kind, parties)": (1, 1, 1),
        "deals (kind, parties, value)": (1, 1, 1),
        "deals (kind, parties, status)": (0, 1, 1),
        "cooperation (actor, topic)": (2, 2, 6),  # not complete: what is found beyond counts as nothing
        "cooperation (actors, act)": (1, 1, 2),
        "instruments": (1, 1, 2),
        "topics": (1, 2, 3),
        "quotes (speaker, text)": (1, 1, 1),
    }


def test_what_went_wrong_is_listed(store: Store):
    snapshot = store.current()
    assert snapshot
    topics = next(one for one in evaluate(snapshot, GOLD) if one.name == "topics")
    assert topics.missed == [("a.md", "trade"), ("missing.md", "water")]
    assert topics.false == [("a.md", "health")]
    figures = topics.figures()
    assert (figures["precision"], figures["recall"], figures["f1"]) == (0.5, pytest.approx(1 / 3), 0.4)
    assert figures["interval"][0] <= 0.4 <= figures["interval"][1]


def reference() -> Any:
    specification = importlib.util.spec_from_file_location("reference_score", REFERENCE)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference scorer is not here")
def test_the_reference_scorer_says_the_same(store: Store):
    snapshot = store.current()
    assert snapshot
    theirs = {name: tally.figures() for name, tally in reference().score(snapshot.path, GOLD).items()}
    ours = {one.name: one.figures() for one in evaluate(snapshot, GOLD)}
    assert ours == theirs


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference scorer is not here")
def test_names_match_as_in_the_reference_scorer():
    score = reference()
    names = [
        "Lindqvist Holdings plc",
        "The Lindqvist",
        "lindqvist group",
        "President Tomas Brandl",
        "Brandl",
        "Tomas",
        "Brandt Tomas",
        "",
        "the",
    ]
    names += ["Ministry of Trade and Industry", "Trade Ministry", "Fund for Industry", "Marta Oyelarán’s", "Oyelaran Marta"]
    for one in names:
        for other in names:
            assert same_name(one, other) == score.same_name(one, other), (one, other)
            assert similar_name(one, other) == score.alike(one, other), (one, other)
            assert same_office(one, other) == score.same_office(one, other), (one, other)
            assert same_person(one, other) == score.same_person(one, other), (one, other)
    for one in (None, 0.0, 1.0, 1.004, 1.006, 1e9):
        for other in (None, 0.0, 1.0, 1.004, 1.006, 1e9):
            assert same_amount(one, other) == score.same_amount(one, other)


def test_as_many_pairs_as_there_can_be():
    assert pair(["ab", "a"], ["a", "b"], lambda wanted, found: found in wanted) == {0: 1, 1: 0}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"source": "a"}\n{"source": ', r"line 2 is not JSON \(Expecting value at character 11\)"),
        ("[]", "line 1 is not an object with a `source`"),
        ("\n\n", "holds no annotated document"),
    ],
)
def test_annotations_that_cannot_be_read_are_named(tmp_path: Path, text: str, message: str):
    path = tmp_path / "gold.jsonl"
    path.write_text(text)
    with pytest.raises(GoldError, match=message):
        read_gold(path)


def test_annotations_that_lack_a_field_are_named(store: Store):
    snapshot = store.current()
    assert snapshot
    with pytest.raises(GoldError, match=r"the annotations of a\.md do not fit: KeyError 'genre'"):
        evaluate(snapshot, [{"source": "a.md"}])
