"""Where does a capital letter not tell that a word is a name: in headings, at the beginning of a sentence, in defined acronyms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc, Span

from nlp import columns, lexicons

_TABLE = "communique_ordinary_words"

_CAPITALISED = 0.8  # share of a heading's longer words
_LONG_WORD = 4  # letters; shorter ones are small in headings too
_OPENING = frozenset({".", "!", "?", ":", "•", "–", "—", "-", "“", '"', "(", "*"})
_SHORT = 3  # letters
_SHORT_FORM = 6
_ADVERBS = ("ally", "edly", "ingly")
_NUMBERED = re.compile(r"[A-Z]+-\d+(?:/\d+)?")
_BETWEEN = frozenset({"of", "and", "for", "the", "on", "in", "to"})


def learn_words(language: Language, lookups: Lookups | None) -> None:
    """Keep with the vocabulary the word lists of the base model's lemmatizer: true for adverbs, and for adjectives and verbs that are no
    nouns; false for other words.
    """
    if lookups is None or not lookups.has_table("lemma_index") or language.vocab.lookups.has_table(_TABLE):
        return
    index = lookups.get_table("lemma_index")
    nouns, verbs = set(index["noun"]), set(index["verb"])
    ordinary = set(index["adv"]) | ((set(index["adj"]) | verbs) - nouns)
    table = dict.fromkeys([*nouns, *index["adj"]], False) | dict.fromkeys(ordinary, True)
    table |= {form: True for verb in verbs for form in (f"{verb}ing", f"{verb.removesuffix('e')}ing") if len(form) > _SHORT_FORM}
    language.vocab.lookups.add_table(_TABLE, table)


def _words(doc: Doc) -> Mapping[str, bool]:
    lookups = doc.vocab.lookups
    return lookups.get_table(_TABLE) if lookups.has_table(_TABLE) else {}


def is_ordinary(doc: Doc, word: str) -> bool:
    """Is a word, in small letters, one of the ordinary ones that begin a sentence with a capital ("Additionally", "Starting")?"""
    return len(word) > _SHORT and (bool(_words(doc).get(word)) or word.endswith(_ADVERBS))


def is_word(doc: Doc, word: str) -> bool:
    """Does English know a word, in small letters, in the singular or plural?"""
    words = _words(doc)
    return word in words or word.removesuffix("s") in words or (word.endswith("ies") and f"{word[:-3]}y" in words)


def ordinary_words(doc: Doc, spans: Iterable[Span]) -> set[tuple[int, int]]:
    """Of some spans the (start, end) of those made of ordinary words: their capitals are those of a heading or a sentence's beginning,
    the document writes each of the words small elsewhere, or it is one word that English knows as an adverb, adjective or verb, and the
    document never writes the whole with capitals within a sentence.
    """
    small = columns.small_words(doc)
    inside = within_headings(doc)
    open_to_doubt: dict[tuple[int, int], str] = {}
    told: set[str] = set()
    for span in spans:
        if span.start in inside or _begins(doc, span.start):
            open_to_doubt[(span.start, span.end)] = span.text
        else:
            told.add(span.text)
    found: set[tuple[int, int]] = set()
    for (start, end), text in open_to_doubt.items():
        words = [token.lower_ for token in doc[start:end] if token.is_alpha]
        if not words or text in told:
            continue
        alone = len(words) == 1 and _begins(doc, start) and is_ordinary(doc, words[0]) and not lexicons.is_known_firm(text)
        if alone or all(word in small for word in words):
            found.add((start, end))
    return found


def _begins(doc: Doc, i: int) -> bool:
    return i == 0 or "\n" in doc[i - 1].text or doc[i - 1].text in _OPENING


def within_headings(doc: Doc) -> set[int]:
    """The tokens of the lines that write (nearly) each longer word with a capital and end without a full stop."""
    inside: set[int] = set()
    start = 0
    for i in (*columns.line_ends(doc), len(doc)):
        first, start = start, i + 1
        if i and doc[i - 1].text == ".":
            continue
        words = [t for t in doc[first:i] if t.is_alpha and len(t) >= _LONG_WORD]
        if len(words) > 1 and sum(t.text[0].isupper() for t in words) >= _CAPITALISED * len(words):
            inside.update(range(first, i))
    return inside


def defined_acronyms(doc: Doc) -> dict[str, int]:
    """Acronyms in brackets right behind the words they abbreviate ("Malaria Initiative (MI)"), with the first of these words' place."""
    found: dict[str, int] = {}
    for i in columns.written(doc, "("):
        if not 0 < i < len(doc) - 2:
            continue
        acronym = doc[i + 1].text
        if doc[i + 2].text != ")" or not acronym[:2].isupper():
            continue
        letters = acronym.rstrip("s").lower()
        place = _spelled_from(doc, i, letters)
        if place is not None:
            found[acronym.rstrip("s")] = place
    return found


def _spelled_from(doc: Doc, end: int, letters: str) -> int | None:
    """The token from which on the words before `end` begin with these letters; small words between may be left out."""
    place = end - 1
    for letter in reversed(letters):
        while place >= 0 and (not doc[place].is_alpha or (doc[place].lower_ in _BETWEEN and doc[place].lower_[0] != letter)):
            if "\n" in doc[place].text:
                return None
            place -= 1
        if place < 0 or doc[place].lower_[0] != letter:
            return None
        place -= 1
    return place + 1


def is_code(doc: Doc, start: int, end: int) -> bool:
    """Is it a ticker in angle brackets, or capitals with a number behind a hyphen (diseases, aircraft, files): "<RNO.PA>", "MPOX-22"?"""
    text = doc[start:end].text
    behind = doc[start - 1].text if start else ""
    ahead = doc[end].text if end < len(doc) else ""
    return (behind.endswith("<") and ahead.startswith(">")) or text.startswith("<") or _NUMBERED.fullmatch(text) is not None


def opens_heading_with_gerund(doc: Doc, start: int, end: int) -> bool:
    """Is it the beginning of a line and of the form "Protecting Coastal Waters"?"""
    opens = start == 0 or "\n" in doc[start - 1].text or doc[start - 1].text in _OPENING
    return opens and end - start > 1 and doc[start].lower_.endswith("ing") and len(doc[start]) > 6 and not doc[start + 1].is_upper
