"""Where could a document tell a deal, and what is known of each such place: every amount, and every word of dealing with a party near?

An anchor is a money token or the verb or noun of a deal. Its features are indicator names for `deal_model`; what the rules of
`nlp.deal_verbs`, `nlp.deal_nouns` and `nlp.deal_lines` read there is among them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from spacy.tokens import Doc, Span, Token

from nlp import lexicons
from nlp.deal_frames import Frame
from nlp.deal_lexicon import frames_of_verbs, kinds_of_nouns, status_words, words
from nlp.deal_lines import line_frames
from nlp.deal_nouns import noun_frames
from nlp.deal_syntax import agent, direct_object, is_passive, subject
from nlp.deal_tokens import Tokens, read_tokens
from nlp.deal_verbs import verb_frames
from nlp.deal_verbs_money import money_from
from nlp.records import Amount

PRICE_UNITS = ("share", "barrel", "tonne", "ton", "ounce", "unit", "bushel", "gallon", "pound", "kg", "MWh", "kWh", "bond")
ORGANISED = ("FIRM", "FUND", "ORG", "PUBLIC_BODY", "COUNTRY", "BLOC", "NORP")
_MOST_HOPS = 6
_NEAR = 4
_WINDOW = 8
_SHORT_LINE = 90  # characters of a heading


@dataclass(eq=False)
class Place:
    """A sentence with what its anchors share: the lead of its list or its heading, and indicator names.

    `known` holds the words of the whole document; `opens_block` is whether a paragraph or item begins here.
    """

    sentence: Span
    number: int
    lead: Span | None
    known: Tokens
    opens_block: bool
    labels: frozenset[str]
    features: list[str] = field(default_factory=list)
    candidates: list[Any] | None = None
    """What may play a role in a deal told here, once `deal_roles` has looked."""

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens without white space."""
        return [token for token in self.sentence if self.known.tags[token.i] != "SPACE"]


@dataclass(slots=True, eq=False)
class Anchor:
    """A place where a deal may be told. `money` is None where the anchor is a word of dealing; `verb` and `noun` govern it."""

    token: Token
    money: Token | None
    place: Place
    frames: list[Frame]
    verb: Token | None
    noun: Token | None
    features: list[str] = field(default_factory=list)
    verbal: list[str] = field(default_factory=list)
    """`verb_features` of `verb`."""
    unpriced: list[Frame] = field(default_factory=list)
    """What the rules read at the governing words without seeing that this amount, the sentence's only one, is the value."""

    @property
    def trigger(self) -> Token:
        """The word that the row will point at: the rules' trigger, else the governing word of dealing, else the anchor itself."""
        if self.frames:
            return max(self.frames, key=lambda f: (f.strength, -f.trigger.i)).trigger
        if self.noun is not None and self.noun.lemma_.lower() in kinds_of_nouns():
            return self.noun
        if self.verb is not None and self.verb.lemma_.lower() in frames_of_verbs():
            return self.verb
        return self.token


def anchors(doc: Doc) -> Iterator[Anchor]:
    """The anchors of a document in order; amounts that are prices, fines or restate another amount are none."""
    amounts: dict[int, Amount] = {row.start: row for row in doc._.amounts}
    known = read_tokens(doc)
    by_money: dict[int, list[Frame]] = {}
    by_trigger: dict[int, list[Frame]] = {}
    for frame in rule_frames(doc, known):
        if frame.money is not None:
            by_money.setdefault(frame.money.i, []).append(frame)
        else:
            by_trigger.setdefault(frame.trigger.i, []).append(frame)
    own = own_codes(doc)
    seen: dict[tuple[float, str | None], int] = {}
    for place in _places(doc, known):
        monies = [i for i in range(place.sentence.start, place.sentence.end) if known.labels[i] == "MONEY"]
        organised = not place.labels.isdisjoint(ORGANISED)
        for i in range(place.sentence.start, place.sentence.end):
            if known.labels[i] == "MONEY":
                token = doc[i]
                amount = amounts.get(token.idx)
                if amount is None or amount.per in PRICE_UNITS or amount.equivalent_of is not None:
                    continue
                anchor = Anchor(token, token, place, by_money.get(i, []), *governors(token))
                key = (amount.amount_min, amount.currency)
                _describe(anchor, own, _money_features(anchor, amount, by_trigger, seen.get(key, 0), i == monies[0]))
                seen[key] = seen.get(key, 0) + 1
                if len(monies) == 1:
                    near = [f for t in (anchor.verb, anchor.noun) if t is not None for f in by_trigger.get(t.i, [])]
                    anchor.unpriced = [replace(f, money=token) for f in near]
                yield anchor
            elif not known.labels[i] and (i in by_trigger or (organised and _is_trigger(known.tags[i], known.lemmas[i]))):
                token = doc[i]
                anchor = Anchor(token, None, place, by_trigger.get(i, []), *governors(token))
                _describe(anchor, own, _trigger_features(anchor))
                yield anchor


def _describe(anchor: Anchor, own: frozenset[str], features: list[str]) -> None:
    """Put the features of an anchor behind those of its place; places without an anchor need none."""
    if not anchor.place.features:
        anchor.place.features = _place_features(anchor.token.doc, anchor.place, own)
    anchor.features = [*anchor.place.features, *features]


def rule_frames(doc: Doc, known: Tokens) -> Iterator[Frame]:
    """What the rules for verbs, nouns, lines and "$5 million from X" read."""
    verbs, nouns = frames_of_verbs(), kinds_of_nouns()
    for i, (label, tag, lemma) in enumerate(zip(known.labels, known.tags, known.lemmas)):
        if label == "MONEY":
            found = money_from(doc[i])
            if found is not None:
                yield found
        elif label:
            continue
        elif tag in ("VERB", "AUX"):
            if lemma in verbs or lemma == "take":
                yield from verb_frames(doc[i])
        elif tag in ("NOUN", "PROPN", "ADJ") and lemma in nouns:
            yield from noun_frames(doc[i])
    yield from line_frames(doc, known)


def _is_trigger(tag: str, lemma: str) -> bool:
    if tag == "VERB":
        return lemma in frames_of_verbs() or lemma in ("take", "sign")
    return tag in ("NOUN", "PROPN") and kinds_of_nouns().get(lemma, "project") != "project"


def _places(doc: Doc, known: Tokens) -> Iterator[Place]:
    lead: Span | None = None
    opens_block, number = True, 0
    whole = doc.text
    for first, last in known.sentences:
        sentence = doc[first:last]
        text = whole[sentence.start_char : sentence.end_char]
        if all(tag == "SPACE" for tag in known.tags[first:last]):
            opens_block = opens_block or "\n" in text
            continue
        stripped = text.strip()
        heading = opens_block and len(stripped) < _SHORT_LINE and stripped[-1] not in ".!?;,\"”'’" and text.rstrip(" ") != stripped
        yield Place(sentence, number, lead, known, opens_block, frozenset(known.labels[first:last]) - {""})
        if stripped.endswith(":") or (heading and number):
            lead = sentence
        number += 1
        opens_block = "\n" in text


def own_codes(doc: Doc) -> frozenset[str]:
    """The codes of the state whose paper or publication the document is."""
    source = doc._.source
    publisher = lexicons.publisher_country(source.publisher, source.url) if source else None
    return frozenset(c for c in (publisher, *doc._.parties[:1]) if c)


def _place_features(doc: Doc, place: Place, own: frozenset[str]) -> list[str]:
    tokens, genre, labels, known = place.tokens, doc._.genre, place.labels, place.known
    names = [f"genre={genre}"]
    names += [f"has={label}" for label in sorted(labels)]
    names += [f"no={label}" for label in ("FIRM", "FUND", "COUNTRY") if label not in labels]
    if labels.isdisjoint(ORGANISED):
        names.append("nobody")
    codes = {t.ent_kb_id_ for t in tokens if known.labels[t.i] in ("COUNTRY", "NORP", "BLOC")} - {""}
    names.append("foreign" if codes - own else "home" if codes else "nowhere")
    names.append(f"own={'known' if own else 'unknown'}|{'foreign' if codes - own else 'home' if codes else 'nowhere'}")
    names.append(f"monies={min(3, sum(known.labels[t.i] == 'MONEY' for t in tokens))}")
    if place.sentence.start_char < doc._.body_start:
        names += ["title", f"title|{genre}"]
    elif place.number < 3:
        names.append("opening")
    if place.lead is not None:
        names.append("led")
        lemmas = [known.lemmas[i] for i in range(place.lead.start, place.lead.end) if not known.labels[i]]
        names += [f"lead={lemma}" for lemma in lemmas if lemma in _lead_words()][:4]
    if tokens[0].text in ("-", "–", "—", "•", "*", "·", "+") or (
        place.opens_block and any(t.text in (":", "–", "—") for t in tokens[:_WINDOW])
    ):
        names.append("item")
    lower = {known.lower(t.i) for t in tokens}
    if not lower.isdisjoint(("“", "”", '"')):
        names.append("quoted")
    if not any(known.tags[t.i] in ("VERB", "AUX") for t in tokens):
        names.append("verbless")
    names += [f"word={w}" for w in sorted(lower & words("telling"))]
    return names


@cache
def _lead_words() -> frozenset[str]:
    return frozenset(frames_of_verbs()) | frozenset(kinds_of_nouns()) | words("giving_verbs")


def governors(token: Token) -> tuple[Token | None, Token | None]:
    """The verb over a token and the noun of its phrase (for a verb its object), entities left out."""
    verb: Token | None = token if token.pos_ in ("VERB", "AUX") and not token.ent_type_ else None
    if verb is not None:
        thing = direct_object(verb)
        return verb, thing if thing is not None and not thing.ent_type_ else None
    noun: Token | None = token if token.pos_ in ("NOUN", "PROPN") and not token.ent_type_ else None
    seen = token
    for _ in range(_MOST_HOPS):
        if seen.head == seen:
            break
        seen = seen.head
        if seen.pos_ in ("VERB", "AUX") and not seen.ent_type_:
            verb = seen
            break
        if noun is None and seen.pos_ in ("NOUN", "PROPN") and not seen.ent_type_:
            noun = seen
    if noun is None and token.ent_type_ == "MONEY":
        for child in token.children:
            if child.dep_ == "prep" and child.lower_ in ("in", "of"):
                noun = next((c for c in child.children if c.dep_ == "pobj" and not c.ent_type_), None)
    return verb, noun


def _word_features(prefix: str, token: Token | None) -> list[str]:
    if token is None:
        return [f"{prefix}=-"]
    lemma = token.lemma_.lower()
    names = [f"{prefix}={lemma}"]
    names += [f"{prefix}frame={name}" for name in frames_of_verbs().get(lemma, ())] if token.pos_ in ("VERB", "AUX") else []
    if token.pos_ in ("NOUN", "PROPN") and lemma in kinds_of_nouns():
        names.append(f"{prefix}kind={kinds_of_nouns()[lemma]}")
    status = status_words().get(lemma)
    return [*names, f"{prefix}status={status}"] if status else names


def verb_features(verb: Token | None) -> list[str]:
    """Tense, mood, voice and polarity of a verb and the verbs over it; labels of its subject, agent and object."""
    if verb is None:
        return ["noverb"]
    names = [f"tag={verb.tag_}", f"vdep={verb.dep_}"]
    names += [f"aux={c.lower_}" for c in verb.children if c.dep_ in ("aux", "auxpass")]
    if any(c.dep_ == "neg" for c in verb.children):
        names.append("negated")
    if is_passive(verb):
        names.append("passive")
    doer = agent(verb) if is_passive(verb) else subject(verb)
    names.append(f"doer={_sort(doer)}")
    names.append(f"object={_sort(direct_object(verb))}")
    above = verb
    for _ in range(3):
        if above.head == above:
            break
        above = above.head
        if above.pos_ in ("VERB", "AUX"):
            names += [f"over={above.lemma_.lower()}", *(f"over{n[1:]}" for n in _word_features("v", above)[1:])]
            names += [f"overaux={c.lower_}" for c in above.children if c.dep_ in ("aux", "neg")]
            break
    return names


def _sort(token: Token | None) -> str:
    if token is None:
        return "-"
    if token.ent_type_:
        return token.ent_type_
    if token.pos_ == "PRON":
        return token.lower_
    lemma = token.lemma_.lower()
    return "actor" if lemma in words("actor_nouns") else "total" if lemma in words("aggregates") else token.pos_


def _rule_features(frames: Iterable[Frame], prefix: str = "rule") -> list[str]:
    names: list[str] = []
    for frame in frames:
        names += [f"{prefix}={frame.kind}", f"{prefix}pattern={frame.pattern}", f"{prefix}strength={round(frame.strength, 1)}"]
        names += [f"{prefix}buyer={p.label or 'phrase'}" for p in frame.buyers[:2]] or [f"{prefix}buyer=-"]
        names.append(f"{prefix}target={frame.target_label or ('phrase' if frame.target else '-')}")
        names.append(f"{prefix}sellers={min(2, len(frame.sellers))}")
    return names or [f"no{prefix}"]


def _money_features(anchor: Anchor, amount: Amount, by_trigger: dict[int, list[Frame]], told: int, first: bool) -> list[str]:
    token, place = anchor.token, anchor.place
    anchor.verbal = verb_features(anchor.verb)
    names = [f"role={amount.role}", f"modifier={amount.modifier}", f"size={len(str(int(amount.amount_min)))}", f"told={min(2, told)}"]
    if amount.per:
        names += ["per", f"per={amount.per}"]
    names += _word_features("v", anchor.verb) + _word_features("n", anchor.noun) + anchor.verbal
    verb, noun = anchor.verb, anchor.noun
    names.append(f"vn={verb.lemma_.lower() if verb is not None else '-'}|{noun.lemma_.lower() if noun is not None else '-'}")
    names += [f"dep={token.dep_}", f"head={token.head.lemma_.lower()}", f"dephead={token.dep_}|{token.head.pos_}"]
    if token.dep_ == "pobj":
        names += [f"prep={token.head.lower_}", f"prep={token.head.lower_}|{token.head.head.lemma_.lower()}"]
        names.append(f"prep={token.head.lower_}|{amount.role}")
    for child in token.children:
        if child.dep_ == "prep":
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            names += [f"below={child.lower_}", f"below={child.lower_}|{_sort(inner)}"]
            if inner is not None and not inner.ent_type_:
                names += [f"below={child.lower_}|{n}" for n in _word_features("n", inner)]
        elif child.dep_ in ("acl", "relcl", "advcl", "appos"):
            names.append(f"below={child.dep_}|{child.lemma_.lower()}")
    names += _neighbours(token, place)
    names += _rule_features(anchor.frames)
    names += [f"near{n}" for t in place.tokens if t.i in by_trigger for n in _rule_features(by_trigger[t.i])[:1]]
    names.append("first" if first else "later")
    return names


def _neighbours(token: Token, place: Place) -> list[str]:
    names: list[str] = []
    known, start, end, i = place.known, place.sentence.start, place.sentence.end, token.i
    for step in range(1, _NEAR):
        for side, at in (("l", i - step), ("r", i + step)):
            if start <= at < end:
                word = known.words[at]
                names += [f"{side}{step}={word}", f"{side}={word}"] if step < 3 else [f"{side}={word}"]
    kinds = kinds_of_nouns()
    low, high = max(start, i - _WINDOW), min(end, i + _WINDOW + 1)
    near = [kinds[word] for word, label in zip(known.words[low:high], known.labels[low:high]) if word in kinds and not label]
    return names + [f"nearkind={kind}" for kind in near]


def _trigger_features(anchor: Anchor) -> list[str]:
    token, place = anchor.token, anchor.place
    anchor.verbal = verb_features(anchor.verb)
    names = _word_features("t", token) + anchor.verbal + _rule_features(anchor.frames)
    names += _word_features("n" if anchor.verb == token else "v", anchor.noun if anchor.verb == token else anchor.verb)
    names += [f"dep={token.dep_}", f"pos={token.pos_}", f"dep={token.dep_}|{token.head.lemma_.lower()}"]
    for child in token.children:
        if child.dep_ in ("prep", "agent", "dative"):
            inner = next((c for c in child.children if c.dep_ in ("pobj", "pcomp")), None)
            names += [f"below={child.lower_}", f"below={child.lower_}|{_sort(inner)}"]
        else:
            names.append(f"child={child.dep_}|{_sort(child)}")
    names += _neighbours(token, place)
    if "MONEY" in place.labels:
        if any(t.ent_type_ == "MONEY" for t in token.subtree):
            names.append("money_below")
        names += ["money_here", f"money_here|{place.known.tags[token.i]}"]
    if "PERCENT" in place.labels:
        names.append("percent_here")
    return names
