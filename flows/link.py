"""Which real-world entities do all documents together name?

One row of `entities` per label, normalised name and country, rebuilt from the record tables whenever these changed. The rows that
it is made of stay where they are and carry its id.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from flows.entities import LINKED_LABELS, entity_id, label_of_code
from flows.query import QUERY_MB, open_tables
from flows.tables.schemas import empty, sort, to_table
from flows.tables.snapshot import Snapshot
from flows.tables.store import Change, Store
from flows.temporary import plain_temporary_errors, temporary_database
from nlp import lexicons
from nlp.records import Entity

FROM = ("officials", "firms", "funds", "deals", "instruments", "cooperations", "mentions")
_FORMS_KEPT = 100  # other forms of one entity, the most frequent first
FINGERPRINT = "entities_from"
_AT_ONCE = 5_000  # rows that are objects at a time
_ROWS = 250_000  # mentions that are grouped at a time

# every form under which an entity stands somewhere, with how often and when
_FORMS = """
WITH named AS (
    SELECT entity_id AS id, label, text AS form, NULL AS country, doc_id, published_on AS day, 1 AS mentions, 0 AS full_name
    FROM mentions WHERE entity_id IS NOT NULL
    UNION ALL
    SELECT person_id, 'PERSON', person, jurisdiction, doc_id, published_on, 0, 1 FROM officials WHERE person_id IS NOT NULL
    UNION ALL
    SELECT firm_id, 'FIRM', name, country, doc_id, published_on, 0, 1 FROM firms WHERE firm_id IS NOT NULL
    UNION ALL
    SELECT fund_id, 'FUND', name, country, doc_id, published_on, 0, 1 FROM funds WHERE fund_id IS NOT NULL
    UNION ALL
    SELECT instrument_id, 'AGREEMENT', name, NULL, doc_id, published_on, 0, 1 FROM instruments WHERE instrument_id IS NOT NULL
    UNION ALL
    SELECT id, NULL, party, NULL, doc_id, published_on, 0, 0 FROM (
        SELECT unnest(actor_ids) AS id, unnest(actor_codes) AS party, doc_id, published_on FROM cooperations
        UNION ALL SELECT unnest(buyer_ids), unnest(buyers), doc_id, published_on FROM deals
        UNION ALL SELECT unnest(seller_ids), unnest(sellers), doc_id, published_on FROM deals
        UNION ALL SELECT target_id, target, doc_id, published_on FROM deals
    ) WHERE id <> '' AND party IS NOT NULL
)
SELECT id, coalesce(label, ''), form, coalesce(country, ''), count(DISTINCT doc_id), sum(mentions), max(full_name),
       min(day)::VARCHAR, max(day)::VARCHAR
FROM named WHERE hash(doc_id) % $parts = $part GROUP BY ALL
"""
_TOTALS = """
SELECT id, count(DISTINCT doc_id) FROM (
    SELECT entity_id AS id, doc_id FROM mentions
    UNION ALL SELECT person_id, doc_id FROM officials UNION ALL SELECT firm_id, doc_id FROM firms
    UNION ALL SELECT fund_id, doc_id FROM funds UNION ALL SELECT instrument_id, doc_id FROM instruments
    UNION ALL SELECT unnest(actor_ids), doc_id FROM cooperations UNION ALL SELECT target_id, doc_id FROM deals
    UNION ALL SELECT unnest(buyer_ids), doc_id FROM deals UNION ALL SELECT unnest(seller_ids), doc_id FROM deals
) WHERE id IS NOT NULL AND id <> '' AND hash(doc_id) % $parts = $part GROUP BY id
"""
_GATHERED = """
CREATE TABLE totals (id TEXT PRIMARY KEY, documents INTEGER) WITHOUT ROWID;
CREATE TABLE forms (
    id TEXT, label TEXT, form TEXT, country TEXT, documents INTEGER, mentions INTEGER, full_name INTEGER, first_seen TEXT, last_seen TEXT,
    PRIMARY KEY (id, label, form, country)
) WITHOUT ROWID;
"""
_ADD_TOTAL = "INSERT INTO totals VALUES (?, ?) ON CONFLICT DO UPDATE SET documents = documents + excluded.documents"
_ADD_FORM = """
INSERT INTO forms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    documents = documents + excluded.documents, mentions = mentions + excluded.mentions, full_name = max(full_name, excluded.full_name),
    first_seen = min(coalesce(first_seen, excluded.first_seen), coalesce(excluded.first_seen, first_seen)),
    last_seen = max(coalesce(last_seen, excluded.last_seen), coalesce(excluded.last_seen, last_seen))
"""


def link(store: Store) -> int | None:
    """Bring `entities` up to date; how many there are, or None where the records have not changed since the last time."""
    snapshot = store.current()
    if snapshot is None:
        return None
    made_of = fingerprint(snapshot)
    if snapshot.manifest.component.get(FINGERPRINT) == made_of:
        return None
    entities = build(snapshot)
    parts = iter(lambda: list(itertools.islice(entities, _AT_ONCE)), [])
    rows = sort("entities", pa.concat_tables([empty("entities"), *(to_table("entities", part) for part in parts)]))
    change = Change("entities", rows, {"label": set(LINKED_LABELS)})
    component = dict(snapshot.manifest.component) | {FINGERPRINT: made_of}
    store.commit([] if rows.equals(snapshot.read("entities")) else [change], message="link", component=component)
    return rows.num_rows


def is_linked(store: Store) -> bool:
    """Whether `entities` are those of the current records."""
    snapshot = store.current()
    return snapshot is not None and snapshot.manifest.component.get(FINGERPRINT) == fingerprint(snapshot)


def keep_linked(store: Store) -> None:
    """Say that `entities` are still those of the records: files have changed, but nothing that entities are made of."""
    snapshot = store.current()
    if snapshot is not None:
        component = dict(snapshot.manifest.component) | {FINGERPRINT: fingerprint(snapshot)}
        store.commit([], message="link: nothing new", component=component)


def fingerprint(snapshot: Snapshot) -> str:
    """What the entities are made of: files never change, so their names stand for their rows, and this code for itself."""
    hashed = hashlib.blake2b(digest_size=8)
    for table in FROM:
        for path in snapshot.files(table):
            hashed.update(f"{table}/{path.name}\n".encode())
    for name in ("link.py", "entities.py"):
        hashed.update(Path(__file__).with_name(name).read_bytes())
    return hashed.hexdigest()


def build(snapshot: Snapshot, *, without: Collection[str] = ()) -> Iterator[Entity]:
    """The entities of a snapshot's records, by id; not of those of the documents in `without`.

    A document stands in one month, so that months are counted a few at a time and added up. Raises `StoreError` where the disk for
    temporary files is full.
    """
    gathered = temporary_database(_GATHERED)
    with closing(gathered):
        for months, rows in _portions(snapshot):
            parts = 1 + rows // _ROWS
            with open_tables(snapshot, FROM, without=without, months=months, memory_mb=QUERY_MB) as connection, plain_temporary_errors():
                gathered.execute("BEGIN")
                for part in range(parts):
                    for sql, add in ((_FORMS, _ADD_FORM), (_TOTALS, _ADD_TOTAL)):
                        gathered.executemany(add, _rows(connection.execute(sql, {"parts": parts, "part": part})))
                gathered.execute("COMMIT")
        totals = dict(gathered.execute("SELECT id, documents FROM totals"))
        result = gathered.execute("SELECT * FROM forms ORDER BY id, label, form, country")
        names = [column[0] for column in result.description]
        forms = (_read(dict(zip(names, row))) for row in result)
        for identity, group in itertools.groupby(forms, key=lambda form: form["id"]):
            entity = _entity(identity, list(group), totals[identity])
            if entity:
                yield entity


def _portions(snapshot: Snapshot) -> Iterator[tuple[list[str], int]]:
    """Months one after the other, as many together as hold no more than `_ROWS` mentions, with the number of these."""
    months: list[str] = []
    together = 0
    for month in snapshot.months(FROM):
        rows = snapshot.rows_of("mentions", month)
        if months and together + rows > _ROWS:
            yield months, together
            months, together = [], 0
        months.append(month)
        together += rows
    if months:
        yield months, together


def _rows(result: Any) -> Iterator[tuple[Any, ...]]:
    return itertools.chain.from_iterable(iter(lambda: result.fetchmany(_AT_ONCE), []))


def _read(form: dict[str, Any]) -> dict[str, Any]:
    """A row of `forms` with what is missing as None and days as days."""
    days = {name: dt.date.fromisoformat(form[name]) if form[name] else None for name in ("first_seen", "last_seen")}
    return form | days | {name: form[name] or None for name in ("label", "country")}


def _entity(identity: str, forms: list[dict[str, Any]], documents: int) -> Entity | None:
    """One entity of the forms that carry its id; None where none of them is its name (rows of another state of the code)."""
    found = _name(identity, forms)
    if found is None:
        return None
    label, name, country = found
    others: dict[str, int] = {}
    for form in forms:
        if form["label"] and form["form"] != name:
            others[form["form"]] = others.get(form["form"], 0) + form["mentions"]
    kept = sorted(others, key=lambda form: (-others[form], form))[:_FORMS_KEPT]
    days = [(form["first_seen"], form["last_seen"]) for form in forms if form["first_seen"]]
    return Entity(
        entity_id=identity,
        label=label,
        name=name,
        aliases=tuple(sorted(kept)),
        country=country,
        first_seen=min((first for first, _ in days), default=None),
        last_seen=max((last for _, last in days), default=None),
        document_count=documents,
        mention_count=int(sum(form["mentions"] for form in forms)),
    )


def _name(identity: str, forms: list[dict[str, Any]]) -> tuple[str, str, str | None] | None:
    """Label, canonical name and country: of the forms that make this id the most frequent full name."""
    right = []
    for form in forms:
        for label, country in _readings(form):
            if entity_id(label, form["form"], country) == identity:
                right.append((-form["full_name"], -form["documents"], -form["mentions"], -len(form["form"]), form["form"], label, country))
    if not right:
        return None
    *_, name, label, country = min(right, key=lambda reading: (*reading[:6], reading[6] or ""))
    if label in ("COUNTRY", "BLOC") and country:
        name = lexicons.country_name(country)
    return label, name, country


def _readings(form: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    """The labels and countries that a form may have been given when its id was made."""
    if form["label"] is None:  # a party by its code or name
        code = form["form"] if label_of_code(form["form"]) else lexicons.code_of(form["form"])
        if code and (label := label_of_code(code)):
            yield label, code
    elif form["label"] in ("COUNTRY", "BLOC"):
        yield form["label"], lexicons.code_of(form["form"])
    else:
        yield form["label"], form["country"]
        yield form["label"], None
