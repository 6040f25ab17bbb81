"""What stands in our own corpus: the annotated passages of `texts/` and documents of `documents/`, as text, spans and records.

A file `texts/<genre>-<region>-<n>.yaml` is a list of passages; title and text carry their entities inline, `[Seoul](COUNTRY)`, and
the records to be expected stand below in the shape of the evaluation's gold files. Conventions of the marks, beyond the labels' own
descriptions: OFFICE is a title with its portfolio, without country, body or name ("[Governor](OFFICE) of the
[Bank of Korea](PUBLIC_BODY)"); the bare "the minister" is no mark, nor are posts in firms. Clubs of states (EU, UN, NATO, G20, OECD) are
BLOC, their agencies (WHO, IMF, European Commission) PUBLIC_BODY; development banks are FUND. Media as a source, universities,
parties and stock exchanges are ORG. "US" before a noun is COUNTRY, "American" NORP. Money in the title counts as an amount.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlp.records import ACTS, DEAL_KINDS, DEAL_STATUSES, ENTITY_LABELS, FUND_TYPES, GENRES, OFFICE_STATUSES, PORTFOLIOS, ROLES

TEXTS = Path(__file__).parent / "texts"
REGIONS = (
    "east_asia",
    "southeast_asia",
    "south_asia",
    "central_asia",
    "middle_east",
    "africa",
    "europe",
    "eastern_europe",
    "north_america",
    "latin_america",
    "oceania",
    "global",
)
_TOPICS = """ai semiconductors quantum telecoms submarine_cables cybersecurity data_governance digital_economy space biotechnology health
    critical_minerals supply_chains energy_security clean_energy hydrogen nuclear_energy climate environment agriculture_food
    trade investment finance sanctions_export_controls infrastructure transport defence maritime_security counterterrorism
    law_enforcement migration conflict_diplomacy democracy_human_rights education_research people_culture development_aid
    standards_regulation labour"""
TOPIC_CODES = frozenset(_TOPICS.split())
# ISO 3166-1 alpha-2, and the codes of bodies that the records' contract adds.
_ISO = """AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG
    CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL
    GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA
    LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP
    NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"""
_BODIES = """EU UN NATO G7 G20 ASEAN AFU GCC OECD WTO WHO IMF WB QUAD BRICS CARICOM MERCOSUR CELAC OAS APEC IPEF OPEC OPEC+ UNESCO IAEA
    ILO OSCE AUKUS CPTPP SCO PIF XK"""
CODES = frozenset((_ISO + " " + _BODIES).split())
_CLUBS = frozenset(_BODIES.split()) - {"WHO", "IMF", "WB", "UNESCO", "IAEA", "ILO", "XK"}
RECORD_KEYS = ("officials", "firms", "funds", "amounts", "deals", "cooperations", "instruments", "topics", "quotes")

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is ten times as fast
_MARK = re.compile(r"\[([^\[\]]+)\]\(([A-Z_]+)\)")


class CorpusError(ValueError):
    """A passage that cannot be used; the message names file, passage and the mend."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One annotated passage. Spans are (start, end, label), half-open in code points of `title` and of `text`."""

    id: str
    genre: str
    region: str
    date: str | None
    publisher: str | None
    parties: tuple[str, ...]
    title: str
    title_spans: tuple[tuple[int, int, str], ...]
    text: str
    spans: tuple[tuple[int, int, str], ...]
    records: Mapping[str, list[Any]]
    file: str = ""

    def marked(self, label: str) -> list[str]:
        """The texts marked with a label, those of the title first."""
        pairs = ((self.title, self.title_spans), (self.text, self.spans))
        return [text[start:end] for text, spans in pairs for start, end, found in spans if found == label]


def read_marks(marked: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Plain text and its spans from text with inline marks.

    Raises ValueError for a label that does not exist and for a mark that is not closed.
    """
    plain: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length = at = 0
    for mark in _MARK.finditer(marked):
        words, label = mark.groups()
        if label not in ENTITY_LABELS:
            raise ValueError(f"unknown label {label} on '{words}': use one of {', '.join(ENTITY_LABELS)}")
        if words != words.strip():
            raise ValueError(f"mark '{words}' begins or ends with a space: move it outside the brackets")
        plain += [marked[at : mark.start()], words]
        length += mark.start() - at
        spans.append((length, length + len(words), label))
        length += len(words)
        at = mark.end()
    plain.append(marked[at:])
    text = "".join(plain)
    if "](" in text:
        where = text.index("](")
        raise ValueError(f"broken mark near '{text[max(0, where - 20) : where + 12]}': write [words](LABEL)")
    return text, tuple(spans)


def load_passages(folder: Path = TEXTS) -> list[Passage]:
    """All passages of a folder, in the order of file names and within them.

    Raises CorpusError at the first passage that is not valid.
    """
    passages: list[Passage] = []
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        for passage in _passages_of(path):
            if passage.id in seen:
                raise CorpusError(f"{path.name}: {passage.id}: the id stands already in {seen[passage.id]}: number it anew")
            seen[passage.id] = path.name
            passages.append(passage)
    return passages


def _passages_of(path: Path) -> Iterator[Passage]:
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or []
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise CorpusError(f"{path.name}: not YAML ({where}): quote the value or indent the block") from error
    for entry in entries:
        try:
            passage = _passage(entry, path.name)
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path.name}: {entry.get('id', '?')}: {error or type(error).__name__}") from error
        faults = find_faults(passage)
        if faults:
            raise CorpusError(f"{path.name}: {passage.id}: {faults[0]}")
        yield passage


def _passage(entry: Mapping[str, Any], file: str) -> Passage:
    missing = [key for key in ("id", "genre", "region", "text") if not entry.get(key)]
    if missing:
        raise ValueError(f"'{missing[0]}' is missing: add it")
    title, title_spans = read_marks((entry.get("title") or "").strip())
    text, spans = read_marks(entry["text"].strip())
    date = entry.get("date")
    return Passage(
        id=entry["id"],
        genre=entry["genre"],
        region=entry["region"],
        date=str(date) if date else None,
        publisher=entry.get("publisher"),
        parties=tuple(entry.get("parties") or ()),
        title=title,
        title_spans=title_spans,
        text=text,
        spans=spans,
        records={key: list(entry.get(key) or []) for key in RECORD_KEYS},
        file=file,
    )


def find_faults(passage: Passage) -> list[str]:
    """What is wrong with a passage, each as one line with its mend; empty when it is valid."""
    return [
        *_wrong_codes(passage),
        *_wrong_names(passage),
        *_wrong_amounts(passage),
        *_wrong_relations(passage),
        *_wrong_quotes(passage),
    ]


def _not_in(value: Any, allowed: tuple[str, ...] | frozenset[str], what: str) -> Iterator[str]:
    if value is False:  # what YAML makes of a bare NO
        yield f"{what} is a bare NO: quote the code, 'NO'"
    elif value not in allowed:
        yield f"{what} '{value}' does not exist: take one of the codes of RECORDS"


def _wrong_codes(passage: Passage) -> Iterator[str]:
    yield from _not_in(passage.genre, GENRES, "genre")
    yield from _not_in(passage.region, REGIONS, "region")
    for code in passage.parties:
        yield from _not_in(code, CODES, "party")
    for topic in passage.records["topics"]:
        yield from _not_in(topic, TOPIC_CODES, "topic")
    for official in passage.records["officials"]:
        yield from _not_in(official["role"], ROLES, "role")
        yield from _not_in(official["status"], OFFICE_STATUSES, "status")
        for portfolio in official["portfolios"]:
            yield from _not_in(portfolio, PORTFOLIOS, "portfolio")
        if official["jurisdiction"] is not None:
            yield from _not_in(official["jurisdiction"], CODES, "jurisdiction")
    for fund in passage.records["funds"]:
        yield from _not_in(fund["fund_type"], FUND_TYPES, "fund_type")
    for deal in passage.records["deals"]:
        yield from _not_in(deal["kind"], DEAL_KINDS, "kind of deal")
        yield from _not_in(deal["status"], DEAL_STATUSES, "status of a deal")
    for act in passage.records["cooperations"]:
        yield from _not_in(act["act"], ACTS, "act")
        for topic in act["topics"]:
            yield from _not_in(topic, TOPIC_CODES, "topic")


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def _stands_in(passage: Passage, words: str) -> bool:
    return _flat(words) in _flat(passage.title + "\n" + passage.text)


def _wrong_names(passage: Passage) -> Iterator[str]:
    for official in passage.records["officials"]:
        for name in (official["person"], *official.get("aliases", [])):
            if name not in passage.marked("PERSON"):
                yield f"official '{name}' is no PERSON mark: mark the name or mend the record"
        if not _stands_in(passage, official["office"]):
            yield f"office '{official['office']}' is not in the text: write it as the text does"
    for key, label in (("firms", "FIRM"), ("funds", "FUND")):
        known = set()
        for record in passage.records[key]:
            for name in (record["name"], *record.get("aliases", [])):
                known.add(name)
                if name not in passage.marked(label):
                    yield f"{key[:-1]} '{name}' is no {label} mark: mark the name or mend the record"
        for name in passage.marked(label):
            if name not in known:
                yield f"{label} mark '{name}' has no record: add it to {key}, as name or alias"
    for name in passage.records["instruments"]:
        if name not in passage.marked("AGREEMENT"):
            yield f"instrument '{name}' is no AGREEMENT mark: mark it or mend the record"


def _wrong_amounts(passage: Passage) -> Iterator[str]:
    listed, marked = [amount["text"] for amount in passage.records["amounts"]], passage.marked("MONEY")
    if listed != marked:
        yield f"amounts {listed} are not the MONEY marks {marked}: list each mark once, in their order"
    for amount in passage.records["amounts"]:
        values = [amount["amount"], amount.get("amount_max")]
        if any(isinstance(value, (str, bool)) for value in values) or amount["amount"] is None:
            yield f"amount of '{amount['text']}' is no number: write 1.2e+9 as 1200000000"
        if not re.fullmatch(r"[A-Z]{3}", amount["currency"] or ""):
            yield f"currency of '{amount['text']}' is no ISO 4217 code: write e.g. USD"


def _wrong_relations(passage: Passage) -> Iterator[str]:
    for deal in passage.records["deals"]:
        for name in (*deal["buyers"], *deal["sellers"], *([deal["target"]] if deal["target"] else [])):
            if not _stands_in(passage, name):
                yield f"party '{name}' of a deal is not in the text: write it as the text does"
        if (deal["amount"] is None) != (deal["currency"] is None) or isinstance(deal["amount"], str):
            yield f"deal on '{deal['target']}' needs both a numeric amount and a currency, or neither"
    for act in passage.records["cooperations"]:
        # A club of states speaks for several: "the G7 agreed".
        if len(act["actors"]) < 2 and not _CLUBS.intersection(act["actors"]):
            yield f"act '{act['act']}' has fewer than two actors: add the other side"
        for actor in act["actors"]:
            if actor not in CODES and not _stands_in(passage, actor):
                yield f"actor '{actor}' is neither a code nor in the text: use the code or the name as written"
        if act.get("instrument") and act["instrument"] not in passage.records["instruments"]:
            yield f"instrument '{act['instrument']}' of an act is missing in instruments: add it there"
        yield from _wrong_places(passage, act)


def _wrong_places(passage: Passage, act: Mapping[str, Any]) -> Iterator[str]:
    if "at" not in act:
        yield f"act '{act['act']}' has no 'at': list the words at which it stands, from the verb or noun that tells it on"
    text = " ".join(f"{passage.title}\n{passage.text}".split())
    for words in act.get("at") or ():
        count = text.count(" ".join(words.split()))
        if count != 1:
            yield f"words '{words}' of act '{act['act']}' stand {count} times in the text: copy words that stand there once"


def _wrong_quotes(passage: Passage) -> Iterator[str]:
    text = _flat(passage.title + "\n" + passage.text)
    for quote in passage.records["quotes"]:
        if not _stands_in(passage, quote["speaker"]):
            yield f"speaker '{quote['speaker']}' is not in the text: write the name as the text does"
        words, at = _flat(quote["text"]).split(" "), 0
        while words:
            size = next((n for n in range(len(words), 0, -1) if text.find(" ".join(words[:n]), at) >= 0), 0)
            if not size:
                yield f"quotation '{quote['text'][:40]}…' is not in the text: copy it"
                break
            at = text.find(" ".join(words[:size]), at) + 1
            words = words[size:]


def is_held_back(passage: Passage) -> bool:
    """Whether the passage belongs to the fifth that is never trained on, decided by its id alone."""
    return int.from_bytes(hashlib.blake2b(passage.id.encode("utf-8"), digest_size=4).digest(), "big") % 5 == 0


def to_gold(passage: Passage) -> dict[str, Any]:
    """The passage as an object of the evaluation's gold files; its source is its id."""
    head = {"source": passage.id, "published": passage.date, "genre": passage.genre, "parties": list(passage.parties)}
    return head | {key: list(passage.records[key]) for key in RECORD_KEYS}
