"""More passages out of few: names swapped for others of their kind, headlines, capitals, other quotation marks.

The variety of the written text is the lever (MEASUREMENTS: 30 → 121 source sentences gain 0.08 F1, augmentation alone little), so
each passage is used once as written and a few times with its people, firms, funds and places exchanged.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

SWAPPED = ("PERSON", "FIRM", "FUND", "COUNTRY", "PLACE", "NORP", "OFFICE", "PUBLIC_BODY", "ORG", "AGREEMENT", "MONEY", "DATE")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with entity spans (start, end, label), half-open in code points."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


def inventory(passages: Sequence[Marked]) -> dict[str, list[str]]:
    """All distinct names per label, sorted, for swapping."""
    found: dict[str, set[str]] = {label: set() for label in SWAPPED}
    for passage in passages:
        for start, end, label in passage.spans:
            if label in found:
                found[label].add(passage.text[start:end])
    return {label: sorted(names) for label, names in found.items()}


_FORMS = ("", "", "", " Inc", " Corp", " Ltd", " plc", " AG", " SA", " Co", " Group", " Holdings", " GmbH", " AB")


def widen(names: dict[str, list[str]], firms: Sequence[str], given: Sequence[str], rng: random.Random) -> dict[str, list[str]]:
    """More firms (listed ones, with and without a legal form) and more people (given names with the passages' family names)."""
    surnames = sorted({name.split()[-1] for name in names["PERSON"] if " " in name})
    people = [f"{rng.choice(given)} {rng.choice(surnames)}" for _ in range(len(names["PERSON"]))]
    listed = [
        " ".join(w[:1].upper() + w[1:] for w in firm.split()) + rng.choice(_FORMS)
        for firm in rng.sample(list(firms), min(len(firms), len(names["FIRM"])))
    ]
    return names | {"PERSON": names["PERSON"] + people, "FIRM": names["FIRM"] + listed}


def rebuild(marked: Marked, replace: dict[int, str]) -> Marked:
    """The text with the spans at some indexes replaced; the other spans move along."""
    pieces: list[str] = []
    spans: list[tuple[int, int, str]] = []
    length = at = 0
    for index, (start, end, label) in enumerate(marked.spans):
        words = replace.get(index, marked.text[start:end])
        before = marked.text[at:start]
        pieces += [before, words]
        length += len(before)
        spans.append((length, length + len(words), label))
        length += len(words)
        at = end
    pieces.append(marked.text[at:])
    return Marked("".join(pieces), tuple(spans))


def swap(marked: Marked, names: dict[str, list[str]], rng: random.Random, *, share: float = 0.6) -> Marked:
    """Exchange names for others of the same label; all mentions with the same words get the same new words.

    Surnames alone stay surnames: a one-word person is exchanged for the last word of the name that replaces the full one.
    """
    chosen: dict[tuple[str, str], str] = {}
    replace: dict[int, str] = {}
    for index, (start, end, label) in enumerate(marked.spans):
        words = marked.text[start:end]
        options = names.get(label)
        if not options:
            continue
        key = (label, words)
        if key not in chosen:
            long = next((new for (kind, old), new in chosen.items() if kind == label == "PERSON" and old.split()[-1] == words), None)
            if long is not None:
                chosen[key] = long.split()[-1]
            elif rng.random() < share:
                same_length = [name for name in options if (" " in name) == (" " in words)] or options
                chosen[key] = rng.choice(same_length)
            else:
                chosen[key] = words
        replace[index] = chosen[key]
    return rebuild(marked, replace)


def recase(marked: Marked, rng: random.Random) -> Marked:
    """The text in the capitals or the small letters of old wire copy, or in a headline's title case; lengths must not change."""
    upper = marked.text.upper() if rng.random() < 0.6 else marked.text.lower()
    if len(upper) != len(marked.text) or rng.random() < 0.4:
        words = marked.text.split(" ")
        titled = " ".join(w[:1].upper() + w[1:] if len(w) > 3 else w for w in words)
        return Marked(titled, marked.spans) if len(titled) == len(marked.text) else marked
    return Marked(upper, marked.spans)


def retype(marked: Marked, rng: random.Random) -> Marked:
    """Curly marks for straight ones or the reverse."""
    table = str.maketrans("“”‘’", "\"\"''") if rng.random() < 0.7 else str.maketrans("'", "’")
    return Marked(marked.text.translate(table), marked.spans)


def variants(marked: Marked, names: dict[str, list[str]], rng: random.Random, copies: int) -> list[Marked]:
    """The passage as written and `copies` changed ones."""
    made = [marked]
    for _ in range(copies):
        new = swap(marked, names, rng)
        if rng.random() < 0.25:
            new = retype(new, rng)
        if rng.random() < 0.08:
            new = recase(new, rng)
        made.append(new)
    return made
