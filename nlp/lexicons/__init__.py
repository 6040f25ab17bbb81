"""What the world's names mean: typed, cached look-ups over the data files of this folder. Imports nothing of this project.

Every `*.json` here names its source and licence at its top. Forms are compared folded (`fold`: no accents, dots or case) unless
a form is case-sensitive: "US" is a country, "us" is not.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Surface:
    """A written form and what it stands for.

    label as in RECORDS.md; code of the state or bloc (None: none); kind `name`, `adjective`, `capital`, `metonym`, `body`, `fund`;
    score 0–1: how sure the form is that thing; ambiguous: also a common word, a first name or another place.
    """

    form: str
    label: str
    code: str | None
    kind: str
    score: float
    case_sensitive: bool = True
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Country:
    """A state or territory of ISO 3166-1, or Kosovo."""

    code: str
    name: str
    official: str
    aliases: tuple[str, ...]
    adjectives: tuple[str, ...]
    capitals: tuple[str, ...]
    metonym_capitals: tuple[str, ...]
    metonyms: tuple[str, ...]
    ambiguous: frozenset[str]
    currency: str | None


@dataclass(frozen=True, slots=True)
class Bloc:
    """A bloc or international organisation with a code of its own; `members` only where it is a set of states."""

    code: str
    name: str
    aliases: tuple[str, ...]
    adjectives: tuple[str, ...]
    metonyms: tuple[str, ...]
    members: tuple[str, ...]
    ambiguous: frozenset[str]
    kind: str


@dataclass(frozen=True, slots=True)
class FundEntry:
    """A fund or development bank that a public list names."""

    name: str
    aliases: tuple[str, ...]
    country: str | None
    fund_type: str


@cache
def load(name: str) -> dict[str, Any]:
    """The data file `name`.json as it is. Raises `FileNotFoundError` where there is none."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def fold(text: str) -> str:
    """Case, accents, dots and typographic apostrophes away: "U.S." → "us", "Côte d’Ivoire" → "cote d'ivoire"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.replace(".", "").replace("’", "'").casefold()


@cache
def countries() -> dict[str, Country]:
    """Code → country."""
    return {
        c["code"]: Country(
            code=c["code"],
            name=c["name"],
            official=c.get("official", c["name"]),
            aliases=tuple(c["aliases"]),
            adjectives=tuple(c["adjectives"]),
            capitals=tuple(c["capitals"]),
            metonym_capitals=tuple(c["metonym_capitals"]),
            metonyms=tuple(c["metonyms"]),
            ambiguous=frozenset(c.get("ambiguous", ())),
            currency=c["currency"],
        )
        for c in load("countries")["countries"]
    }


@cache
def blocs() -> dict[str, Bloc]:
    """Code → bloc."""
    return {
        b["code"]: Bloc(
            code=b["code"],
            name=b["name"],
            aliases=tuple(b["aliases"]),
            adjectives=tuple(b["adjectives"]),
            metonyms=tuple(b["metonyms"]),
            members=tuple(b["members"]),
            ambiguous=frozenset(b["ambiguous"]),
            kind=b["kind"],
        )
        for b in load("blocs")["blocs"]
    }


@cache
def funds() -> tuple[FundEntry, ...]:
    """The funds and development banks that public lists name."""
    return tuple(FundEntry(f["name"], tuple(f["aliases"]), f["country"], f["type"]) for f in load("funds")["funds"])


def country_name(code: str) -> str:
    """The usual name of a code; the code itself where it is none of ours."""
    if code in countries():
        return countries()[code].name
    return blocs()[code].name if code in blocs() else code


def members(code: str) -> tuple[str, ...]:
    """The states of a bloc; nothing for a state."""
    return blocs()[code].members if code in blocs() else ()


@cache
def surfaces() -> tuple[Surface, ...]:
    """Every form that a text may be matched against, each once per label and code; longest match is the caller's."""
    found: dict[tuple[str, str, str | None], Surface] = {}
    for surface in (*_country_surfaces(), *_bloc_surfaces(), *_body_surfaces(), *_fund_surfaces()):
        for form in dict.fromkeys((surface.form, surface.form.replace("'", "’"))):
            key = (form, surface.label, surface.code)
            if key not in found:
                found[key] = Surface(form, surface.label, surface.code, surface.kind, surface.score, True, surface.ambiguous)
            upper = form.upper()
            if len(form) > 4 and upper != form:  # headlines and wire copy in capitals
                found.setdefault(
                    (upper, surface.label, surface.code),
                    Surface(upper, surface.label, surface.code, surface.kind, surface.score - 0.03, True, surface.ambiguous),
                )
    return tuple(found.values())


def _country_surfaces() -> Iterator[Surface]:
    for c in countries().values():
        for kind, label, forms, score in (
            ("name", "COUNTRY", (c.name, c.official, *c.aliases), 0.97),
            ("adjective", "NORP", c.adjectives, 0.95),
            ("capital", "PLACE", c.capitals, 0.8),
            ("metonym", "PUBLIC_BODY", c.metonyms, 0.8),
        ):
            for form in forms:
                ambiguous = form in c.ambiguous
                bare = form.removeprefix("the ").removeprefix("The ")
                yield Surface(bare, label, c.code, kind, 0.5 if ambiguous else score, True, ambiguous)


_BLOC_LABELS = {"agency": "PUBLIC_BODY", "bank": "FUND"}


def _bloc_surfaces() -> Iterator[Surface]:
    for b in blocs().values():
        label = _BLOC_LABELS.get(b.kind, "BLOC")
        for form in (b.name, *b.aliases):
            ambiguous = form in b.ambiguous
            if form.lower() == "the bloc":
                continue
            # "AU", "EC" and the like are states or committees elsewhere; a form of the bloc's own name is safe.
            shared = ambiguous or (form in countries() and form != b.code) or form in ("AU", "IDA")
            yield Surface(form.removeprefix("the "), label, b.code, "name", 0.55 if shared else 0.96, True, shared)
        for form in b.adjectives:
            yield Surface(form, "NORP", b.code, "adjective", 0.5 if form in b.ambiguous else 0.9, True, form in b.ambiguous)
        for form in b.metonyms:
            capital = form == "Brussels"
            yield Surface(
                form, "PLACE" if capital else "PUBLIC_BODY", b.code, "metonym", 0.6 if capital else 0.93, True, form in b.ambiguous
            )


def _body_surfaces() -> Iterator[Surface]:
    data = load("public_bodies")
    for body in data["bodies"]:
        for form in (body["name"], *body["aliases"]):
            ambiguous = form in data["ambiguous"]
            yield Surface(form, "PUBLIC_BODY", body["country"], "body", 0.7 if ambiguous else 0.92, True, ambiguous)


def _fund_surfaces() -> Iterator[Surface]:
    ambiguous_forms = set(load("funds")["ambiguous"])
    taken = {form for b in blocs().values() for form in (b.code, b.name, *b.aliases)}
    for fund in funds():
        for form in (fund.name, *fund.aliases):
            if form in taken and len(form) < 6:
                continue
            ambiguous = form in ambiguous_forms
            yield Surface(form, "FUND", fund.country, "fund", 0.45 if ambiguous else 0.97, True, ambiguous)


@cache
def codes_by_form() -> dict[str, Surface]:
    """Exact written form → the state or bloc it names by name, adjective, capital as metonym or metonym; the surest wins."""
    best: dict[str, Surface] = {}
    for surface in surfaces():
        if surface.kind not in ("name", "adjective", "capital", "metonym"):
            continue
        held = best.get(surface.form)
        if held is None or surface.score > held.score:
            best[surface.form] = surface
    return best


def code_of(form: str) -> str | None:
    """The state or bloc that a written form names ("Japan", "Japanese", "EU", "the Netherlands"), else None."""
    form = re.sub(r"['’]s?$", "", form.strip()).removeprefix("the ").removeprefix("The ")
    surface = codes_by_form().get(form) or codes_by_form().get(form.title() if form.isupper() and len(form) > 4 else form)
    return surface.code if surface else None


@cache
def _code_pattern() -> re.Pattern[str]:
    """Every unambiguous name and adjective, the longest first; by first letter, so that few are tried where a word begins."""
    by_letter: dict[str, list[str]] = {}
    for form in sorted(codes_by_form(), key=len, reverse=True):
        surface = codes_by_form()[form]
        if surface.kind in ("name", "adjective") and not surface.ambiguous:
            by_letter.setdefault(form[0], []).append(re.escape(form[1:]))
    letters = "|".join(f"{re.escape(letter)}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())
    # "New Mexico" and "New Jersey" only bear the name of a state; "New Zealand" begins with its "New".
    return re.compile(rf"(?<![\w.])(?<!New )(?<!NEW )(?=[{re.escape(''.join(by_letter))}])(?:{letters})(?!\w)")


def codes_in(text: str) -> list[str]:
    """The states and blocs that a short text (a title, a name) names or has as an adjective, in order, each once."""
    found = dict.fromkeys(codes_by_form()[m.group()].code for m in _code_pattern().finditer(text))
    return [code for code in found if code]


@cache
def _honorifics() -> frozenset[str]:
    return frozenset(fold(h) for h in load("offices")["honorifics"])


def is_honorific(word: str) -> bool:
    """Is the word a form of address ("Mr.", "Sheikh", "H.E.") that is no part of the name?"""
    return fold(word) in _honorifics()


@cache
def _legal() -> tuple[frozenset[str], frozenset[str], tuple[tuple[str, ...], ...]]:
    data = load("legal_forms")
    squeeze = lambda form: tuple(re.sub(r"[^\w&/]", "", w) for w in fold(form).split())  # noqa: E731
    phrases = sorted({squeeze(p) for p in data["phrases"]}, key=len, reverse=True)
    return frozenset(s for f in data["strong"] for s in squeeze(f)), frozenset(s for f in data["weak"] for s in squeeze(f)), tuple(phrases)


def is_legal_form(word: str) -> bool:
    """Is a single word a company's legal form and nothing else ("Inc.", "GmbH", "Oyj")? It must be capitalised."""
    return word[:1].isupper() and re.sub(r"[^\w&/]", "", fold(word)) in _legal()[0]


@lru_cache(65_536)
def strip_legal_form(name: str) -> str:
    """A firm's name without the legal forms at its end: "Sony Group Corporation" → "Sony", "Mitsui & Co., Ltd." → "Mitsui"."""
    strong, weak, phrases = _legal()
    words = name.replace(",", " ").split()
    changed = True
    while changed and len(words) > 1:
        changed = False
        keys = [re.sub(r"[^\w&/]", "", fold(w)) for w in words]
        for phrase in phrases:
            if 0 < len(phrase) < len(words) and tuple(keys[-len(phrase) :]) == phrase:
                del words[-len(phrase) :]
                changed = True
                break
        else:
            if keys[-1] in strong or keys[-1] in weak or words[-1] == "&":
                words.pop()
                changed = True
    return " ".join(words)


def has_legal_form(name: str) -> bool:
    """Does a name end in a company's legal form, weak ones ("Group", "Holdings") included?"""
    return strip_legal_form(name) != " ".join(name.replace(",", " ").split())


@lru_cache(20_000)
def name_key(name: str) -> tuple[str, ...]:
    """The words that tell an organisation apart: folded, without article, legal form and possessive."""
    name = re.sub(r"['’]s$", "", name.strip())
    words = re.findall(r"[\w&+]+(?:['-]\w+)*", fold(strip_legal_form(name)))
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return tuple(words)


@cache
def _generic() -> frozenset[str]:
    data = load("public_bodies")
    words = {*data["heads"], *data["organisation_heads"], *load("funds")["heads"]}
    words |= {w for terms in load("portfolios")["portfolios"].values() for t in terms for w in t.split()}
    words |= {fold(form) for c in countries().values() for form in (c.name, *c.adjectives)}
    words.update(load("offices")["generic_words"])
    return frozenset(words)


def is_generic(word: str) -> bool:
    """Is a (folded) word too common to stand alone for a longer name: "national", "bank", "European"?"""
    return word in _generic()


@cache
def _firm_names() -> frozenset[str]:
    return frozenset(load("firms")["names"])


def is_known_firm(name: str) -> bool:
    """Does the list of firms hold the name, with or without its legal form?"""
    return " ".join(name_key(name)) in _firm_names() or fold(name) in _firm_names()


@cache
def firm_cues() -> frozenset[str]:
    """Nouns that stand before a firm's name ("chipmaker TSMC", "the automaker Kia"), lower case."""
    return frozenset(load("offices")["firm_cues"])


@cache
def _fund_heads() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Heads of several words by their last word."""
    heads = sorted(tuple(h.split()) for h in load("funds")["heads"] if " " in h or "-" in h)
    return {last: tuple(h for h in heads if h[-1] == last) for last in {h[-1] for h in heads}}


def is_fund_head(words: Any, index: int) -> bool:
    """Does a head of several words of a fund's name ("Investment Authority", "Export Credit Agency") end at `index`?

    `words` is a sequence of tokens (with `.lower_`) or strings.
    """
    last = words[index]
    heads = _fund_heads().get(str(getattr(last, "lower_", last)).lower())
    if not heads:
        return False
    joined = tuple(str(getattr(w, "lower_", w)).lower() for w in words[max(0, index - 4) : index + 1])
    return any(len(joined) >= len(h) > 1 and joined[-len(h) :] == h for h in heads)


@cache
def _fund_words() -> frozenset[str]:
    return frozenset(load("funds")["name_words"])


def sounds_like_fund(name: str) -> bool:
    """Does a name hold a word that funds and development banks are named by ("… Capital", "Banque de …", "… Facility")?"""
    return any(word in _fund_words() for word in re.findall(r"[^\W\d_]+", fold(name)))


@cache
def _funds_by_key() -> dict[tuple[str, ...], FundEntry]:
    return {name_key(form): fund for fund in funds() for form in (*fund.aliases, fund.name)}


def fund_type(name: str) -> str:
    """The type of a fund (`nlp.records.FUND_TYPES`): from the lists where they name it, else by the words of its name."""
    entry = _funds_by_key().get(name_key(name))
    if entry:
        return entry.fund_type
    text = f" {fold(name)} "
    for kind, words in load("funds")["type_words"].items():
        if any(w in text for w in words):
            return str(kind)
    return "development" if " bank" in text else "other"


@dataclass(frozen=True, slots=True)
class _Media:
    names: dict[tuple[str, ...], str]
    domains: dict[str, str]


@cache
def _media() -> _Media:
    names: dict[tuple[str, ...], str] = {}
    domains: dict[str, str] = {}
    for entry in load("media")["media"]:
        for form in (entry["name"], *entry["aliases"]):
            if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", form) and form.islower():
                domains[form] = entry["country"]
            else:
                names[name_key(form)] = entry["country"]
        domains[entry["domain"]] = entry["country"]
    return _Media(names, domains)


def is_media(name: str) -> bool:
    """Is the name, or the web host, that of a news agency, paper or broadcaster?"""
    return name_key(name) in _media().names or name.lower().removeprefix("www.") in _media().domains


_TOP_LEVEL = {"uk": "GB", "gov": "US", "mil": "US", "eu": "EU", "su": "RU"}
_GENERIC_TLD = {"com", "org", "net", "info", "int", "io", "co", "tv", "ai", "me", "fm", "news", "edu"}


@cache
def _body_countries() -> dict[tuple[str, ...], str]:
    return {name_key(f): b["country"] for b in load("public_bodies")["bodies"] for f in (b["name"], *b["aliases"])}


@lru_cache(1024)
def publisher_country(publisher: str | None, url: str | None) -> str | None:
    """The state (or bloc) of a publication: by its host, its name in the list of media, or the country its name begins with."""
    host = (urlsplit(url).hostname or "") if url else ""
    if not host and publisher and re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", publisher):
        host = publisher.lower()
    if host:
        parts = host.split(".")
        hosts = load("public_bodies")["hosts"]
        for i in range(len(parts) - 1):
            tail = ".".join(parts[i:])
            code = hosts.get(tail) or _media().domains.get(tail)
            if code:
                return code
        top = parts[-1]
        code = _TOP_LEVEL.get(top) or (top.upper() if top.upper() in countries() and top not in _GENERIC_TLD else None)
        if code:
            return code
    if publisher:
        known = _media().names.get(name_key(publisher))
        if known:
            return known
        body = _body_countries().get(name_key(publisher))
        if body:
            return str(body)
        return _named_in_publisher(publisher)
    return None


_PART = re.compile(r"[,;:|/–—]| - ")
_SHARED_SEATS = frozenset({"chancellery", "westminster", "parliament house", "number 10", "no 10"})


def _named_in_publisher(publisher: str) -> str | None:
    """The state in a publisher's name: named, by the town behind a comma, by words that only one state has, by a capital within."""
    first, *others = _PART.split(publisher)
    for text in (first, publisher):
        named = codes_in(text)
        if named:
            return named[0]
    for part in others:  # "Department of Trade, Suva"
        if code := _towns().get(_spaced(part)):
            return code
    words = f" {_spaced(publisher)} "
    for phrases in _publisher_words():
        hits = [(words.index(f" {phrase} "), -len(phrase), code) for phrase, code in phrases.items() if f" {phrase} " in words]
        if hits:
            return min(hits)[2]
    return None


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


@cache
def _publisher_words() -> tuple[dict[str, str], ...]:
    """Folded words → code, the surest first: words of one state alone, its names that are also other words, its capital."""
    own = {
        _spaced(form): f["country"]
        for f in load("funds")["funds"]
        if f.get("country")
        for form in (f["name"], *f["aliases"])
        if " " in form
    }
    own |= {_spaced(phrase): code for code, phrases in load("public_bodies")["publishers"].items() for phrase in phrases}
    own |= {_spaced(m): c.code for c in countries().values() for m in c.metonyms if _spaced(m) not in _SHARED_SEATS}
    names = {_spaced(name): c.code for c in countries().values() for name in (c.name, *c.aliases) if len(name) > _SHORTEST_NAME}
    capitals = {_spaced(s.form): s.code for s in surfaces() if s.kind == "capital" and s.code and not s.ambiguous}
    return own, names, capitals


_SHORTEST_NAME = 3


@cache
def _towns() -> dict[str, str]:
    capitals = {_spaced(capital): c.code for c in countries().values() for capital in c.capitals}
    return {_spaced(place): code for code, places in load("places")["places"].items() for place in places} | capitals


@cache
def _given() -> dict[str, str]:
    data = load("given_names")
    table = {fold(n): "u" for n in data["unisex"]}
    table.update({fold(n): "m" for n in data["male"]})
    table.update({fold(n): "f" for n in data["female"]})
    return table


def is_given_name(word: str) -> bool:
    """Is a word a common given name of some tradition?"""
    return fold(word) in _given()


def given_name_gender(words: Iterable[str]) -> str | None:
    """ "m" or "f" by the first word of a name that the list knows as a given name of one gender; None where it does not."""
    for word in words:
        gender = _given().get(fold(word))
        if gender in ("m", "f"):
            return gender
    return None


@cache
def _traditions() -> tuple[dict[str, frozenset[str]], tuple[tuple[str, frozenset[str]], ...]]:
    names: dict[str, set[str]] = {}
    endings: list[tuple[str, frozenset[str]]] = []
    for entry in load("name_traditions")["traditions"]:
        for word in entry["names"]:
            names.setdefault(fold(word), set()).update(entry["countries"])
        endings += [(fold(ending), frozenset(entry["countries"])) for ending in entry["endings"]]
    endings.sort(key=lambda pair: -len(pair[0]))
    return {word: frozenset(codes) for word, codes in names.items()}, tuple(endings)


def name_states(name: str) -> frozenset[str]:
    """The states where the name's words are common; empty where no list knows them. A hint between candidates, no evidence."""
    known, endings = _traditions()
    votes: dict[str, float] = {}
    for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", fold(name)):
        codes = known.get(word) or next((c for piece in word.split("-") if len(piece) > 2 and (c := known.get(piece))), None)
        weight = 1.0
        if codes is None:
            codes = next((c for ending, c in endings if len(word) > len(ending) + 2 and word.endswith(ending)), None)
            weight = 0.6
        for code in codes or ():
            votes[code] = votes.get(code, 0) + weight
    best = max(votes.values(), default=0)
    return frozenset(code for code, vote in votes.items() if vote == best)


def code_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end (code points) and code of each name or adjective of a state or bloc in a text."""
    forms = codes_by_form()
    for match in _code_pattern().finditer(text):
        code = forms[match.group()].code
        if code:
            yield match.start(), match.end(), code


def is_group(code: str) -> bool:
    """A bloc that is a format of cooperation without legal person of its own (the Quad, AUKUS)."""
    return code in blocs() and blocs()[code].kind == "group"
