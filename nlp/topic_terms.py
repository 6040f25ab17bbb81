"""Which topics do the words of a sentence name? The term list of `lexicons/topic_terms.json`, compiled to one trie over tokens.

A term is a run of words. In the text it may be spelled British or American, hyphenated or not, and its last word may be plural;
a word with a capital in the list (AI, LNG, WHO) must stand in the text exactly so. Finding all terms is one walk over the tokens
with a dictionary look-up each, so the size of the list costs nothing.
"""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from typing import Any, NamedTuple

_TOKEN = re.compile(r"[^\W_]+")
_MOST_WORDS_REMEMBERED = 100_000

# "Water: two dams …", "Borders – …": what stands before the mark is the subject of what follows, so even a weak term there is enough.
_HEADING = re.compile(r"[^.,;:!?]{3,50}?(?::| [–—-])(?= )")
_HEADING_WORDS = 4
_SENTENCE_WORDS = 2  # "Water." is a heading, "AI rules were discussed." is none

# Spelling is folded on both sides, so that one form in the list finds both.
_SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})is(ation|ations|e|ed|er|ers|es|ing)$"), r"iz\1"),
    (re.compile(r"^(lab|harb|neighb|col|fav|hon|behavi|vap|arm|rum)our"), r"\1or"),
    (re.compile(r"^(def|off|lic)ence"), r"\1ense"),
    (re.compile(r"^(cent|fib|theat|met|lit)re(s?)$"), r"\1er\2"),
    (re.compile(r"^programmes?$"), "program"),
    (re.compile(r"^programs$"), "program"),
    (re.compile(r"^aluminium$"), "aluminum"),
    (re.compile(r"^(travel|label|fuel|model|signal|counsel)l(ed|ing|er|ers)$"), r"\1\2"),
    (re.compile(r"^sulph"), "sulf"),
)


class Hits(NamedTuple):
    """Different terms of one topic in one text."""

    strong: int
    weak: int


def fold(word: str) -> str:
    """A word in the one spelling that the trie knows: lower case, American."""
    lower = word.lower()
    if len(lower) > 4:
        for pattern, replacement in _SPELLINGS:
            lower, changed = pattern.subn(replacement, lower)
            if changed:
                break
    return lower


def plurals(word: str) -> tuple[str, ...]:
    """A word and its plural by rule; a word in -s stays alone, for it is plural already or has none."""
    if word.endswith("s") or not word.isalpha():
        return (word,)
    if word.endswith(("x", "ch", "sh", "z")):
        return word, word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word, word[:-1] + "ies"
    return word, word + "s"


def _keys(word: str, last: bool) -> tuple[str, ...]:
    if word != word.lower():
        return tuple("=" + form for form in ((word, word + "s") if (last and len(word) > 2) or word in ("AI", "EV") else (word,)))
    return tuple(fold(form) for form in plurals(word)) if last else (fold(word),)


class _Node(dict[str, "_Node"]):
    __slots__ = ("entries",)

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[tuple[int, int, int]] = []  # (topic, kind, term): kind 2 strong, 1 weak, 0 never


class TermList:
    """The compiled list. `codes` are the topics in the order of the file."""

    def __init__(self, terms: dict[str, dict[str, list[str]]]) -> None:
        self.codes: tuple[str, ...] = tuple(terms)
        self._root = _Node()
        self._memory: dict[str, tuple[str, str] | None] = {}
        number = 0
        for topic, code in enumerate(self.codes):
            for kind, name in ((2, "strong"), (1, "weak"), (0, "never")):
                for term in terms[code][name]:
                    self._add(term, topic, kind, number)
                    number += 1
        self._interior = self._interior_keys(self._root)

    def _add(self, term: str, topic: int, kind: int, number: int) -> None:
        words = _TOKEN.findall(term)
        nodes = [self._root]
        for i, word in enumerate(words):
            following = []
            for node in nodes:
                for key in _keys(word, i + 1 == len(words)):
                    if key not in node:
                        node[key] = _Node()
                    following.append(node[key])
            nodes = following
        for node in nodes:
            node.entries.append((topic, kind, number))

    def _interior_keys(self, node: _Node) -> set[str]:
        keys: set[str] = set()
        for key, child in node.items():
            keys.add(key)
            keys |= self._interior_keys(child)
        return keys

    def _keys_of(self, token: str) -> tuple[str, str] | None:
        """The token's two keys in the trie, or None where no term has it."""
        folded, exact = fold(token), "=" + token
        found = (folded, exact) if folded in self._interior or exact in self._interior else None
        if len(self._memory) >= _MOST_WORDS_REMEMBERED:
            self._memory.clear()
        self._memory[token] = found
        return found

    def find(self, text: str) -> dict[str, Hits]:
        """How many different strong and weak terms of each topic the text holds; topics without any are left out.

        A term inside a `never` phrase of its topic does not count; a weak one in a heading ("Water: …") counts as strong.
        """
        memory = self._memory
        keys: list[tuple[str, str] | None] = []
        known = False
        tokens = _TOKEN.findall(text)
        for token in tokens:
            key = memory[token] if token in memory else self._keys_of(token)
            keys.append(key)
            known = known or key is not None
        if not known:
            return {}
        heading = _HEADING.match(text)
        length = len(_TOKEN.findall(heading.group())) if heading else len(tokens)
        most = _SENTENCE_WORDS if not heading and text.rstrip().endswith(".") else _HEADING_WORDS
        return self._count(self._spans(keys), length if length <= most else 0)

    def _spans(self, keys: list[tuple[str, str] | None]) -> list[tuple[int, int, int, int, int]]:
        root, found = self._root, []
        for start, key in enumerate(keys):
            if key is None:
                continue
            nodes = [node for node in (root.get(key[0]), root.get(key[1])) if node is not None]
            end = start + 1
            while nodes:
                for node in nodes:
                    for topic, kind, number in node.entries:
                        found.append((topic, kind, start, end, number))
                if end == len(keys) or (following := keys[end]) is None:
                    break
                nodes = [child for node in nodes for k in following if (child := node.get(k)) is not None]
                end += 1
        return found

    def _count(self, spans: list[tuple[int, int, int, int, int]], heading: int) -> dict[str, Hits]:
        barred = [(topic, start, end) for topic, kind, start, end, _ in spans if kind == 0]
        strong: dict[int, set[int]] = {}
        weak: dict[int, set[int]] = {}
        taken: dict[int, list[tuple[int, int]]] = {}
        # Longest first: "tax credit" counts once, not as "tax", "credit" and itself.
        for topic, kind, start, end, number in sorted(spans, key=lambda s: (s[2] - s[3], -s[1])):
            if kind == 0 or any(t == topic and a <= start and end <= b for t, a, b in barred):
                continue
            covered = taken.setdefault(topic, [])
            if any(a <= start and end <= b for a, b in covered):
                continue
            covered.append((start, end))
            (strong if kind == 2 or end <= heading else weak).setdefault(topic, set()).add(number)
        topics = sorted(strong.keys() | weak.keys())
        return {self.codes[t]: Hits(len(strong.get(t, ())), len(weak.get(t, ()))) for t in topics}


@functools.cache
def term_list() -> TermList:
    """The shipped list, compiled at first use (about a tenth of a second)."""
    data: dict[str, Any] = json.loads(resources.files("nlp.lexicons").joinpath("topic_terms.json").read_text(encoding="utf-8"))
    return TermList(data["terms"])
