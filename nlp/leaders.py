"""Whose head of state or government a name belongs to, by a list of office holders: one clue among others, no evidence by itself."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from nlp import lexicons

_TOP = frozenset({"head_of_state", "head_of_government"})
_LEAST_LETTERS = 4


@cache
def _table() -> tuple[dict[frozenset[str], frozenset[str]], dict[str, frozenset[str]]]:
    """Codes by the words of a whole name, and by a family name that one state's leaders alone bear."""
    whole: dict[frozenset[str], set[str]] = defaultdict(set)
    family: dict[str, set[str]] = defaultdict(set)
    for code, names in lexicons.load("leaders")["leaders"].items():
        for name in names:
            words = lexicons.fold(name).split()
            whole[frozenset(words)].add(code)
            family[words[-1]].add(code)
            if len(words) > 1 and not lexicons.is_given_name(words[0]):
                family[words[0]].add(code)  # where the family name comes first
    return (
        {words: frozenset(codes) for words, codes in whole.items()},
        {word: frozenset(codes) for word, codes in family.items() if len(codes) == 1 and len(word) >= _LEAST_LETTERS},
    )


def states_of(name: str, role: str) -> dict[str, str]:
    """Code → how the list knows the name as that state's leader: `leads` by all its words, `leads, by family name` by one.

    A single word counts only for heads of state and government: "President Macron". Empty where the list does not know it, and for
    the head of an organization, who may lead a state besides.
    """
    if role == "organization_head":
        return {}
    whole, family = _table()
    words = lexicons.fold(name).split()
    codes = whole.get(frozenset(words))
    if codes and len(words) > 1:
        return dict.fromkeys(codes, "leads")
    if role in _TOP and len(words) == 1:
        return dict.fromkeys(family.get(words[0], ()), "leads, by family name")
    return {}
