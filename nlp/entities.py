"""Which spans of a document are entities, and of which label: model spans, lexicons and head words, arbitrated.

Every source proposes `Candidate`s; `arbitrate` keeps the best of those that overlap; `vote` makes the document agree with itself.
Which source is trusted for which label is ARCHITECTURE.md's decision 3: the model for people, places and dates, rules and lexicons
for offices, funds, public bodies, blocs, money and instruments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span

from nlp import capitals, columns, dates, fund_names, lexicons, money, names, office_names, office_words, offices
from nlp.alias_vote import GENERATIONS, vote
from nlp.arbitration import SURE, Candidate, arbitrate, settle

_STOCK = {"PERSON": "PERSON", "NORP": "NORP", "GPE": "PLACE", "LOC": "PLACE", "FAC": "PLACE", "ORG": "ORG", "DATE": "DATE"}

_OWN_SCORES = {
    "PERSON": 0.86,
    "FIRM": 0.85,
    "COUNTRY": 0.7,
    "PLACE": 0.78,
    "DATE": 0.8,
    "NORP": 0.75,
    "OFFICE": 0.8,
    "FUND": 0.74,
    "PUBLIC_BODY": 0.85,
    "BLOC": 0.6,
    "ORG": 0.7,
    "AGREEMENT": 0.74,
}

# The model's spans of these labels count only with lexical evidence (decision 3).
_EVIDENCED = frozenset({"PUBLIC_BODY", "AGREEMENT", "BLOC", "OFFICE"})

_DETERMINERS = frozenset({"the", "this", "that", "these", "those", "a", "an", "its", "their", "our"})
_INSTRUMENT_LINKS = frozenset({"of", "for", "on", "against", "between", "among"})

_BODY_HEADS = ("council", "committee", "commission", "group", "board", "association")
_PERCENT = re.compile(
    r"(?<![\w.,])\d+(?:[.,]\d+)*(?:\s?[-–]\s?\d+(?:[.,]\d+)?)?(?:\s?%|[ -](?:per ?cent|percent|pct|percentage points?)\b)", re.I
)


_matchers: dict[int, tuple[PhraseMatcher, PhraseMatcher, dict[str, tuple[str, str, float]]]] = {}


_IN_ADDRESSES = frozenset("\\_@=%#")
_PARTNERSHIPS = frozenset({"llp", "l.l.p."})
_WATERS = (["gulf"], ["sea"], ["strait"], ["straits"], ["bay"], ["bight"])
_GOVERNING = frozenset({"administration", "ministry", "department", "committee", "commission"})
_ALSO_DISTRICTS = frozenset({"Georgia"})  # the only state that shares its name with a state of the United States
_CAPITALISED = columns.Kind(lambda word: word[:1].isupper())


def prepare(language: Language) -> None:
    """Build the matchers over lexicon names for a pipeline's vocabulary (0.3 s)."""
    exact = PhraseMatcher(language.vocab, attr="ORTH")
    folded = PhraseMatcher(language.vocab, attr="LOWER")
    facts: dict[str, tuple[str, str, float]] = {}
    for surface in lexicons.surfaces():
        # A name inside a longer name ("EU-Japan Partnership") must lose to it: the length bonus of `arbitrate` decides between equals.
        score = round(0.92 * surface.score, 3)
        key = f"{surface.label}|{surface.code}|{score}"
        facts[key] = (surface.label, surface.code or "", score)
        (exact if surface.case_sensitive else folded).add(key, [language.make_doc(surface.form)])
    for region in lexicons.load("heads")["regions"]:
        facts["PLACE||0.9"] = ("PLACE", "", 0.9)
        exact.add("PLACE||0.9", [language.make_doc(region)])
    _matchers[id(language.vocab)] = (exact, folded, facts)


def recognise(doc: Doc, *, own_ner: bool = False) -> Doc:
    """Set `doc.ents` to the arbitrated entities, labels of RECORDS.md, codes as `kb_id`; leaves the money found on `doc._.money`.

    `own_ner` tells whose labels the model's spans carry: the project's or the base model's.
    """
    country = lexicons.publisher_country(doc._.source.publisher, doc._.source.url) if doc._.source else None
    text = doc.text  # made anew at each call
    found = money.find_amounts(text, money.Places(publisher=country))
    doc._.money = found
    rules: list[Candidate] = []
    rules += _char_spans(doc, ((m.start, m.end) for m in found), "MONEY", 1.0)
    rules += _char_spans(doc, ((m.start(), m.end()) for m in _PERCENT.finditer(text)), "PERCENT", 0.99)
    rules += _titles(doc, text)
    rules += _char_spans(doc, ((d.start, d.end) for d in dates.find_dates(text)), "DATE", 0.9)
    rules += _lexical(doc)
    rules += _named_by_head(doc, firms=not own_ner)
    spans = arbitrate(doc, settle(_own(doc, text), rules) if own_ner else [*rules, *_stock(doc)])
    doc.ents = vote(doc, [_with_generation(doc, span) for span in spans if span.text.lower() not in GENERATIONS])
    return doc


def _with_generation(doc: Doc, span: Span) -> Span:
    """A person's name with the "Jr." behind it: "Joseph R. Lindqvist[, Jr.]"."""
    if span.label_ != "PERSON":
        return span
    last = span.end + 1 if span.end < len(doc) and doc[span.end].text == "," else span.end
    if last < len(doc) and doc[last].lower_ in GENERATIONS:
        return Span(doc, span.start, last + 1, label=span.label, kb_id=span.kb_id)
    return span


def _char_spans(doc: Doc, spans: Iterable[tuple[int, int]], label: str, score: float) -> Iterator[Candidate]:
    for start, end in spans:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is not None:
            yield Candidate(span.start, span.end, label, score)


def _titles(doc: Doc, text: str) -> Iterator[Candidate]:
    """Titles of office, and the names behind them: "President von der Leyen" is a person whatever the model thinks."""
    titles = offices.find_offices(text)
    people = office_names.find_named(text, titles)
    before_name = {title.start for title in titles if any(0 <= start - title.end <= 8 for start, _ in people)}
    for title in titles:
        # No instrument or body takes in a title that a name follows.
        yield from _char_spans(doc, [(title.start, title.end)], "OFFICE", 1.1 if title.start in before_name else 0.93)
    yield from _char_spans(doc, people, "PERSON", 0.87)


def _lexical(doc: Doc) -> Iterator[Candidate]:
    exact, folded, facts = _matchers[id(doc.vocab)]
    strings = doc.vocab.strings
    for matcher in (exact, folded):
        for key, start, end in matcher(doc):
            label, code, score = facts[strings[key]]
            if not names.is_name_token(doc[start]) and label != "NORP":
                continue
            if label == "COUNTRY" and _is_called_after(doc, start):
                continue
            if code and label == "NORP" and names.is_native_people(doc.text, doc[start].idx, doc[end - 1].idx + len(doc[end - 1])):
                code = ""
            yield Candidate(start, end, label, score, code)


def _is_called_after(doc: Doc, start: int) -> bool:
    """Is it a place that only bears a country's name: "New [Mexico]", "Sea of [Japan]"? "New Zealand" begins with its "New"."""
    before = [token.lower_ for token in doc[max(0, start - 3) : start] if not token.is_space]
    if before[-1:] == ["new"]:
        return doc[start - 1].text in ("New", "NEW") and doc[start].text[0].isupper()
    return before[-1:] == ["of"] and before[-2:-1] in _WATERS


def _named_by_head(doc: Doc, *, firms: bool) -> Iterator[Candidate]:
    """Bodies, funds, instruments and firms with a legal form by their head words; with `firms` also by trades ("… Motors")."""
    tables = names.heads()
    for i in names.NAMES.places(doc):
        token = doc[i]
        found = names.head_at(doc, i, tables["instrument"])
        if found:
            yield from _instrument(doc, i, *found)
        found = names.head_at(doc, i, tables["public_body"])
        if found:
            yield from _body(doc, i, found[1], "PUBLIC_BODY", 0.82)
        found = names.head_at(doc, i, tables["organisation"])
        if found:
            yield from _body(doc, i, found[1], "ORG", 0.8)
        yield from fund_names.named_by_head(doc, i)
        if lexicons.is_legal_form(token.text):
            yield from _firm(doc, i, 0.92)
        elif firms and token.lower_ in tables["firm"]:
            yield from _firm(doc, i, 0.62)


def _instrument(doc: Doc, i: int, head: str, width: int) -> Iterator[Candidate]:
    first = i - width + 1
    start = names.grow_left(doc, first, parentheses=True)
    body = head in _BODY_HEADS
    end = names.grow_right(doc, i + 1, links=_INSTRUMENT_LINKS if body else _INSTRUMENT_LINKS | {"to"})
    while end > i + 1 and (dates.is_date(doc[end - 1].text) or doc[end - 1].text in _INSTRUMENT_LINKS):  # "… Summit on January 9"
        end -= 1
    if end - start <= width:
        return
    weak = head in names.heads()["weak_instrument"]
    bilateral = names.heads()["bilateral"]
    modifiers = [doc[k].lower_ for k in range(start, first)]
    if weak and not (any(m in bilateral for m in modifiers) or "-" in modifiers or "–" in modifiers):
        if body:
            return
        # "UN Charter" is a name, "National Programme" none of ours.
        score = 0.86 if lexicons.code_of(doc[start].text) in lexicons.blocs() else 0.55
    elif body and len(lexicons.codes_in(doc[start:first].text)) == 1 and lexicons.code_of(doc[start].text) in lexicons.blocs():
        return  # the bloc's own organ: "UN Security Council"
    else:
        score = 0.88
    yield Candidate(start, end, "AGREEMENT", score)


def _body(doc: Doc, i: int, width: int, label: str, score: float) -> Iterator[Candidate]:
    start = names.grow_left(doc, i - width + 1)
    end = names.grow_right(doc, i + 1, links=frozenset({"of", "for", "on", "to"}))
    if end - start > width or doc[i].lower_ in ("treasury", "congress", "parliament", "senate", "knesset", "bundestag", "duma"):
        yield Candidate(start, end, label, score)


def _firm(doc: Doc, i: int, score: float) -> Iterator[Candidate]:
    start = names.grow_left(doc, i)
    if i - start >= 1:
        partners = _partners(doc, start) if doc[i].lower_ in _PARTNERSHIPS else start
        yield Candidate(partners, i + 1, "FIRM", score if partners == start else SURE)


def _partners(doc: Doc, start: int) -> int:
    """Where the list of partners begins that ends at a partnership's last name: "Reid, Priest and [Olson LLP]"."""
    first = start
    k = start - 1
    if k > 0 and doc[k].lower_ in ("and", "&"):
        k -= 1
        if doc[k].text == ",":
            k -= 1
        while k >= 0 and names.is_name_token(doc[k]):
            first = k
            if k < 2 or doc[k - 1].text != ",":
                break
            k -= 2
    return first


def _own(doc: Doc, text: str) -> Iterator[Candidate]:
    """Spans of the project's own recogniser, each label trusted as far as it was measured (decision 3)."""
    # Old wire copy may be in small letters throughout; elsewhere a name ends with a capitalised word.
    written_in_capitals = len(_CAPITALISED.places(doc)) * 30 > len(doc)
    openers = names.heads()["sentence_openers"]
    for span in doc.ents:
        score = _OWN_SCORES.get(span.label_)
        if score is None:
            continue
        start, end = span.start, span.end
        while end > start and doc[end - 1].text in ("'s", "’s", "’", "'", ",", "."):
            end -= 1
        # A word that only opens the sentence ("Later Halvorsen flew", "This Fund") is no part of a name.
        if end - start > 1 and (doc[start].lower_ in openers or doc[start].lower_ in _DETERMINERS):
            start += 1
        label = span.label_
        if label == "FIRM" and _form_behind_comma(doc, end):
            end += 2
        if label == "PERSON":  # "President Moon of the Republic of Korea"
            end = next((k for k in range(start + 1, end) if doc[k].lower_ == "of"), end)
        if start >= end or _in_address(text, doc[start].idx, doc[end - 1].idx + len(doc[end - 1])):
            continue
        if label == "FIRM":
            if capitals.is_code(doc, start, end) or capitals.opens_heading_with_gerund(doc, start, end):
                continue
            if _reads_as_town(doc, start, end):
                label = "PLACE"
            elif doc[end - 1].lower_ in _GOVERNING and end - start > 1:
                label = "PUBLIC_BODY"  # "Biden-Harris Administration"
        if label == "COUNTRY" and (_reads_as_district(doc, start, end) or _is_called_after(doc, start)):
            label = "PLACE"
        if label == "FUND" and not lexicons.sounds_like_fund(doc[start:end].text):
            label, score = "FIRM", 0.5  # as often one as the other
        if label in _EVIDENCED and not _has_head(doc, start, end, label):
            continue  # right in less than a third of the cases
        if label in ("FIRM", "ORG") and _reads_as_person(doc, start, end):
            label, score = "PERSON", 0.7
        if label in ("FIRM", "ORG", "PERSON") and not names.is_name_token(doc[end - 1]) and written_in_capitals:
            continue
        for a, b in _split(doc, start, end) if label in ("FIRM", "PERSON", "COUNTRY") else [(start, end)]:
            # "Niger" and "Georgia" are unsure as forms; where the model sees a country, the lexicon still tells which.
            code = lexicons.code_of(doc[a:b].text) if label in ("COUNTRY", "NORP", "BLOC") else None
            if label == "NORP" and names.is_native_people(text, doc[a].idx, doc[b - 1].idx + len(doc[b - 1])):
                code = None
            # The lexicon knows every state.
            yield Candidate(a, b, "PLACE" if label == "COUNTRY" and not code else label, score, code or "")


def _form_behind_comma(doc: Doc, end: int) -> bool:
    """Do a comma and a legal form that is no other word follow ("Bolt, Inc."; not "Bolt, AG Barr and Tarn")?"""
    form = doc[end + 1].text.strip(".") if end + 1 < len(doc) and doc[end].text == "," else ""
    return len(form) > 2 and lexicons.is_legal_form(form)


def _in_address(text: str, first: int, last: int) -> bool:
    """Are the characters [first, last) part of a web address, file path or account name ("social.example/GovRuiz/status")?"""
    while first and not text[first - 1].isspace():
        first -= 1
    while last < len(text) and not text[last].isspace():
        last += 1
    chunk = text[first:last]
    return not _IN_ADDRESSES.isdisjoint(chunk) or chunk.count("/") > 1


def _reads_as_town(doc: Doc, start: int, end: int) -> bool:
    """Does it stand behind "in" or "near" and before a comma and a place ("in De Graaf, Kansas")?"""
    return (
        start > 0
        and doc[start - 1].lower_ in ("in", "near", "outside")
        and end + 1 < len(doc)
        and doc[end].text == ","
        and doc[end + 1].ent_type_ in ("PLACE", "COUNTRY")
    )


def _reads_as_district(doc: Doc, start: int, end: int) -> bool:
    """Is a name that a state and a district share ("Georgia") behind a town and a comma ("Macon, Georgia")?"""
    return (
        doc[start:end].text in _ALSO_DISTRICTS
        and start > 1
        and doc[start - 1].text == ","
        and names.is_name_token(doc[start - 2])
        and lexicons.code_of(doc[start - 2].text) is None
    )


def _reads_as_person(doc: Doc, start: int, end: int) -> bool:
    """Two to four capitalised words that begin with a given name, without anything that firms' names have."""
    words = [doc[k].text for k in range(start, end)]
    if not 2 <= len(words) <= 4 or not all(w[:1].isupper() and w.isalpha() for w in words):
        return False
    tables = names.heads()
    last = words[-1].lower()
    if (
        lexicons.has_legal_form(" ".join(words))
        or last in tables["firm"]
        or last in tables["organisation"]
        or last in tables["public_body"]
    ):
        return False
    return lexicons.is_given_name(words[0]) and not lexicons.is_known_firm(" ".join(words))


def _split(doc: Doc, start: int, end: int) -> list[tuple[int, int]]:
    """Two names that the model joined ("Delta Works and Evergo"), one each; "&" and listed names stay whole."""
    if any(doc[k].text == "&" for k in range(start, end)):  # "Reid, Priest & Olson"
        return [(start, end)]
    for k in range(start + 1, end - 1):
        if lexicons.is_legal_form(doc[k + 1].text.strip(".")):  # "Girls, Inc."
            continue
        if doc[k].lower_ in ("and", ",") and names.is_name_token(doc[k + 1]) and not lexicons.is_known_firm(doc[start:end].text):
            first = [(start, k)]
            after = k + 2 if doc[k + 1].lower_ == "and" else k + 1
            return first + _split(doc, after, end)
    return [(start, end)]


def _has_head(doc: Doc, start: int, end: int, label: str) -> bool:
    """Does a word of the span belong to the heads that names of its label have?"""
    tables = names.heads()
    words = {doc[k].lower_ for k in range(start, end)}
    if label == "PUBLIC_BODY":
        return any(w in tables["public_body"] for w in words)
    if label == "AGREEMENT":
        return any(w in tables["instrument"] for w in words)
    return label == "OFFICE" and office_words.title_head(doc[start:end].text) is not None


def _stock(doc: Doc) -> Iterator[Candidate]:
    """The model's spans under our labels, cleaned of titles, articles and possessives."""
    for span in doc.ents:
        label = _STOCK.get(span.label_)
        if label is None:
            continue
        start, end = span.start, span.end
        while start < end and (doc[start].lower_ in ("the", "a", "an") or lexicons.is_honorific(doc[start].text)):
            start += 1
        while end > start and doc[end - 1].text in ("'s", "’s", "’", "'", ",", ".", "-"):
            end -= 1
        if start >= end or any("\n" in doc[k].text for k in range(start, end)):
            continue
        if label == "PERSON":
            if not names.is_name_token(doc[start]) or any(t.like_num for t in doc[start:end]):
                continue
            yield Candidate(start, end, label, 0.72)
        elif label == "ORG":
            yield Candidate(start, end, *_organisation(doc, start, end))
        elif label == "DATE":
            if dates.is_date(doc[start:end].text):
                yield Candidate(start, end, label, 0.7)
        elif label == "NORP" or names.is_name_token(doc[start]):
            yield Candidate(start, end, label, 0.6)


def _organisation(doc: Doc, start: int, end: int) -> tuple[str, float]:
    """FIRM or ORG for a span that the model calls an organisation and no head word claims."""
    name = doc[start:end].text
    if lexicons.is_known_firm(name) or lexicons.is_legal_form(doc[end - 1].text):
        return "FIRM", 0.75
    before = {doc[k].lower_ for k in range(max(0, start - 2), start)}
    after = {doc[k].lower_ for k in range(end, min(len(doc), end + 3))}
    if before & lexicons.firm_cues() or after & {"shares", "stock", "plc", "shareholders", "ceo", "subsidiary"}:
        return "FIRM", 0.7
    if name.isupper() and len(name) <= 6:
        return "ORG", 0.45
    return "FIRM", 0.5
