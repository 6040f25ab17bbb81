"""Which person holds which office in a parsed document: titles before and after names, in lists, by apposition and by verb.

Works on the merged `Doc` (ARCHITECTURE.md, decision 2), where a title and a name are one token each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from spacy.tokens import Doc, Token

from nlp import columns, lexicons
from nlp.office_words import title_head, word_set

CODED = ("COUNTRY", "NORP", "BLOC", "PLACE", "PUBLIC_BODY", "FUND", "ORG")
_BODIES = ("PUBLIC_BODY", "ORG", "FUND", "BLOC", "AGREEMENT")
_PREPOSITIONS = {"of", "for", "at", "to", "in", "responsible", "on", "with", "within"}
_OPENING = {",", "(", "–", "—", "-", ":", "--", "•", "|", "/"}


@dataclass(slots=True)
class Title:
    """A title in the text: tokens [start, end) with the bodies that belong to it, and its office token."""

    token: Token
    start: int
    end: int
    plural: bool
    firm: bool

    @property
    def text(self) -> str:
        """The title as written, with its body, on one line."""
        span = self.token.doc[self.start : self.end]
        return " ".join(span.text.split()).strip(" ,;:")


@dataclass(slots=True)
class Link:
    """A title and a person that holds it; `how` is "direct", "comma", "verb", "list", "counterpart" or "succession".

    `code` is the state that a list of states tells, `body` the one that the row of a list names, `status` what a succession tells.
    """

    title: Title
    person: Token
    how: str
    code: str | None = None
    body: Token | None = None
    status: str | None = None


def _is_word_gap(token: Token) -> bool:
    return token.is_space and "\n" not in token.text


def skip_forward(doc: Doc, i: int) -> int:
    """The first index from i that is no blank and no honorific ("Dr.", "H.E.", "His Excellency")."""
    while i < len(doc):
        token = doc[i]
        if (
            _is_word_gap(token)
            or (not token.ent_type_ and token.text[:1].isupper() and lexicons.is_honorific(token.text))
            or (
                token.lower_ == "the"
                and i + 1 < len(doc)
                and doc[i + 1].text[:1].isupper()
                and doc[i + 1].lower_ in ("rt", "hon", "honourable", "honorable", "right")
            )
            or (token.text == "." and i and lexicons.is_honorific(doc[i - 1].text))
            or (token.lower_.rstrip(".") in word_set("ranks_before_name") and token.text[:1].isupper() and i + 1 < len(doc))
            or (token.lower_ in ("rear", "vice", "lieutenant", "major", "brigadier", "air", "fleet") and _is_rank(doc, i + 1))
            or (token.text in ("Prince", "Princess") and i + 1 < len(doc) and doc[i + 1].ent_type_ == "PERSON")
            or (token.text == "." and i and doc[i - 1].lower_ in word_set("ranks_before_name"))
        ):
            i += 1
        else:
            break
    return i


def _is_rank(doc: Doc, i: int) -> bool:
    return i < len(doc) and doc[i].text[:1].isupper() and doc[i].lower_.rstrip(".") in word_set("ranks_before_name")


@lru_cache(maxsize=4096)
def _plural(text: str) -> bool:
    head = title_head(text)
    return head is not None and head.plural


def titles(doc: Doc) -> Iterator[Title]:
    """Every OFFICE token with the bodies in front of it and the complements behind it."""
    for token in (token for entity in doc.ents if entity.label_ == "OFFICE" for token in entity):
        if title_head(token.text) is not None:
            if token.text in ("MP", "MEP") and token.i and doc[token.i - 1].ent_type_ == "PERSON":
                continue  # behind a name it is an addition to it
            start, firm_before = _left(doc, token.i)
            end, firm_after = _right(doc, token.i + 1, token)
            yield Title(token, start, end, _plural(token.text), firm_before or firm_after)


def _left(doc: Doc, i: int) -> tuple[int, bool]:
    """The title's first token: a body right before it belongs to it ("FBI", "Ministry of … (MITI)", "White House")."""
    p = i - 1
    if p >= 2 and doc[p].text == ")" and doc[p - 2].text == "(" and doc[p - 3 if p >= 3 else 0].ent_type_ in _BODIES:
        return p - 3, False
    if p >= 0 and doc[p].ent_type_ == "FIRM":
        return i, True
    if p >= 1 and doc[p].lower_ in ("'s", "’s", "’", "'") and doc[p - 1].ent_type_ == "FIRM":
        return i, True
    if p >= 0 and doc[p].ent_type_ in ("PUBLIC_BODY", "ORG", "FUND", "AGREEMENT") and "\n" not in doc[p].text:
        return p, False
    if (
        p >= 0
        and doc[p].lower_ in ("u.s.", "us", "united states")
        and doc[i].lower_.startswith(("trade representative", "ambassador", "special"))
    ):
        rank = p >= 1 and doc[p - 1].text in ("Assistant", "Deputy", "Acting", "Former")
        return p - rank, False
    return i, False


def _right(doc: Doc, j: int, office: Token) -> tuple[int, bool]:
    """The index after the title's complements ("of the European Commission", "for the Government"), and whether they name a firm."""
    end, k, firm = j, j, False
    if k < len(doc) and doc[k].ent_type_ == "COUNTRY" and office.text[:1].isupper() and doc[k - 1].i == office.i and " of " in office.text:
        end = k = k + 1  # "Minister of Public Safety Canada"
    inside = False
    while k < len(doc) and k - j < 18:
        token = doc[k]
        if _is_word_gap(token):
            k += 1
            continue
        preposition = token.lower_ in _PREPOSITIONS
        if not inside and not preposition:
            break
        if token.ent_type_ == "OFFICE" and doc[k - 1].lower_ in ("to", "the", "of") and k > j:
            end = k = k + 1
            inside = False
            continue
        if (
            token.ent_type_ in ("PERSON", "OFFICE", "MONEY", "DATE", "PERCENT")
            or "\n" in token.text
            or (token.is_punct and token.text != "-" and not token.ent_type_)
        ):
            break
        if token.text[:1].isupper() and not token.ent_type_ and lexicons.is_honorific(token.text):
            break
        if preposition:
            on_field = (
                token.lower_ == "on"
                and office.text.split()[0].lower() in ("special", "senior", "chief")
                and doc[k + 1 : k + 2].text[:1].isupper()
            )
            if token.lower_ in ("on", "with", "within", "in") and not (
                office.text[:1].isupper() and (k > j or token.lower_ == "in" or on_field)
            ):
                break
            inside = True
        elif token.lower_ == "and":
            if not (
                k + 1 < len(doc) and doc[k + 1].text[:1].isupper() and doc[k + 1].ent_type_ != "OFFICE" and doc[k - 1].text[:1].isupper()
            ):
                break
        elif token.lower_ in ("the", "a", "an"):
            if doc[k - 1].lower_ not in _PREPOSITIONS:
                break
        elif (
            token.ent_type_
            or token.text[:1].isupper()
            or token.pos_ in ("NOUN", "PROPN", "ADJ", "NUM")
            or token.lower_ in ("'s", "’s", "-")
        ):
            previous = doc[k - 1]
            if previous.ent_type_ in ("COUNTRY", "BLOC") and not (token.text[:1].isupper() or token.lower_ in ("'s", "’s")):
                break
            firm = firm or token.ent_type_ == "FIRM"
            if token.lower_ not in ("'s", "’s", "-"):
                end = k + 1
        else:
            break
        k += 1
    return end, firm


def links(doc: Doc) -> list[Link]:
    """The pairs of title and person of a document, in order; a person may have several, a plural title several persons."""
    found: list[Link] = []
    linked: set[int] = set()
    last_back: dict[int, Token] = {}
    for title in titles(doc):
        new = list(_link(doc, title, linked, last_back))
        for link in new:
            linked.add(link.person.i)
        found += new
    for link in _counterparts(doc, found, linked):
        linked.add(link.person.i)
        found.append(link)
    return [*found, *_successions(doc, found, linked)]


def _counterparts(doc: Doc, found: list[Link], linked: set[int]) -> Iterator[Link]:
    """Who holds elsewhere what somebody in the sentence holds: "met his British counterpart Ann Bell and Italy's Ugo Re"."""
    wanted = [doc.vocab.strings[word] for word in ("counterpart", "counterparts", "colleague")]
    for i in np.flatnonzero(np.isin(doc.to_array("LOWER"), np.array(wanted, dtype=np.uint64))):
        token = doc[int(i)]
        if token.i == 0:
            continue
        if token.lower_ == "colleague" and doc[token.i - 1].lower_ not in ("his", "her") and doc[token.i - 1].ent_type_ != "NORP":
            continue
        start = doc[token.sent.start - 1].sent.start if token.sent.start else 0
        before = [link for link in found if start <= max(link.person.i, link.title.token.i) < token.i]
        k = skip_forward(doc, token.i + 1)
        if k < len(doc) and doc[k].text == ",":
            k = skip_forward(doc, k + 1)
        if not before or k >= len(doc) or doc[k].ent_type_ != "PERSON" or k in linked:
            continue
        held = before[-1].title
        bare = Title(held.token, held.token.i, held.token.i + 1, held.plural, held.firm)
        yield Link(bare, doc[k], "counterpart", _state_near(doc, token.i))
        while (nxt := _next_with_state(doc, k)) is not None and nxt not in linked:
            k = nxt
            yield Link(bare, doc[k], "counterpart", _state_near(doc, k))


_SUCCEEDS = frozenset({"replacing", "succeeding", "replaces", "succeeds", "replaced", "succeeded"})
_BACK = 30


def _successions(doc: Doc, found: list[Link], linked: set[int]) -> Iterator[Link]:
    """Who held an office before or holds it after another: "replacing X", "who succeeded X", "succeeded by X", "her predecessor, X"."""
    held: dict[int, Link] = {}
    for link in found:
        held.setdefault(link.person.i, link)
        held.setdefault(link.title.token.i, link)
    for person in (doc[i] for i in columns.labelled(doc, ("PERSON",))):
        k = person.i - 1
        while k > 0 and (_is_word_gap(doc[k]) or lexicons.is_honorific(doc[k].text) or doc[k].text == "."):
            k -= 1
        if k < 1 or person.i in linked:
            continue
        by = doc[k].lower_ == "by"
        after = by and doc[k - 1].lower_ in ("succeeded", "replaced")
        comma = doc[k].text == ","
        before = (
            doc[k].lower_ in _SUCCEEDS or (doc[k].lower_ == "of" and doc[k - 1].lower_ == "place") or doc[k - comma].lower_ == "predecessor"
        )
        if not (after or before):
            continue
        holder = _holder_before(doc, k, held)
        if holder is not None:
            yield Link(holder.title, person, "succession", status="designate" if after else "former")


def _holder_before(doc: Doc, k: int, held: dict[int, Link]) -> Link | None:
    """The office of the nearest person, or of whom a pronoun stands for, in front of token k in its sentence and line."""
    first = max(doc[k].sent.start, k - _BACK)
    for token in reversed(doc[first:k]):
        if token.is_space and "\n" in token.text:
            return None
        if token.i in held:
            return held[token.i]
        person = token.ent_type_ == "PERSON" or token.lower_ in ("he", "she", "his", "her")
        cluster = doc._.references.of(token) or doc._.references.resolve(token) if person else None
        if cluster is not None:
            own = [held[t.i] for t in cluster.tokens if t.i in held and t.i < token.i]
            if own:
                return own[-1]
            if token.ent_type_ == "PERSON":
                return None
    return None


def _state_near(doc: Doc, i: int) -> str | None:
    """The code of the state right in front of token i, a possessive between them or not."""
    for token in reversed(doc[max(0, i - 3) : i]):
        if token.ent_type_ in ("COUNTRY", "NORP", "BLOC"):
            return token.ent_kb_id_ or None
        if token.lower_ not in ("'s", "’s", "'", "’"):
            return None
    return None


def _next_with_state(doc: Doc, i: int) -> int | None:
    """The index of the name behind "and Italy's" or ", Italy's" that follows the name at i."""
    k = i + 1
    while k < len(doc) and doc[k].lower_ in (",", "and"):
        k += 1
    if k == i + 1 or k + 2 >= len(doc) or doc[k].ent_type_ != "COUNTRY" or doc[k + 1].lower_ not in ("'s", "’s", "'", "’"):
        return None
    return k + 2 if doc[k + 2].ent_type_ == "PERSON" else None


# "Chief of the Environmental | Crimes Section": a body's name goes on behind the adjective, and what follows is no person.
_CUT_SHORT = re.compile(r" (?:of|for) (?:the|its) (?:[A-Z][\w-]* )*[A-Z]\w*(?:al|ic|ican|ean|ary|ative)$")


def _link(doc: Doc, title: Title, linked: set[int], last_back: dict[int, Token]) -> Iterator[Link]:
    if title.plural:
        if pairs := list(_paired_after(doc, title.token.i + 1)):
            for person, code in pairs:
                yield Link(title, person, "list", code)
            title.end = title.token.i + 1
            return
        after, states = _states_after(doc, title.token.i + 1)
        if not states and (several := _people_before(doc, title.start - 1)):
            for person in several:
                yield Link(title, person, "list")
            return
        people = list(_people_after(doc, after if states else title.token.i + 1)) or list(_listed_after(doc, title))
        if (
            not people and len(states) > 1
        ):  # a heading: "Statement by the Foreign Ministers of A and B", and the text begins with their names
            while after < len(doc) and doc[after].is_space:
                after += 1
            people = list(_people_after(doc, after))
            people = people if len(people) == len(states) else []
        codes = states if len(states) == len(people) else [None] * len(people)
        for person, code in zip(people, codes):
            yield Link(title, person, "list", code)
        title.end = title.token.i + 1
        return
    if _CUT_SHORT.search(title.token.text) and title.token.text[:1].isupper():
        return
    ahead = skip_forward(doc, title.end)
    if ahead < len(doc) and doc[ahead].ent_type_ == "PERSON":
        yield Link(title, doc[ahead], "direct")
        return
    inner = skip_forward(doc, title.token.i + 1)
    if inner < len(doc) and doc[inner].ent_type_ == "PERSON":
        title.end = title.token.i + 1
        yield Link(title, doc[inner], "direct")
        return
    labelled = _labelled(doc, title)
    if labelled is not None:
        last_back[labelled.i + 1] = labelled
        yield Link(title, labelled, "comma")
        return
    behind = _named_before(doc, title) or _person_before(doc, title, last_back)
    forward = None
    if ahead < len(doc) and doc[ahead].text in (",", ":", "–", "—", "-", "(", "--"):
        nxt = skip_forward(doc, ahead + 1)
        if nxt < len(doc) and doc[nxt].ent_type_ == "PERSON":
            forward = doc[nxt]
    if behind is not None and (forward is None or behind.i not in linked):
        last_back[title.end] = behind
        yield Link(title, behind, "comma")
        return
    if forward is not None:
        yield Link(title, forward, "comma")
        return
    by_verb = _by_verb(doc, title)
    if by_verb is not None:
        yield Link(title, by_verb, "verb")


_LABEL_ENDS = frozenset({":", "–", "—", "-", "/", "|"})


def _begins_line(doc: Doc, i: int) -> bool:
    """Do only numbers, bullets, articles and honorifics stand between the start of the line and token i?"""
    k = i - 1
    while k >= 0 and "\n" not in doc[k].text:
        token = doc[k]
        if not (
            token.is_space
            or token.is_punct
            or token.like_num
            or token.lower_ in ("the", "acting", "rt", "hon", "hon'ble")
            or lexicons.is_honorific(token.text)
            or re.fullmatch(r"\(?[ivx]+\)?", token.lower_)
        ):
            return False
        k -= 1
    return True


def _after_brackets(doc: Doc, k: int) -> int:
    """The index behind "(acting)" and ", Central Bank of X" at k."""
    if k < len(doc) and doc[k].text == "(":
        close = next((t.i for t in doc[k + 1 : k + 5] if t.text == ")"), None)
        k = skip_forward(doc, close + 1) if close is not None else k
    if k + 1 < len(doc) and doc[k].text == "," and doc[k + 1].ent_type_ in ("PUBLIC_BODY", "FUND"):
        k = skip_forward(doc, k + 2)
    return k


def _labelled(doc: Doc, title: Title) -> Token | None:
    """The name behind a title that begins a line: "Governor, Bank of X: Dr. A", "Foreign Minister (acting) – B", "Director / C"."""
    if not _begins_line(doc, title.start):
        return None
    k = _after_brackets(doc, skip_forward(doc, title.end))
    if k >= len(doc) or doc[k].text not in _LABEL_ENDS:
        return None
    k = _past_ranks(doc, skip_forward(doc, k + 1))
    return doc[k] if k < len(doc) and doc[k].ent_type_ == "PERSON" else None


def _past_ranks(doc: Doc, k: int) -> int:
    """The index behind a rank that is a title of its own: "Minister of Defence – Admiral X"."""
    while k + 1 < len(doc) and doc[k].ent_type_ == "OFFICE" and doc[k].lower_ in word_set("ranks_before_name"):
        k = skip_forward(doc, k + 1)
    return k


_APPOINTS = frozenset({"appoint", "name", "nominate", "elect", "designate", "make"})


def _named_before(doc: Doc, title: Title) -> Token | None:
    """The name right before a title: in a row of a list without commas, or behind "appointed" ("named X Media Adviser")."""
    k = title.start - 1
    while k >= 0 and _is_word_gap(doc[k]):
        k -= 1
    if k < 0 or doc[k].ent_type_ != "PERSON" or not title.token.text[:1].isupper():
        return None
    after = doc[title.end] if title.end < len(doc) else None
    if _begins_line(doc, k) and (after is None or "\n" in after.text or after.text in (",", "(")):
        return doc[k]
    first = max(doc[k].sent.start, k - _BACK)
    return doc[k] if any(t.lemma_.lower() in _APPOINTS and t.pos_ == "VERB" for t in doc[first:k]) else None


def _people_before(doc: Doc, p: int) -> list[Token]:
    """At least two names in front of a plural title: "A, B and C, State Secretaries"."""
    found: list[Token] = []
    if p < 1 or doc[p].text != ",":
        return found
    k = p - 1
    while k >= 0 and doc[k].ent_type_ == "PERSON":
        found.append(doc[k])
        k -= 1
        while k >= 0 and (lexicons.is_honorific(doc[k].text) or _is_word_gap(doc[k])):
            k -= 1
        if k < 0 or doc[k].lower_ not in (",", "and", "&"):
            break
        while k >= 0 and doc[k].lower_ in (",", "and", "&"):
            k -= 1
    return found[::-1] if len(found) > 1 else []


def _paired_after(doc: Doc, i: int) -> Iterator[tuple[Token, str | None]]:
    """The names behind their states: "the interior ministers of Lithuania (A), Latvia (B)", "of Peru, A, and of Chile, B, met"."""
    if i >= len(doc) or doc[i].lower_ != "of":
        return
    pairs: list[tuple[Token, str | None]] = []
    k, brackets = i + 1, False
    while k + 3 < len(doc):
        while k + 3 < len(doc) and doc[k].lower_ in ("the", ",", "and", ";", "of"):
            k += 1
        at = skip_forward(doc, k + 2) if doc[k].ent_type_ == "COUNTRY" and doc[k + 1].text in ("(", ",") else len(doc)
        if at + 1 >= len(doc) or doc[at].ent_type_ != "PERSON" or doc[at + 1].text not in (")", ",", ";", "."):
            break
        pairs.append((doc[at], doc[k].ent_kb_id_ or None))
        brackets = brackets or doc[k + 1].text == "("
        k = at + (1 if doc[at + 1].text in (";", ".") else 2)
        if doc[at + 1].text == ";":
            break
    if brackets or len(pairs) > 1:
        yield from pairs


def _listed_after(doc: Doc, title: Title) -> Iterator[Token]:
    """At least two names behind a colon or dash of the title's sentence: "The ministers of the eight – of whom six signed: A, B …"."""
    for token in doc[title.token.i + 1 : min(title.token.sent.end, title.token.i + 16)]:
        if token.ent_type_ in ("PERSON", "OFFICE"):
            return
        if token.text in (":", "–", "—"):
            people = list(_people_after(doc, token.i + 1))
            if len(people) > 1:
                yield from people
                return


def _states_after(doc: Doc, i: int) -> tuple[int, list[str | None]]:
    """The states in "the energy ministers of Norway, Germany and the Netherlands, A, B and C", and the index behind them."""
    if i >= len(doc) or doc[i].lower_ != "of":
        return i, []
    codes: list[str | None] = []
    k = i + 1
    while k < len(doc) and (doc[k].ent_type_ == "COUNTRY" or doc[k].lower_ in ("the", ",", "and")):
        if doc[k].ent_type_ == "COUNTRY":
            codes.append(doc[k].ent_kb_id_ or None)
        k += 1
    return k, codes


def _people_after(doc: Doc, i: int) -> Iterator[Token]:
    """The names that share a plural title: "Presidents A and B", "Prime Ministers A of X, B of Y and C of Z"."""
    k = skip_forward(doc, i)
    if k < len(doc) and doc[k].text in (",", ":", "(", "–", "—", "-", "--"):
        k = skip_forward(doc, k + 1)
    while k < len(doc) and doc[k].ent_type_ == "PERSON":
        yield doc[k]
        k = skip_forward(doc, k + 1)
        if k < len(doc) and doc[k].text == "(":
            while k < len(doc) and doc[k].text != ")":
                k += 1
            k += 1
        elif k < len(doc) and doc[k].lower_ == "of":
            k += 1
            while k < len(doc) and (doc[k].ent_type_ in CODED or doc[k].lower_ == "the"):
                k += 1
        moved = k
        while (moved < len(doc) and doc[moved].lower_ in (",", "and", "&", ";", "as", "well")) or (
            moved < len(doc) and _is_word_gap(doc[moved])
        ):
            moved += 1
        if moved == k:
            return
        k = skip_forward(doc, moved)


def _person_before(doc: Doc, title: Title, last_back: dict[int, Token]) -> Token | None:
    """The name that the title stands in apposition to: "Kono, Japan's digital minister"; also its second title behind "and"."""
    p = title.start - 1
    if p >= 1 and doc[p].lower_ in ("for", "as") and doc[p - 1].lower_ in ("nominee", "candidate", "nominated"):
        p -= 2  # "X, Nominee for Ambassador to Mexico"
    steps = 0
    while p >= 0 and steps < 8:
        token = doc[p]
        if token.is_space and "\n" in token.text:
            break
        if (
            token.is_space
            or token.lower_ in word_set("between_state_and_title")
            or token.ent_type_ in ("COUNTRY", "NORP", "BLOC", "PLACE", "PUBLIC_BODY")
            or (token.pos_ == "ADJ" and not token.ent_type_)
        ):
            p -= 1
            steps += 1
            continue
        break
    if p < 0:
        return None
    token = doc[p]
    if token.lower_ in ("and", "&", ";", ","):
        q = p
        while q >= 0 and (doc[q].lower_ in ("and", "&", ";", ",", "also") or _is_word_gap(doc[q])):
            q -= 1
        if q + 1 in last_back:
            return last_back[q + 1]
    if token.text in _OPENING:
        q = p - 1
        while q >= 0 and (
            _is_word_gap(doc[q])
            or doc[q].text in ("-", ",", ")", ".")
            or doc[q].lower_ in _POST_NOMINALS
            or (doc[q].text[:1].isupper() and lexicons.is_honorific(doc[q].text))
        ):
            q = _opening(doc, q) if doc[q].text == ")" else q - 1
        if q >= 2 and doc[q].ent_type_ in ("COUNTRY", "BLOC"):  # "X of Suriname, chair of …"
            while q > 0 and (doc[q].ent_type_ in ("COUNTRY", "BLOC") or doc[q].lower_ in ("of", "the")):
                q -= 1
        if q >= 0 and doc[q].ent_type_ == "PERSON":
            return doc[q]
        return None
    if token.is_space and "\n" in token.text and p and doc[p - 1].ent_type_ == "PERSON" and token.text.count("\n") == 1:
        # A signature: the name alone on a line, the title on the next.
        return doc[p - 1] if _begins_line(doc, p - 1) else None
    return None


def _opening(doc: Doc, q: int) -> int:
    """The index before the bracket that closes at q and that holds no more than a state or a form of address, else the one before q."""
    k = q - 1
    while k > 0 and q - k < 5 and doc[k].text != "(":
        k -= 1
    return k - 1 if doc[k].text == "(" and doc[k - 1].ent_type_ == "PERSON" else q - 1


_POST_NOMINALS = {"jr", "jr.", "sr", "sr.", "mp", "obe", "cbe", "kc", "qc", "phd", "ph.d.", "md", "iii", "ii", "esq", "mep"}


_CHANGES_OF_OFFICE = {"resignation", "appointment", "election", "nomination", "confirmation", "dismissal", "selection", "designation"}


def _by_verb(doc: Doc, title: Title) -> Token | None:
    """The person that "is", "became" or "was named" the title, or works "as" it, by the parse."""
    token = title.token
    head = token.head
    references = doc._.references

    def person(candidate: Token) -> Token | None:
        if candidate.ent_type_ == "PERSON":
            return candidate
        if candidate.lower_ in ("who", "he", "she"):
            if candidate.lower_ == "who":
                verb = candidate.head
                return verb.head if verb.dep_ == "relcl" and verb.head.ent_type_ == "PERSON" else None
            cluster = references.resolve(candidate) if references else None
            return cluster.first if cluster is not None and cluster.label == "PERSON" else None
        return None

    if token.dep_ == "appos" and head.ent_type_ == "PERSON":
        return head
    for child in token.children:
        if child.dep_ == "appos" and child.ent_type_ == "PERSON" and child.i > token.i and child.i - title.end < 4:
            return child
    if token.dep_ in ("attr", "oprd", "acomp") and head.lemma_.lower() in (
        "be",
        "become",
        "remain",
        "name",
        "appoint",
        "elect",
        "make",
        "serve",
    ):
        for child in head.children:
            if child.dep_ in ("nsubj", "nsubjpass", "dobj") and child.i != token.i and child.i < token.i and (found := person(child)):
                return found
    if token.dep_ == "pobj" and head.lower_ == "as":
        verb = head.head
        if verb.ent_type_ == "PERSON":
            return verb
        if verb.lower_ in _CHANGES_OF_OFFICE:
            of = next((child for child in verb.children if child.lower_ == "of"), None)
            return next((child for child in of.children if child.ent_type_ == "PERSON"), None) if of is not None else None
        for dep in ("dobj", "nsubjpass", "nsubj"):
            for child in verb.children:
                if child.dep_ == dep and (found := person(child)) and verb.lemma_.lower() in word_set("verbs_of_office"):
                    return found
    return None
