"""Which state or body the words around a title and a name tell, and which states can have an office at all."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from spacy.tokens import Doc, Token

from nlp import columns, lexicons
from nlp.office_words import word_set
from nlp.official_links import Link, Title, skip_forward

COUNTRY_LABELS = ("COUNTRY", "NORP", "BLOC")


def code_of(token: Token) -> str | None:
    """The state or body of an entity token: its own code, or the state that a body's name has in it ("Australia's Department …")."""
    if token.ent_kb_id_:
        return token.ent_kb_id_
    if token.ent_type_ == "PUBLIC_BODY":
        named = lexicons.codes_in(token.text)
        return named[0] if named else None
    return None


_WAYS = {"NORP": "adjective", "PUBLIC_BODY": "body", "PLACE": "place"}
_COUNTERPARTS = {"counterpart", "colleague", "counterparts", "colleagues", "host", "guest", "visitor"}


def told_before(doc: Doc, title: Title) -> tuple[str | None, str]:
    """The state in front of a title and how it stands there: "Japan's", "the Emirati", "EU", "the Treasury's".

    "the country's" is the state named last. Ways: `possessive`, `adjective`, `noun`, `body`, `place`, `again`; "" where there is none.
    """
    p = title.start - 1
    steps = 0
    if p >= 2 and doc[p].text == "," and doc[p - 1].lower_ in _COUNTERPARTS:
        p -= 2
    elif p >= 1 and doc[p].lower_ in _COUNTERPARTS:
        p -= 1
    while p >= 0 and steps < 6:
        token = doc[p]
        if token.ent_type_ in ("COUNTRY", "NORP", "BLOC", "PLACE", "PUBLIC_BODY") and code_of(token):
            if token.ent_type_ == "PLACE" and doc[p + 1].lower_ not in ("'s", "’s"):
                return None, ""
            if (
                token.ent_type_ == "COUNTRY"
                and p
                and doc[p - 1].lower_ in ("in", "from", "to", "with", "visited")
                and not token.text.isupper()  # "to U.S. Secretary of State X": an abbreviation stands for the adjective
                and doc[p + 1].lower_ not in ("'s", "’s", "’", "'")
            ):
                return None, ""
            if doc[p + 1].lower_ in ("'s", "’s", "’", "'"):
                return code_of(token), "possessive"
            return code_of(token), _WAYS.get(token.ent_type_, "noun")
        if token.lower_ in ("country", "nation", "government", "bloc", "kingdom", "republic") and doc[p + 1].lower_ in ("'s", "’s"):
            return last_state(doc, p), "again"
        if (
            token.lower_ not in word_set("between_state_and_title")
            and not (token.pos_ == "ADJ" and not token.ent_type_)
            and not (token.is_space and "\n" not in token.text)
        ):
            return None, ""
        p -= 1
        steps += 1
    return None, ""


def told_before_person(doc: Doc, person: Token) -> str | None:
    """The state in front of a name: "Argentina's Diana …, the chancellor"."""
    p = person.i - 1
    while p > 0 and (lexicons.is_honorific(doc[p].text) or doc[p].text == "."):
        p -= 1
    if p > 0 and doc[p].lower_ in ("'s", "’s", "'", "’"):
        p -= 1
    elif p < 0 or doc[p].ent_type_ != "NORP":
        return None
    return code_of(doc[p]) if p >= 0 and doc[p].ent_type_ in (*COUNTRY_LABELS, "PUBLIC_BODY") else None


def last_state(doc: Doc, before: int) -> str | None:
    """The state or bloc named last before token index `before`."""
    for token in reversed(doc[:before]):
        if token.ent_type_ in ("COUNTRY", "BLOC") and code_of(token):
            return code_of(token)
    return None


def told_after(doc: Doc, person: Token) -> str | None:
    """The state behind a name: "Mia Mottley of Barbados", "(Kenya)", ", Kenya" at the end of a line or item."""
    k = skip_forward(doc, person.i + 1)
    if k >= len(doc):
        return None
    if doc[k].lower_ in ("of", "from"):
        for token in doc[k + 1 : k + 4]:
            if token.ent_type_ in (*COUNTRY_LABELS, "PUBLIC_BODY") and code_of(token):
                return code_of(token)
            if token.lower_ not in ("the", "a"):
                break
        return None
    if doc[k].text == "(" and k + 1 < len(doc) and doc[k + 1].ent_type_ in COUNTRY_LABELS:
        return code_of(doc[k + 1])
    if doc[k].text in (",", "–", "-", "|") and k + 1 < len(doc) and doc[k + 1].ent_type_ == "COUNTRY":
        after = doc[k + 2] if k + 2 < len(doc) else None
        if after is None or "\n" in after.text or after.text in (";", ".", ")", "•"):
            return code_of(doc[k + 1])
    return None


def _told_in(name: str) -> str | None:
    """The state that a recogniser took into the name: "Moon of the Republic of Korea"."""
    _, of, tail = name.partition(" of ")
    return lexicons.code_of(tail) if of else None


def told_behind_title(doc: Doc, title: Title) -> str | None:
    """The state behind a title that a comma cuts off: "Minister of Trade, Kenya"."""
    k = skip_forward(doc, title.end)
    if k + 2 < len(doc) and doc[k].text == "," and doc[k + 1].ent_type_ == "PUBLIC_BODY" and doc[k + 1].ent_kb_id_ == "":
        k += 2  # "Permanent Secretary, Ministry of Foreign Affairs, Kenya"
    if k + 1 < len(doc) and doc[k].text in (",", "(", "–", "-", "|") and doc[k + 1].ent_type_ in ("COUNTRY", "BLOC"):
        after = doc[k + 2] if k + 2 < len(doc) else None
        if after is None or "\n" in after.text or after.text in (";", ".", ")", ",", "•") or after.lower_ in ("embassy", "mission"):
            return code_of(doc[k + 1])
    return None


def told_for(doc: Doc, link: Link) -> str | None:
    """The state that a person speaks or signs for: "X, Minister of Energy, for Kazakhstan;", "X, the minister, signed for the Emirates"."""
    k = max(link.person.i, link.title.end - 1) + 1
    for token in doc[k : k + _FOR_WINDOW]:
        if token.ent_type_ in ("PERSON", "OFFICE") or token.text in (";", ".", ":") or "\n" in token.text:
            return None
        if token.lower_ != "for" or (token.i > k and doc[token.i - 1].text != "," and doc[token.i - 1].lemma_.lower() not in _ACTS_FOR):
            continue
        at = token.i + 2 if token.i + 1 < len(doc) and doc[token.i + 1].lower_ == "the" else token.i + 1
        after = doc[at + 1] if at + 1 < len(doc) else None
        if at < len(doc) and doc[at].ent_type_ in ("COUNTRY", "BLOC") and (after is None or after.text in _ENDS or "\n" in after.text):
            return code_of(doc[at])
    return None


_FOR_WINDOW = 12
_ACTS_FOR = frozenset({"sign", "speak", "act", "initial", "vote", "answer", "attend", "appear"})
_ENDS = frozenset({";", ".", ",", ")", "and", "•"})


_DELEGATION = re.compile(
    r"\b(?:represent(?:ed|ing|atives?)|delegations?|on behalf of|side|participants?|team|led by|headed by|attended|comprised|included)\b",
    re.I,
)
# Right behind a state, up to the name that speaks for it: "side by", "was represented by", ":", "for Japan –".
_SPEAKS = re.compile(
    r"^(?:['’]s)? ?(?:side|part|party|delegation|team|government|mission)?,? ?(?:(?:was|were|is|being) )?"
    r"(?:(?:led|headed|represented|chaired|signed) )?(?:by|:|–|—|-|in the person of)(?: the| its| his| her| Mr\.?| Ms\.?| Dr\.?)*$",
    re.I,
)
_WINDOW = 25
_SIDES = frozenset({"delegation", "side", "party", "team"})
# How many tokens (honorifics, numbers, bullets) a row has before its name or title.
_ROW_OPENS = 5


class Delegations:
    """For a person's token: the state of the list or delegation that it stands in.

    `side` is told by the words between state and name ("the American side by", "For Japan:"), `heading` by what opens the paragraph or
    the list ("Mexico:"), `label` for the first of a line by what opens it ("Togo: Minister …"), `lists` by a sentence that names a
    delegation ("Representing Canada were …; …").
    """

    def __init__(self, doc: Doc, links: list[Link]) -> None:
        self.side: dict[int, str] = {}
        self.heading: dict[int, str] = {}
        self.label: dict[int, str] = {}
        self.lists: dict[int, str] = {}
        first_of = {link.person.i: min(link.person.i, link.title.start) for link in reversed(links)}
        self._headings(doc, sorted(first_of))
        self._sentences(doc, first_of)

    def _headings(self, doc: Doc, people: list[int]) -> None:
        every = list(doc)
        body_start = doc._.body_start
        starts = [0] + [i + 1 for i in columns.line_ends(doc)]
        ends = [*(s - 1 for s in starts[1:]), len(doc)]
        carried: str | None = None
        alone = False
        for start, end in zip(starts, ends):
            tokens = [t for t in every[start:end] if not t.is_space]
            if not tokens or tokens[0].idx < body_start:
                continue
            here = [i for i in people if start <= i < end]
            states = [t for t in tokens if t.ent_type_ in COUNTRY_LABELS and code_of(t)]
            words = [t for t in tokens if not t.is_punct]
            if (
                len(words) <= 8
                and not here
                and len({code_of(s) for s in states}) == 1
                and (
                    tokens[-1].text == ":"
                    or len(words) <= 3
                    or words[0].lower_ in ("for", "from", "on")
                    or any(t.lower_ in _SIDES for t in words)
                )
            ):
                carried = code_of(states[0])
                alone = not any(t.ent_type_ in ("OFFICE", "FIRM", "FUND", "PUBLIC_BODY", "AGREEMENT") for t in tokens)
                continue
            if not here:
                closes = len(words) > 8 or tokens[-1].text == ":" or (len(words) <= 3 and all(t.text.isupper() for t in words))
                carried = None if closes else carried
                continue
            opening = states[0] if states and states[0].i < here[0] else None
            labelled = opening is not None and opening.i - start <= 1 and opening.i + 1 < end and doc[opening.i + 1].text == ":"
            if opening is not None and (labelled or (tokens[0].lower_ in ("for", "from") and opening.i - start < 4)):
                code = code_of(opening)
                if labelled and code:
                    self.label[here[0]] = code
            else:
                code = carried
            if code:
                self.heading.update(dict.fromkeys(here, code))
            if carried and alone and opening is None and here[0] - start <= _ROW_OPENS:
                self.label.update(dict.fromkeys(here, carried))

    def _sentences(self, doc: Doc, first_of: dict[int, int]) -> None:
        by_sentence: dict[int, list[int]] = {}
        for i in sorted(first_of):
            by_sentence.setdefault(doc[i].sent.start, []).append(i)
        for people in by_sentence.values():
            sentence = doc[people[0]].sent
            for state in sentence:
                if state.ent_type_ not in COUNTRY_LABELS or not code_of(state):
                    continue
                behind = [i for i in people if first_of[i] > state.i]
                if not behind or first_of[behind[0]] - state.i > _WINDOW:
                    continue
                between = " ".join(doc[state.i + 1 : first_of[behind[0]]].text.split())
                code = str(code_of(state))
                if _SPEAKS.match(between):
                    self.side[behind[0]] = code
                lead = doc[max(sentence.start, state.i - 4) : first_of[behind[0]]].text
                if len(behind) > 1 and (self.side.get(behind[0]) == code or _DELEGATION.search(lead)):
                    self.lists.update(dict.fromkeys(behind, code))

    def of(self, token: Token) -> str | None:
        """The code for a person's token, the nearer clue first, else None."""
        return self.side.get(token.i) or self.heading.get(token.i) or self.lists.get(token.i)


@cache
def _belongs() -> list[tuple[re.Pattern[str], frozenset[str]]]:
    return [(re.compile(pattern), frozenset(codes)) for pattern, codes in lexicons.load("offices")["belongs"]]


@cache
def _lacks() -> dict[str, frozenset[str]]:
    return {title: frozenset(codes) for title, codes in lexicons.load("offices")["lacks"].items()}


@lru_cache(4096)
def owners(title: str) -> frozenset[str] | None:
    """The only states that have such an office, or None where many do."""
    text = f" {title.lower().replace('-', ' ')} "
    return next((codes for pattern, codes in _belongs() if pattern.search(text)), None)


@lru_cache(65_536)
def may_have(code: str, title: str) -> bool:
    """Can the state have such an office? ("Prime Minister" is no office of the United States.)"""
    text = f" {title.lower().replace('-', ' ')} "
    held = owners(title)
    if held is not None and code not in held:
        return False
    if (
        re.search(r" presidents? ", text)
        and not re.search(r"vice president|president of|deputy president|to the president", text)
        and code in _lacks()["president"]
    ):
        return False
    if " prime minister" in text and "to the" not in text and code in _lacks()["prime minister"]:
        return False
    if re.search(r"(?<!prime) ministers? ", text) and code in _lacks()["minister"]:
        return False
    return not (
        re.search(r" secretar(?:y|ies) ", text)
        and not re.search(r"secretary general|cabinet|state secretary|general secretary|secretary of|press|vice|parliament", text)
        and code in _lacks()["secretary"]
    )


def clues(doc: Doc, link: Link) -> dict[str, str]:
    """What the words beside a title and its name tell: the place of the clue → code.

    Places: `list`, `before possessive` (and the other ways of `told_before`), `behind title`, `before name`, `after name`, `for`, `body`.
    """
    if link.how in ("counterpart", "succession"):
        return {"list": link.code} if link.code else {}
    before, way = told_before(doc, link.title)
    found = {
        "list": link.code,
        f"before {way}": before,
        "behind title": told_behind_title(doc, link.title),
        "before name": told_before_person(doc, link.person) if link.person.i < link.title.token.i else None,
        "after name": told_after(doc, link.person) or _told_in(link.person.text),
        "for": told_for(doc, link),
        "body": _body_code(doc, link.title) or _behind_code(doc, link),
    }
    return {place: code for place, code in found.items() if code}


def told(link: Link, found: dict[str, str]) -> str | None:
    """The state that the surest of the clues tells, None where there is none: the nearest words before others."""
    if link.how in ("counterpart", "succession"):
        return found.get("list")
    after = found.get("after name") if link.person.i > link.title.token.i else None
    before = next((code for place, code in found.items() if place.startswith("before ") and place != "before name"), None)
    if link.title.plural and (code := found.get("list") or after):
        return code
    if link.how == "direct":
        return before or after or found.get("behind title")
    return before or found.get("behind title") or found.get("for") or found.get("before name") or after


def body_behind(doc: Doc, link: Link) -> Token | None:
    """The body behind a name ("Acting Director Ann Bell of the Office of …"), "its head", or the one its row names."""
    k = link.person.i + 1
    while k + 1 < len(doc) and doc[k].lower_ in ("of", "from", "at", "the"):
        if doc[k + 1].ent_type_ in ("PUBLIC_BODY", "BLOC"):
            return doc[k + 1]
        k += 1
    start = link.title.start
    if start and doc[start - 1].lower_ in ("its", "their"):
        near = doc[max(0, start - 30) : start - 1]
        last = next((t for t in reversed(near) if t.ent_type_ in ("FIRM", "FUND", "ORG", "PUBLIC_BODY", "BLOC")), None)
        return last if last is not None and last.ent_type_ in ("PUBLIC_BODY", "BLOC") else None
    return link.body


def _behind_code(doc: Doc, link: Link) -> str | None:
    body = body_behind(doc, link)
    return code_of(body) if body is not None else None


def _body_code(doc: Doc, title: Title) -> str | None:
    """The state of a body inside the title ("FBI Director")."""
    for token in doc[title.start : title.end]:
        if token.ent_type_ in ("PUBLIC_BODY", "FUND", "BLOC") and token.ent_kb_id_:
            return token.ent_kb_id_
    return None
