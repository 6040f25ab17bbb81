"""Every row the pipeline publishes, as a frozen dataclass: the one place where a column is named, typed and described.

A column's Arrow type stands in its field metadata as text ("string", "int32", "list<string>", …), so that this module needs no
Arrow; `flows.tables.schemas` turns it into schemas, field metadata and `datapackage.json`.

Offsets are half-open and count Unicode code points. While a record is being made by a component they point into `Doc.text`
(title, blank line, text); `nlp.pipeline.Extractor` rebases them to `documents.text` or `documents.title`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = "1.1"

GENRES = ("news", "joint_statement", "press_release", "readout", "speech", "fact_sheet", "other")
ROLES = (
    "head_of_state",
    "head_of_government",
    "deputy_head_of_government",
    "minister",
    "deputy_minister",
    "adviser",
    "ambassador",
    "agency_head",
    "organization_head",
    "legislator",
    "subnational",
    "spokesperson",
    "military",
    "other_official",
)
PORTFOLIOS = (
    "foreign_affairs",
    "defence",
    "finance",
    "economy",
    "trade",
    "industry",
    "digital",
    "communications",
    "interior",
    "justice",
    "security",
    "energy",
    "environment",
    "climate",
    "agriculture",
    "fisheries",
    "health",
    "education",
    "science_technology",
    "transport",
    "infrastructure",
    "labour",
    "culture",
    "development",
    "planning",
    "migration",
    "tourism",
    "housing",
    "space",
    "other",
)
OFFICE_STATUSES = ("current", "acting", "former", "designate")
FUND_TYPES = (
    "sovereign",
    "government_backed",
    "development",
    "pension",
    "private_equity",
    "venture",
    "hedge",
    "climate",
    "other",
)
MODIFIERS = ("exact", "about", "more_than", "less_than", "up_to", "at_least")
AMOUNT_ROLES = (
    "deal_value",
    "funding",
    "revenue",
    "market_value",
    "trade_volume",
    "fine",
    "price",
    "budget",
    "other",
)
DEAL_KINDS = (
    "acquisition",
    "merger",
    "stake_purchase",
    "joint_venture",
    "divestiture",
    "investment",
    "funding_round",
    "loan",
    "guarantee",
    "grant",
    "contract",
    "listing",
    "other",
)
DEAL_STATUSES = ("rumoured", "proposed", "agreed", "completed", "terminated", "blocked")
ACTS = ("consult", "agree", "pledge", "cooperate", "support", "aid", "suspend", "reject")
INSTRUMENT_KINDS = (
    "treaty",
    "agreement",
    "partnership",
    "dialogue",
    "summit",
    "initiative",
    "format",
    "other",
)
ENTITY_LABELS = (
    "PERSON",
    "OFFICE",
    "FIRM",
    "FUND",
    "PUBLIC_BODY",
    "ORG",
    "COUNTRY",
    "BLOC",
    "NORP",
    "PLACE",
    "MONEY",
    "PERCENT",
    "DATE",
    "AGREEMENT",
)
FORGOTTEN_KEYS = ("doc_id", "source", "url", "content")
REJECT_REASONS = (
    "empty",
    "no_text",
    "encrypted",
    "malformed",
    "truncated",
    "encoding",
    "unknown_type",
    "too_large",
    "bomb",
    "timeout",
    "memory",
    "crashed",
    "outside_root",
)

RUN_METRICS = (
    "documents",
    "rejected_share",
    "unsupported_share",
    "duplicate_share",
    "failed_share",
    "rows_per_document",
    "null_share",
    "mean_confidence",
)


def column(description: str, type: str = "string", *, key: bool = False, values: tuple[str, ...] = (), **field: Any) -> Any:
    """A dataclass field that is a table's column.

    `type` is the Arrow type as text, `key` marks the columns that (with document, table and offsets) make the row's identity,
    `values` lists what an enumerated column may hold.
    """
    return dataclasses.field(metadata={"description": description, "type": type, "key": key, "values": values}, **field)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """The columns that every record table has."""

    record_id: str = column(
        "Hash of doc_id, table, start, end and the key columns; the same finding keeps its id over versions", default=""
    )
    doc_id: str = column("documents.doc_id of the document the row was read from", default="")
    published_on: dt.date | None = column("The document's publication day (local calendar)", "date32", default=None)
    start: int = column("First code point, in documents.text (title where in_title), of the span that triggered the row", "int32")
    end: int = column("Code point after the last one of that span", "int32")
    in_title: bool = column("The row was read from the title; start, end and evidence_spans point into it", "bool", default=False)
    evidence_spans: tuple[int, ...] = column(
        "start0, end0, start1, end1 … of the sentences the row was read from", "list<int32>", default=()
    )
    evidence: str = column("The text of evidence_spans, joined by ' … '", default="")
    confidence: float = column("Calibrated probability that the row is right, 0 to 1", "float32", default=0.5)
    pipeline_version: str = column("Version of the code, models and lexicons that made the row", default="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Official(Record):
    """One row per document, person and office."""

    person: str = column("Fullest form of the name in the document, without honorifics", key=True)
    person_id: str | None = column("entities.entity_id of the person", default=None)
    office: str = column("The title as written, fullest form, without the country's adjective", key=True)
    role: str = column("Kind of office", values=ROLES)
    portfolios: tuple[str, ...] = column("Policy fields of the office", "list<string>", default=(), values=PORTFOLIOS)
    jurisdiction: str | None = column(
        "ISO 3166-1 alpha-2 code of the state, or code of the body, the office belongs to", key=True, default=None
    )
    status: str = column("Whether the person holds the office", default="current", values=OFFICE_STATUSES)
    mention_count: int = column("Mentions of the person in the document", "int32", default=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Firm(Record):
    """One row per document and firm."""

    name: str = column("Fullest form of the name in the document", key=True)
    aliases: tuple[str, ...] = column("Other forms used in the document", "list<string>", default=())
    firm_id: str | None = column("entities.entity_id of the firm", default=None)
    country: str | None = column("ISO code of the home country, when the text says so or a reference list knows", default=None)
    mention_count: int = column("Mentions of the firm in the document", "int32", default=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fund(Record):
    """One row per document and fund."""

    name: str = column("The proper name, or the nominal description ('a Japanese government-backed fund')", key=True)
    aliases: tuple[str, ...] = column("Other forms used in the document", "list<string>", default=())
    named: bool = column("The fund has a proper name", "bool", default=True)
    fund_id: str | None = column("entities.entity_id of the fund", default=None)
    fund_type: str = column("Kind of fund", default="other", values=FUND_TYPES)
    country: str | None = column("ISO code (or body code) of the fund's home", default=None)
    mention_count: int = column("Mentions of the fund in the document", "int32", default=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Amount(Record):
    """One row per mention of money."""

    text: str = column("The amount as written, without its modifier")
    amount_min: float = column("Lower bound in units of the currency", "float64", key=True)
    amount_max: float = column("Upper bound; equals amount_min unless the text gives a range", "float64", key=True)
    modifier: str = column("How the text qualifies the amount; never opens the interval", default="exact", values=MODIFIERS)
    currency: str | None = column("ISO 4217 code, also historic ones", key=True, default=None)
    currency_source: str = column("What told the currency", default="explicit", values=("explicit", "document", "publisher", "default"))
    per: str | None = column("Unit the amount is counted by ('year', 'share', 'tonne')", default=None)
    equivalent_of: str | None = column("record_id of the amount that this one restates in another currency", default=None)
    amount_usd: float | None = column("amount_min in US dollars at the rate of fx_date", "float64", default=None)
    fx_date: dt.date | None = column("Day of the exchange rate", "date32", default=None)
    fx_source: str = column("Where the rate is from", default="none", values=("ecb", "peg", "none"))
    role: str = column("What the money is", default="other", values=AMOUNT_ROLES)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deal(Record):
    """One row per document and deal."""

    kind: str = column("Kind of transaction", key=True, values=DEAL_KINDS)
    status: str = column("How far the transaction is", default="agreed", values=DEAL_STATUSES)
    buyers: tuple[str, ...] = column("Acquirers, investors, lenders, donors or customers", "list<string>", key=True, default=())
    target: str | None = column("What is bought, funded, built or ordered", key=True, default=None)
    sellers: tuple[str, ...] = column("Who sells, supplies or gives up", "list<string>", default=())
    buyer_ids: tuple[str, ...] = column("entities.entity_id of the buyers, in their order", "list<string>", default=())
    target_id: str | None = column("entities.entity_id of the target", default=None)
    seller_ids: tuple[str, ...] = column("entities.entity_id of the sellers, in their order", "list<string>", default=())
    amount_min: float | None = column("Value, lower bound, in units of the currency", "float64", key=True, default=None)
    amount_max: float | None = column("Value, upper bound", "float64", default=None)
    currency: str | None = column("ISO 4217 code of the value", key=True, default=None)
    amount_usd: float | None = column("amount_min in US dollars at the rate of fx_date", "float64", default=None)
    fx_date: dt.date | None = column("Day of the exchange rate", "date32", default=None)
    stake_pct: float | None = column("Share bought or sold, in per cent", "float64", default=None)
    announced_on: dt.date | None = column("First day of the period in which the deal was announced", "date32", default=None)
    announced_until: dt.date | None = column("Last day of that period", "date32", default=None)
    announced_precision: str | None = column("day, week, month, quarter, half or year", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cooperation(Record):
    """One row per document, act, set of actors and instrument."""

    actors: tuple[str, ...] = column("Who acts, names as written", "list<string>", default=())
    actor_codes: tuple[str, ...] = column(
        "Country or bloc code of each actor, else its name (a firm, a fund, a region of the world)", "list<string>", key=True, default=()
    )
    actor_ids: tuple[str, ...] = column("entities.entity_id of the actors, in their order", "list<string>", default=())
    act: str = column("What they do", key=True, values=ACTS)
    topics: tuple[str, ...] = column("Topic codes of what the act is about", "list<string>", default=())
    instrument: str | None = column("Name of the instrument's row in instruments", key=True, default=None)
    instrument_id: str | None = column("entities.entity_id of the instrument", default=None)
    held_on: dt.date | None = column("First day of the period in which the act took place", "date32", default=None)
    held_until: dt.date | None = column("Last day of that period", "date32", default=None)
    held_precision: str | None = column("day, week, month, quarter, half or year", default=None)
    due_on: dt.date | None = column("First day of the period in which the act is due", "date32", default=None)
    due_until: dt.date | None = column("Last day of that period", "date32", default=None)
    due_precision: str | None = column("day, week, month, quarter, half or year", default=None)
    place: str | None = column("Where the act took or takes place", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Instrument(Record):
    """One row per document and instrument."""

    name: str = column("Fullest form of the name in the document", key=True)
    aliases: tuple[str, ...] = column("Other forms used in the document", "list<string>", default=())
    instrument_id: str | None = column("entities.entity_id of the instrument", default=None)
    kind: str = column("Kind of instrument", default="other", values=INSTRUMENT_KINDS)
    parties: tuple[str, ...] = column("Country or bloc codes of its parties, as far as the text tells", "list<string>", default=())
    mention_count: int = column("Mentions of the instrument in the document", "int32", default=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic(Record):
    """One row per document and topic that it carries."""

    topic: str = column("Topic code", key=True)
    score: float = column("Probability that the document carries the topic", "float32", default=0.5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote(Record):
    """One row per quotation."""

    speaker: str | None = column(
        "Fullest name in the document, or the nominal ('an official close to deliberations')", key=True, default=None
    )
    person_id: str | None = column("entities.entity_id of the speaker, when a person", default=None)
    text: str = column("What was said, without quotation marks; parts joined by a space", key=True)
    cue: str | None = column("The word that introduces the quotation ('said')", default=None)
    kind: str = column("direct or indirect", default="direct", values=("direct", "indirect"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention(Record):
    """One row per entity mention."""

    label: str = column("Entity label", key=True, values=ENTITY_LABELS)
    text: str = column("The mention as written")
    entity_id: str | None = column("entities.entity_id", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One row per document."""

    doc_id: str = column("Hash of collection and source; for fetched pages of the fetched URL", key=True)
    collection: str = column("Name of the raw folder")
    source: str = column("Path relative to the raw folder; for a record of a container path#id")
    url: str | None = column("Address the document was read at", default=None)
    canonical_url: str | None = column("Address the document names as its own; stored, never identity", default=None)
    publisher: str | None = column("Who published it", default=None)
    title: str = column("Title, not repeated in text", default="")
    standfirst: str | None = column("Copy of the summary paragraph below the title; it stands once in text", default=None)
    authors: tuple[str, ...] = column("Names in the byline", "list<string>", default=())
    published_on: dt.date | None = column("Publication day in the publication's local calendar, as printed", "date32", default=None)
    published_at: dt.datetime | None = column(
        "Publication instant; midnight UTC of published_on where no time is known", "timestamp[us, UTC]", default=None
    )
    published_precision: str | None = column("second or day", default=None, values=("second", "day"))
    collected_at: dt.datetime | None = column("When the pipeline took the document in", "timestamp[us, UTC]", default=None)
    language: str | None = column("ISO 639-1 code", default=None)
    language_confidence: float | None = column("Probability of that language", "float32", default=None)
    genre: str = column("Kind of document", default="other", values=GENRES)
    parties: tuple[str, ...] = column("Codes of the countries and blocs that issue the document or meet in it", "list<string>", default=())
    text: str = column("Clean plain text; paragraphs separated by one blank line", default="")
    word_count: int = column("Words in text", "int32", default=0)
    content_hash: str = column("Hash of title, text and publication day", default="")
    minhash: tuple[int, ...] = column(
        "MinHash of the text's four-word shingles, by which near duplicates are found", "list<int32>", default=()
    )
    duplicate_of: str | None = column("doc_id of the first near-duplicate taken in", default=None)
    media_type: str | None = column("Media type of the raw input", default=None)
    status: str = column("What the pipeline does with it", default="ok", values=("ok", "unsupported_language", "duplicate"))
    pipeline_version: str = column("Version of the code that made the row", default="")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """One row per real-world entity, across documents."""

    entity_id: str = column("Hash of label, normalised name and country", key=True)
    label: str = column("Entity label", values=ENTITY_LABELS)
    name: str = column("Canonical name")
    aliases: tuple[str, ...] = column("Other forms", "list<string>", default=())
    country: str | None = column("ISO or body code of its home", default=None)
    first_seen: dt.date | None = column("Earliest publication day of a document that mentions it", "date32", default=None)
    last_seen: dt.date | None = column("Latest publication day of a document that mentions it", "date32", default=None)
    document_count: int = column("Documents that mention it", "int32", default=0)
    mention_count: int = column("Mentions over all documents", "int32", default=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """One row per raw input."""

    collection: str = column("Name of the raw folder", key=True)
    source: str = column("Path relative to the raw folder; for a record of a container path#id", key=True)
    size: int = column("Bytes", "int64")
    mtime: dt.datetime | None = column("Modification time of the file", "timestamp[us, UTC]", default=None)
    raw_hash: str = column("Hash of the raw bytes")
    file_size: int = column("Bytes of the file the input stands in; differs from size for a record of a container", "int64")
    file_hash: str = column("Hash of that file's bytes; differs from raw_hash for a record of a container")
    reader_version: str = column("Version of the reader that opened it")
    outcome: str = column("document or rejected", values=("document", "rejected"))
    doc_id: str | None = column("documents.doc_id it became", default=None)
    seen_at: dt.datetime | None = column("When it was read", "timestamp[us, UTC]", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reject:
    """One row per raw input that could not be read."""

    collection: str = column("Name of the raw folder", key=True)
    source: str = column("Path relative to the raw folder; for a record of a container path#id", key=True)
    reason: str = column("Why, as a code", values=REJECT_REASONS)
    detail: str = column("Why, as one sentence for a person")
    seen_at: dt.datetime | None = column("When it was tried", "timestamp[us, UTC]", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One row per document and attempt at extracting it."""

    doc_id: str = column("documents.doc_id", key=True)
    content_hash: str = column("documents.content_hash of the text that was read", key=True)
    pipeline_version: str = column("Version of the code, models and lexicons")
    component_versions: str = column("Version of each component, as a JSON object", default="{}")
    attempt: int = column("1 for the first try", "int32", key=True, default=1)
    started_at: dt.datetime | None = column("When the attempt began", "timestamp[us, UTC]", default=None)
    finished_at: dt.datetime | None = column("When it ended", "timestamp[us, UTC]", default=None)
    status: str = column("started, ok or failed", values=("started", "ok", "failed"))
    error: str | None = column("One line, where it failed", default=None)
    seconds: float | None = column("Duration", "float64", default=None)
    record_count: int | None = column("Record rows made", "int32", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Forgotten:
    """One row per key of a document that was forgotten on purpose and must not come back; it tells nothing about the document."""

    key_hash: str = column("Hash of the key by which the document is known again", key=True)
    kind: str = column("What the key is", values=FORGOTTEN_KEYS)
    document: str = column("Hash of its doc_id: the keys of one document belong together")
    reason: str = column("Why, as it was given")
    forgotten_at: dt.datetime | None = column("When it was forgotten", "timestamp[us, UTC]", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunMetric:
    """One row per run that did something, measure and what was measured: what a run looked like, and how it compares with those before."""

    run_id: str = column("The flow run of Prefect, or a hash of when it began", key=True)
    metric: str = column("What was measured", key=True, values=RUN_METRICS)
    subject: str = column("Table, or table.column, that it was measured on; documents for measures of whole inputs", key=True)
    finished_at: dt.datetime = column("When it was measured", "timestamp[us, UTC]")
    pipeline_version: str = column("Version of the code, models and lexicons of the run")
    value: float = column("The run's value: a number, a share between 0 and 1, or a mean", "float64")
    units: int = column("Inputs, documents or rows that it was measured on", "int32")
    baseline: float | None = column("The same over the runs before; null where these are too few", "float64", default=None)
    lower: float | None = column("Least value that passes", "float64", default=None)
    upper: float | None = column("Greatest value that passes", "float64", default=None)
    status: str = column(
        "ok or failed; unchecked where there is no threshold or too little to compare", values=("ok", "failed", "unchecked")
    )


RECORD_TABLES: dict[str, type[Record]] = {
    "officials": Official,
    "firms": Firm,
    "funds": Fund,
    "amounts": Amount,
    "deals": Deal,
    "cooperations": Cooperation,
    "instruments": Instrument,
    "topics": Topic,
    "quotes": Quote,
    "mentions": Mention,
}
TABLES: dict[str, type] = {
    "documents": Document,
    **RECORD_TABLES,
    "entities": Entity,
    "inputs": Input,
    "rejects": Reject,
    "runs": Run,
    "forgotten": Forgotten,
    "run_metrics": RunMetric,
}
TABLE_OF: dict[type, str] = {record: name for name, record in TABLES.items()}
UNPARTITIONED = ("entities", "inputs", "runs", "rejects", "forgotten", "run_metrics")
HISTORIES = ("run_metrics",)  # they tell how often somebody ran the pipeline, not what is in the documents


def digest(*parts: object) -> str:
    """A 16-digit hexadecimal hash of the parts: equal on any machine, over processes and versions of Python."""
    joined = "\x1f".join("" if p is None else str(p) for p in parts)
    return hashlib.blake2b(joined.encode("utf-8"), digest_size=8).hexdigest()


def record_id(record: Record) -> str:
    """Identity of a finished record: document, table, where it was read, and its key columns."""
    keys = [getattr(record, f.name) for f in dataclasses.fields(record) if f.metadata["key"]]
    flat = ["|".join(map(str, k)) if isinstance(k, tuple) else k for k in keys]
    return digest(record.doc_id, TABLE_OF[type(record)], int(record.in_title), record.start, record.end, *flat)


@dataclass(frozen=True, slots=True)
class Text:
    """What goes into an extractor: one document as far as `nlp` needs to know it.

    `genre` and `parties` are worked out from title and text where they are not given.
    """

    text: str
    title: str = ""
    published_on: dt.date | None = None
    publisher: str | None = None
    url: str | None = None
    doc_id: str = ""
    genre: str | None = None
    parties: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What comes out of an extractor for one `Text`: its genre and parties and the records, sorted by place."""

    doc_id: str
    genre: str
    parties: tuple[str, ...]
    records: tuple[Record, ...]

    def of(self, table: str) -> list[Record]:
        """The records of one table, e.g. `extraction.of("deals")`."""
        kind = RECORD_TABLES[table]
        return [r for r in self.records if type(r) is kind]


def columns(kind: type) -> Iterable[dataclasses.Field[Any]]:
    """The columns of a table's record type, in their order."""
    return dataclasses.fields(kind)
