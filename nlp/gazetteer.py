"""What the lexicons know of a name: whose country it is, what kind of body, whether a firm, a fund or a paper.

Pure look-ups over the data files of `nlp/lexicons`; nothing here reads a document's parse.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOLDER = Path(__file__).parent / "lexicons"

_FIRM_CUES = frozenset(
    "chipmaker automaker carmaker company firm giant maker manufacturer producer retailer lender bank group conglomerate developer operator startup airline"
    " supplier insurer utility miner drugmaker steelmaker shipbuilder foundry".split()
)
_HONORIFICS = frozenset(
    "mr mrs ms miss mx dr prof professor sir dame lord lady sheikh shaikh h.e he hon honourable honorable rt excellency his her datuk dato tan tun tunku raja madam madame monsieur herr"
    " frau señor señora don doña shri smt kyai haji hajj pak bapak ibu rev reverend baroness baron engr eng".split()
)
_NOT_WORDS = frozenset("the a an".split())


@cache
def load(name: str) -> dict[str, Any]:
    """A lexicon file by its stem. Raises FileNotFoundError for an unknown one."""
    data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return data


@dataclass(frozen=True, slots=True)
class Surface:
    """A form of a name as it stands in texts, the label and code it proposes, and how sure the form alone is (0–1)."""

    form: str
    label: str
    code: str
    score: float
    case_sensitive: bool = True


def fold(text: str) -> str:
    """Case, accents and dots away: "José" and "JOSE", "U.S." and "US" are one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.replace(".", "").replace("’", "'").casefold()


def _bare(form: str) -> str:
    return re.sub(r"^[Tt]he ", "", form)


def surfaces() -> Iterator[Surface]:
    """Every form of countries, peoples, capitals, blocs, bodies and funds that the entity matcher looks for."""
    for country in load("countries")["countries"]:
        code, unsure = country["code"], set(country.get("ambiguous", ()))
        for form in {country["name"], country.get("official", ""), *country["aliases"]} - {""}:
            yield from _cased(_bare(form), "COUNTRY", code, 0.72 if form in unsure else 0.9)
        for form in country["adjectives"]:
            if form not in ("U.S",):
                yield Surface(form, "NORP", code, 0.6 if form in unsure else 0.85)
        for form in country["capitals"]:
            yield Surface(form, "PLACE", code if form in country["metonym_capitals"] else "", 0.62 if form in unsure else 0.8)
        for form in country["metonyms"]:
            yield Surface(_bare(form), "PUBLIC_BODY", code, 0.84)
    for bloc in load("blocs")["blocs"]:
        unsure = set(bloc.get("ambiguous", ()))
        for form in {bloc["name"], *bloc["aliases"]}:
            if form[:1].isupper() or form.startswith("the ") and form[4:5].isupper():
                label = "FUND" if bloc["code"] == "WB" else "BLOC"
                yield from _cased(_bare(form), label, bloc["code"], 0.65 if form in unsure else 0.9)
        for form in bloc["adjectives"]:
            yield Surface(form, "NORP", bloc["code"], 0.5 if form in unsure else 0.7)
        for form in bloc["metonyms"]:
            yield Surface(_bare(form), "PLACE" if form in _seats() else "PUBLIC_BODY", bloc["code"], 0.86)
    for body in load("public_bodies")["bodies"]:
        unsure = set(load("public_bodies")["ambiguous"])
        for form in {body["name"], *body["aliases"]}:
            yield Surface(_bare(form), "PUBLIC_BODY", body.get("country") or "", 0.6 if form in unsure else 0.88)
    for fund in load("funds")["funds"]:
        unsure = set(load("funds")["ambiguous"])
        for form in {fund["name"], *fund["aliases"]}:
            yield Surface(_bare(form), "FUND", fund.get("country") or "", 0.5 if form in unsure else 0.9)


def _cased(form: str, label: str, code: str, score: float) -> Iterator[Surface]:
    yield Surface(form, label, code, score)
    if len(form) > 4 and not form.isupper():
        yield Surface(form.upper(), label, code, score - 0.05)


@cache
def _seats() -> frozenset[str]:
    return frozenset({"Brussels", "Addis Ababa", "Geneva", "Vienna", "Jakarta", "New York", "Paris", "Strasbourg"})


@cache
def _names_to_codes() -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern over country and bloc names, adjectives and metonym-free forms, longest first, and form → code."""
    table: dict[str, str] = {}
    for country in load("countries")["countries"]:
        for form in (country["name"], country.get("official", ""), *country["aliases"], *country["adjectives"]):
            if form:
                table.setdefault(_bare(form), country["code"])
    for bloc in load("blocs")["blocs"]:
        for form in (bloc["name"], *bloc["aliases"]):
            if form not in bloc.get("ambiguous", ()):
                table.setdefault(_bare(form), bloc["code"])
    table.pop("U.S", None)
    table |= {form.upper(): code for form, code in table.items() if len(form) > 4}
    forms = sorted(table, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w.])(?:" + "|".join(re.escape(f).replace("'", "['’]").replace("\\ ", r"\s+") for f in forms) + r")(?!\w)")
    return pattern, table


def codes_in(text: str) -> list[str]:
    """Codes of the countries and blocs that a text names, in order, each once."""
    return list(dict.fromkeys(code for _, _, code in code_spans(text)))


def code_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end (code points) and code of each name of a country or bloc in a text."""
    pattern, table = _names_to_codes()
    for match in pattern.finditer(text):
        form = re.sub(r"\s+", " ", match.group()).replace("’", "'")
        code = table.get(form) or table.get(form.replace("'", "’"))
        if code:
            yield match.start(), match.end(), code


@cache
def country_name(code: str) -> str:
    """The common English name of a country or bloc code; the code itself where it is unknown."""
    for kind in ("countries", "blocs"):
        for entry in load(kind)[kind]:
            if entry["code"] == code:
                return str(entry["name"])
    return code


@cache
def bloc_members(code: str) -> tuple[str, ...]:
    """Member states of a bloc; empty for a state."""
    return next((tuple(b["members"]) for b in load("blocs")["blocs"] if b["code"] == code), ())


@cache
def is_group(code: str) -> bool:
    """A bloc that is a format of cooperation without legal person of its own (the Quad, AUKUS)."""
    return any(b["code"] == code and b["kind"] == "group" for b in load("blocs")["blocs"])


@cache
def _media() -> tuple[dict[str, str], dict[str, str]]:
    names: dict[str, str] = {}
    domains: dict[str, str] = {}
    for entry in load("media")["media"]:
        for form in (entry["name"], *entry["aliases"]):
            names[fold(_bare(form))] = entry["country"]
        if entry.get("domain"):
            domains[entry["domain"]] = entry["country"]
    return names, domains


def is_media(name: str) -> bool:
    """A news agency, paper or broadcaster of the lexicon."""
    return bool(name) and fold(_bare(name)) in _media()[0]


_TOP_LEVEL = {"uk": "GB", "gov": "US", "mil": "US", "eu": "EU", "int": "", "com": "", "org": "", "net": "", "io": "", "tv": "", "co": "", "ai": "", "me": ""}


@cache
def publisher_country(publisher: str | None, url: str | None) -> str | None:
    """Country of a publisher: a paper of the lexicon, a name that names a state, or the address's country domain."""
    names, domains = _media()
    if publisher:
        known = names.get(fold(_bare(publisher)))
        if known:
            return known
        found = codes_in(publisher)
        if found:
            return found[0]
        if re.search(r"\bWhite House\b", publisher):
            return "US"
    host = (urlsplit(url).hostname or "") if url else ""
    parts = host.split(".")
    for i in range(len(parts) - 1):
        if ".".join(parts[i:]) in domains:
            return domains[".".join(parts[i:])]
    if len(parts) > 1:
        last = parts[-1]
        if last == "gov":
            return "US"
        code = _TOP_LEVEL.get(last, last.upper() if len(last) == 2 else "")
        if code and (code == "EU" or any(c["code"] == code for c in load("countries")["countries"])):
            return code
    return None


@cache
def _legal_forms() -> tuple[frozenset[str], frozenset[str]]:
    data = load("legal_forms")
    return frozenset(fold(f) for f in data["strong"]), frozenset(fold(f) for f in data["weak"])


def is_legal_form(word: str) -> bool:
    """A word that only a company's name ends with ("Ltd", "GmbH")."""
    return fold(word) in _legal_forms()[0] and word[:1].isupper()


def is_weak_legal_form(word: str) -> bool:
    """A word that often ends a company's name and is also used otherwise ("Group", "Co")."""
    return fold(word) in _legal_forms()[1] and word[:1].isupper()


def has_legal_form(name: str) -> bool:
    """The name ends with a company's legal form."""
    last = name.split()[-1] if name.split() else ""
    return is_legal_form(last) or is_weak_legal_form(last)


def name_key(name: str) -> tuple[str, ...]:
    """The words that tell an organisation's name: folded, without article and legal forms."""
    strong, weak = _legal_forms()
    words = [w for w in re.findall(r"[^\W_]+(?:['&-][^\W_]+)*", fold(name)) if w not in _NOT_WORDS]
    words = [re.sub(r"'s$", "", w) for w in words]
    telling = list(words)
    while len(telling) > 1 and (telling[-1] in strong or telling[-1] in weak):
        telling.pop()
    return tuple(telling) or tuple(words)


@cache
def _generic_words() -> frozenset[str]:
    """Words that alone do not stand for a longer name that they begin: "national", "new", "development"."""
    heads = load("heads")
    words = {w for name in ("public_body", "organisation", "firm", "bilateral") for phrase in heads[name] for w in phrase.split()}
    words |= {w for phrases in heads["instrument"].values() for phrase in phrases for w in phrase.split()}
    return frozenset(words | set("national state federal royal european african asian american world new first united central north south east west great general".split()))


def is_generic(word: str) -> bool:
    """A word that many names begin with."""
    return fold(word) in _generic_words()


@cache
def _fund_facts() -> tuple[dict[str, dict[str, Any]], frozenset[str]]:
    data = load("funds")
    table = {fold(_bare(form)): fund for fund in data["funds"] for form in (fund["name"], *fund["aliases"])}
    return table, frozenset(data["heads"])


def fund_type(name: str) -> str:
    """Kind of a fund: the lexicon's for a known one, else what its words tell."""
    table, _ = _fund_facts()
    known = table.get(fold(_bare(name)))
    if known:
        return str(known["type"])
    folded = fold(name)
    for kind, words in load("funds")["type_words"].items():
        if any(re.search(rf"\b{re.escape(fold(w))}", folded) for w in words):
            return str(kind)
    return "other"


@cache
def _given_names() -> dict[str, str]:
    data = load("given_names")
    return {fold(n): "m" for n in data["male"]} | {fold(n): "f" for n in data["female"]}


def given_name_gender(words: tuple[str, ...]) -> str | None:
    """ "m" or "f" as the given name tells, first or last of the (folded) words of a name; None where it does not."""
    table = _given_names()
    for word in words[:1] + words[-1:] if len(words) > 1 else ():
        if word in table:
            return table[word]
    return None


def is_given_name(word: str) -> bool:
    """A common given name of the lexicon."""
    return fold(word) in _given_names()


def is_honorific(word: str) -> bool:
    """Mr, Dr, H.E., Sheikh …"""
    return word.rstrip(".").casefold() in _HONORIFICS


def firm_cues() -> frozenset[str]:
    """Nouns that stand before or after a firm's name."""
    return _FIRM_CUES


@cache
def _known_firms() -> frozenset[str]:
    path = FOLDER / "firms.json"
    if not path.exists():
        return frozenset()
    data = load("firms")
    return frozenset(fold(n) for n in data.get("firms", data.get("names", ())))


def is_known_firm(name: str) -> bool:
    """A listed firm of the lexicon, with or without its legal form."""
    return fold(name) in _known_firms() or " ".join(name_key(name)) in _known_firms()
