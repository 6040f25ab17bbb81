"""How a document agrees with itself: a surname follows its full name, an acronym its long form, a name its most frequent label."""

from __future__ import annotations

from collections import Counter, defaultdict

from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from nlp import capitals, names
from nlp.references import fold, initials

GENERATIONS = frozenset({"jr", "jr.", "sr", "sr."})


def vote(doc: Doc, spans: list[Span]) -> list[Span]:
    """Let the document decide: a surname follows its full name, an acronym its long form, a repeated name its most frequent label."""
    told = _told_names(doc, spans)
    spans = [_within_heading(doc, span, told) for span in spans]
    decided: dict[str, tuple[str, str]] = {}
    people: set[str] = set()  # full names, and the given names that they begin with
    for span in spans:
        if span.label_ == "PERSON" and len(span) > 1:
            # "Al-Rawahi" and "van der Zwan" are one surname, and more than one token
            words = [word.rstrip(",") for word in span.text.split() if word.lower() not in GENERATIONS]
            for k in range(1, len(words)):
                decided.setdefault(fold(" ".join(words[k:])), ("PERSON", ""))
            if span[-1].lower_ not in GENERATIONS:
                decided.setdefault(fold(span[-1].text), ("PERSON", ""))
            people |= {fold(span.text), fold(span[0].text)}
    for span in spans:
        acronym = names.acronym_after(doc, span.end)
        if (
            acronym is not None
            and span.label_ in ("FIRM", "FUND", "PUBLIC_BODY", "ORG", "BLOC", "AGREEMENT")
            and _abbreviates(doc[acronym].text, span.text)
        ):
            decided[fold(doc[acronym].text)] = (span.label_, span.kb_id_)
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for span in spans:
        if span.label_ in ("FIRM", "ORG", "PERSON", "PLACE"):
            counts[fold(span.text)][(span.label_, span.kb_id_)] += 1
    revised: list[Span] = []
    taken: set[int] = set()
    ordinary = capitals.ordinary_words(doc, [span for span in spans if span.label_ == "FIRM" and not span.kb_id_])
    defined = capitals.defined_acronyms(doc)
    covered = {i for span in spans for i in range(span.start, span.end)}
    for span in spans:
        if (span.start, span.end) in ordinary or _stands_for_no_name(span.text, defined, doc, covered):
            continue
        if span.label_ == "FIRM" and span.text.rstrip("s") in defined and fold(span.text) not in decided:
            continue  # short for something that is no name of a firm: a programme, a kind of thing
        key = fold(span.text)
        label, code = span.label_, span.kb_id_
        no_state = label == "COUNTRY" and not code  # the lexicon knows every state
        if key in decided and (no_state or label in ("FIRM", "ORG", "PERSON", "PLACE", "PUBLIC_BODY", "AGREEMENT", "FUND")):
            label, code = decided[key]
        elif key in people and not code and (no_state or label in ("FIRM", "ORG", "PLACE", "PERSON")):
            label = "PERSON"
        elif key in counts and label in ("FIRM", "ORG", "PERSON"):
            (label, code), _ = counts[key].most_common(1)[0]
        revised.append(Span(doc, span.start, span.end, label=label, kb_id=code))
        taken.update(range(span.start, span.end))
    # Mentions that no source proposed, of names the document has introduced.
    for i in names.NAMES.places(doc) if decided else ():
        word = doc[i].text
        if i not in taken and len(word) > 2 and (found := decided.get(fold(word))):
            revised.append(Span(doc, i, i + 1, label=found[0], kb_id=found[1]))
    return filter_spans(revised)


def _told_names(doc: Doc, spans: list[Span]) -> tuple[set[int], set[str]]:
    """The tokens inside headings, and the words that people are called by outside them."""
    inside = capitals.within_headings(doc)
    return inside, {fold(token.text) for span in spans if span.label_ == "PERSON" and span.start not in inside for token in span}


def _within_heading(doc: Doc, span: Span, told: tuple[set[int], set[str]]) -> Span:
    """A person's name in a heading without the word of English behind it that no name outside has: "[Lund] Asks", "[Ost] Statement"."""
    inside, words = told
    end = span.end
    if span.label_ == "PERSON" and span.start in inside:
        while end - span.start > 1 and fold(doc[end - 1].text) not in words and capitals.is_word(doc, doc[end - 1].lower_):
            end -= 1
        if fold(doc[end - 1].text) not in words:
            return span
    return span if end == span.end else Span(doc, span.start, end, label=span.label, kb_id=span.kb_id)


def _stands_for_no_name(text: str, defined: dict[str, int], doc: Doc, covered: set[int]) -> bool:
    """Is it short for words in small letters ("electric vehicles (EVs)")? Neither the acronym nor its plural is a name then."""
    place = defined.get(text.rstrip("s"))
    return place is not None and place not in covered and doc[place].is_lower


def _abbreviates(acronym: str, name: str) -> bool:
    letters = fold(acronym).rstrip("s")
    return bool(letters) and (letters in (initials(name), initials(name)[: len(letters)]) or _in_order(letters, fold(name)))


def _in_order(letters: str, text: str) -> bool:
    """Do the letters occur in the text in this order, beginning with its first or a capital's place?"""
    position = 0
    for letter in letters:
        position = text.find(letter, position) + 1
        if not position:
            return False
    return True
