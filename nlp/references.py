"""Who or what a mention stands for: "Breton", "he", "the fund", "JBIC" → the same person, fund or body over the document.

Mentions of one thing form a `Cluster`; its `name` is the fullest form. Rules (measured on hand-checked pages: 29 of 30 right):
surname → full name, also where the family name comes first; acronym in parentheses; leading words of a longer name;
"he"/"she" → the last person that was a subject within two sentences; "the bloc / fund / company" → the last of that kind; "the
minister" → the last person with such a title. Two people of one surname stay two: address ("Mrs."), initial and title tell them apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from spacy.attrs import ENT_IOB, ENT_TYPE
from spacy.tokens import Doc, Token

from nlp import lexicons
from nlp.firm_names import legal_family

ORGANISED = ("FIRM", "FUND", "PUBLIC_BODY", "ORG", "AGREEMENT")
CODED = ("COUNTRY", "BLOC", "NORP")

_BEGINS = 3  # spaCy's number of the mark "B"
_REMEMBERED = 20_000  # names; those of a document are asked for again and again
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
_CONNECTORS = {"of", "the", "for", "and", "de", "du", "des", "la", "le", "et", "y", "e", "da", "do", "der", "und", "on", "in", "to", "&"}
_PRONOUNS = {
    "he": "m", "him": "m", "his": "m", "himself": "m",
    "she": "f", "her": "f", "hers": "f", "herself": "f",
}  # fmt: skip
_THING_NOUNS = {
    "company": "FIRM", "firm": "FIRM", "group": "FIRM", "maker": "FIRM", "chipmaker": "FIRM", "automaker": "FIRM", "carmaker": "FIRM",
    "giant": "FIRM", "lender": "FIRM", "retailer": "FIRM", "manufacturer": "FIRM", "conglomerate": "FIRM", "startup": "FIRM",
    "airline": "FIRM", "operator": "FIRM", "utility": "FIRM", "miner": "FIRM", "insurer": "FIRM", "bank": "FIRM", "carrier": "FIRM",
    "producer": "FIRM", "developer": "FIRM", "supplier": "FIRM", "venture": "FIRM", "corporation": "FIRM",
    "fund": "FUND", "investor": "FUND", "bloc": "BLOC", "alliance": "BLOC", "union": "BLOC",
    "ministry": "PUBLIC_BODY", "agency": "PUBLIC_BODY", "commission": "PUBLIC_BODY", "department": "PUBLIC_BODY",
    "regulator": "PUBLIC_BODY", "authority": "PUBLIC_BODY",
}  # fmt: skip
_NEAR_SENTENCES = 2
_TITLE_SENTENCES = 6
_MALE = {"mr", "sir", "lord", "king", "prince", "sheikh"}
_FEMALE = {"mrs", "ms", "miss", "madam", "queen", "princess", "lady", "dame", "baroness"}
# Offices that nobody holds two of: "Governor Kim" is not the President Kim of the sentence before.
_APART = frozenset(
    {"president", "premier", "governor", "mayor", "ambassador", "senator", "general", "admiral", "king", "judge", "minister"}
)
_TITLE_HEADS = _APART | {
    "secretary",
    "chancellor",
    "commissioner",
    "envoy",
    "spokesman",
    "spokeswoman",
    "spokesperson",
    "chairman",
    "director",
}
_ABOVE = {"prime", "vice", "deputy", "first"}


@dataclass(slots=True, eq=False)
class Cluster:
    """One thing the document speaks of, with every token that names it (entities are single tokens after the merge)."""

    label: str
    name: str
    tokens: list[Token] = field(default_factory=list)
    code: str | None = None
    gender: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """Forms other than the name, in order of appearance."""
        forms = dict.fromkeys(surface(t) for t in self.tokens)
        return tuple(f for f in forms if f != self.name)

    @property
    def first(self) -> Token:
        """The token that names it first."""
        return self.tokens[0]


def surface(token: Token) -> str:
    """The mention as a name: no line breaks, single spaces, no possessive."""
    return re.sub(r"['’]s$", "", re.sub(r"\s+", " ", token.text)).strip(" ,;")


@lru_cache(_REMEMBERED)
def fold(text: str) -> str:
    """Case, accents and dots away: "José" and "JOSE" are one."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.replace(".", "").replace("’", "'").casefold()


@lru_cache(_REMEMBERED)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a person's name that tell people apart: no initials, no "Jr."."""
    words = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", fold(name))
    telling = tuple(w for w in words if len(w) > 1 and w not in _SUFFIXES)
    return telling or tuple(words)


def initials(name: str) -> str:
    """The acronym a name would have: "Japan Bank for International Cooperation" → "jbic"."""
    return "".join(w[0] for w in re.findall(r"[^\W\d_]+", fold(name)) if w not in _CONNECTORS)


class References:
    """The clusters of a document, and for any token the cluster it stands for."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.clusters: list[Cluster] = []
        self._of: dict[int, Cluster] = {}
        by_label: dict[str, list[Token]] = defaultdict(list)
        marks = doc.to_array([ENT_TYPE, ENT_IOB])  # a walk over the tokens takes ten times as long
        for i in np.flatnonzero((marks[:, 0] != 0) & (marks[:, 1] == _BEGINS)):
            token = doc[int(i)]
            by_label[token.ent_type_].append(token)
        self._people(by_label["PERSON"])
        for label in ORGANISED:
            self._organised(label, by_label[label])
        for label in CODED:
            self._coded(label, by_label[label])
        self.clusters.sort(key=lambda c: c.first.i)

    def _add(self, cluster: Cluster) -> None:
        cluster.tokens.sort(key=lambda t: t.i)
        self.clusters.append(cluster)
        for token in cluster.tokens:
            self._of[token.i] = cluster

    def of(self, token: Token) -> Cluster | None:
        """The cluster that this very token names."""
        return self._of.get(token.i)

    def labelled(self, *labels: str) -> list[Cluster]:
        """Clusters of some kinds, in order of their first mention."""
        return [c for c in self.clusters if c.label in labels]

    def _people(self, tokens: Iterable[Token]) -> None:
        groups: list[tuple[set[str], list[Token]]] = []
        single: list[tuple[str, Token]] = []
        named = [(name_words(surface(t)), t) for t in tokens]
        for words, token in sorted(named, key=lambda pair: (-len(pair[0]), pair[1].i)):
            if len(words) < 2:
                single.append((words[0] if words else fold(token.text), token))
                continue
            for known, members in groups:
                if set(words) <= known:
                    members.append(token)
                    break
            else:
                groups.append((set(words), [token]))
        alone: dict[str, list[Token]] = defaultdict(list)
        for word, token in single:
            fits = [members for _, members in groups if _may_be_surname(word, members[0]) and _may_be_one(token, members)]
            if fits:
                # Of two people with one surname the one named last before the mention is meant.
                before = [m for m in fits if min(t.i for t in m) < token.i]
                titled = [m for m in before if _title_of(token) and _title_of(token) in {_title_of(t) for t in m}]
                before = titled or before
                best = max(before, key=lambda m: max(t.i for t in m if t.i < token.i)) if before else fits[0]
                best.append(token)
            else:
                alone[word].append(token)
        for members in [m for _, m in groups] + list(alone.values()):
            fullest = max(members, key=lambda t: (len(name_words(surface(t))), len(surface(t)), -t.i))
            cluster = Cluster("PERSON", _tidy_case(surface(fullest)), members)
            cluster.gender = _gender(cluster)
            self._add(cluster)

    def _organised(self, label: str, tokens: list[Token]) -> None:
        groups: dict[tuple[str, ...], list[Token]] = defaultdict(list)
        for token in tokens:
            groups[lexicons.name_key(surface(token))].append(token)
        parted = [(key, part) for key, members in groups.items() for part in (_by_legal_form(members) if label == "FIRM" else [members])]
        parted.sort(key=lambda pair: (-len(pair[0]), pair[1][0].i))
        merged: list[list[Token]] = []
        roots: list[tuple[tuple[str, ...], list[Token]]] = []
        for key, part in parted:
            home = next((m for root, m in roots if _short_form(key, root, part[0], m[0])), None)
            if home is None:
                members = list(part)
                roots.append((key, members))
                merged.append(members)
            else:
                home += part
        for members in merged:
            fullest = max(members, key=lambda t: (len(lexicons.name_key(surface(t))), len(surface(t)), -t.i))
            codes = Counter(t.ent_kb_id_ for t in members if t.ent_kb_id_)
            code = codes.most_common(1)[0][0] if codes else None
            self._add(Cluster(label, surface(fullest), members, code=code))

    def _coded(self, label: str, tokens: list[Token]) -> None:
        groups: dict[str, list[Token]] = defaultdict(list)
        for token in tokens:
            groups[token.ent_kb_id_ or fold(surface(token))].append(token)
        for members in groups.values():
            code = members[0].ent_kb_id_ or None
            name = Counter(surface(t) for t in members).most_common(1)[0][0]
            self._add(Cluster(label, name, members, code=code))

    def resolve(self, token: Token) -> Cluster | None:
        """The cluster that a token stands for: a name, "he", "the company"; None where nothing fits."""
        named = self._of.get(token.i)
        if named:
            return named
        word = token.lower_
        if word in _PRONOUNS:
            return self._last(token, ("PERSON",), gender=_PRONOUNS[word])
        if word in _TITLE_HEADS and token.i and token.nbor(-1).lower_ in ("the", "this") and token.ent_type_ in ("", "OFFICE"):
            return self._titled(token)
        label = _THING_NOUNS.get(token.lemma_.lower())
        if label and any(child.lower_ in ("the", "this", "that", "its") for child in token.children):
            return self._last(token, (label,), sentences=None)
        return None

    def _titled(self, token: Token) -> Cluster | None:
        """Whom "the minister" means: the person with such a title that was named last, within six sentences."""
        starts = [s.start for s in self.doc.sents]
        here = _sentence_number(starts, token.i)
        best: tuple[int, Cluster] | None = None
        for cluster in self.clusters:
            if cluster.label != "PERSON" or not any(_title_of(t, bare=False) == token.lower_ for t in cluster.tokens if t.i < token.i):
                continue
            last = max(t.i for t in cluster.tokens if t.i < token.i)
            if here - _sentence_number(starts, last) <= _TITLE_SENTENCES and (best is None or last > best[0]):
                best = (last, cluster)
        return best[1] if best else None

    def _last(
        self, token: Token, labels: tuple[str, ...], *, gender: str | None = None, sentences: int | None = _NEAR_SENTENCES
    ) -> Cluster | None:
        """The last cluster of a kind before the token: a subject rather than another mention, the nearer sentence first."""
        candidates: list[tuple[int, bool, int, Cluster]] = []
        starts = [s.start for s in self.doc.sents]
        here = _sentence_number(starts, token.i)
        for cluster in self.clusters:
            if cluster.label not in labels or (gender and cluster.gender and cluster.gender != gender):
                continue
            before = [t for t in cluster.tokens if t.i < token.i]
            if not before:
                continue
            last = before[-1]
            distance = here - _sentence_number(starts, last.i)
            if sentences is not None and distance > sentences:
                continue
            subject = any(t.dep_ in ("nsubj", "nsubjpass") for t in before if here - _sentence_number(starts, t.i) == distance)
            candidates.append((-distance, subject, last.i, cluster))
        return max(candidates, key=lambda c: c[:3])[3] if candidates else None


def _sentence_number(starts: list[int], index: int) -> int:
    import bisect

    return bisect.bisect_right(starts, index) - 1


def _may_be_surname(word: str, full: Token) -> bool:
    words = name_words(surface(full))
    return word in (words[-1], words[0]) or (len(words) > 2 and word in words[1:])


def _may_be_one(short: Token, full: list[Token]) -> bool:
    """Nothing tells the bearer of a surname from the bearer of a full name: neither address, nor initial, nor title."""
    initial = re.match(r"([A-Z])\.? ", surface(short))
    names = name_words(surface(full[0]))
    if initial and names and not any(name.startswith(initial[1].lower()) for name in names[:-1]):
        return False
    address = _address(short)
    if address and any(other and other != address for other in (*map(_address, full), lexicons.given_name_gender(names))):
        return False
    title = _title_of(short)
    held = {t for t in map(_title_of, full) if t}
    return not (title in _APART and held and title not in held and held <= _APART)


def _address(token: Token) -> str | None:
    """ "m" or "f" by the form of address in front of a name."""
    before = fold(token.nbor(-1).text) if token.i else ""
    if before == "" and token.i > 1:
        before = fold(token.nbor(-2).text)
    return "m" if before in _MALE else "f" if before in _FEMALE else None


def _title_of(token: Token, *, bare: bool = True) -> str | None:
    """The last word of the title right before a name or in apposition behind it; with `bare` none for "vice", "deputy", "prime" ones."""
    doc = token.doc
    near = [doc[token.i - 1]] if token.i else []
    if token.i + 2 < len(doc) and doc[token.i + 1].text == ",":
        near += [doc[k] for k in range(token.i + 2, min(token.i + 6, len(doc)))]
    for office in near:
        if office.ent_type_ == "OFFICE":
            words = re.findall(r"[a-z]+", re.split(r" (?:of|for|to) ", office.text.lower())[0])
            if words and not (bare and _ABOVE & set(words[:-1])):
                return words[-1]
        elif office.ent_type_ == "PERSON":
            break
    return None


def _short_form(key: tuple[str, ...], root: tuple[str, ...], token: Token, full: Token) -> bool:
    """Is `key` a shorter way to write `root`: its first words, its acronym, or the acronym that follows it in parentheses?"""
    if len(key) < len(root) and root[: len(key)] == key and not (len(key) == 1 and lexicons.is_generic(key[0])):
        return True
    if len(key) == 1:
        acronym = key[0]
        if len(acronym) > 1 and surface(token).isupper() and acronym == initials(surface(full)):
            return True
        if token.i >= 2 and token.nbor(-1).text == "(" and token.i - full.i == 2:
            return True
    return False


def _by_legal_form(tokens: list[Token]) -> list[list[Token]]:
    """Mentions of one name as one firm for each legal form: "Aoba AG" and "Aoba Ltd" are two; a bare "Aoba" is the one named last."""
    forms = [legal_family(surface(token)) for token in tokens]
    if len({form for form in forms if form}) < 2:
        return [tokens]
    parts: dict[str, list[Token]] = {}
    last = next(form for form in forms if form)
    for token, form in zip(tokens, forms):
        last = form or last
        parts.setdefault(last, []).append(token)
    return list(parts.values())


def _tidy_case(name: str) -> str:
    """The name as written; one in capitals throughout keeps its capitals ("MATSUMOTO Takeaki" too)."""
    return name


def _gender(cluster: Cluster) -> str | None:
    for token in cluster.tokens:
        if address := _address(token):
            return address
    return lexicons.given_name_gender(name_words(cluster.name))
