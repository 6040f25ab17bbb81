"""Which deals does a document report, one row each however often it is told?

Verbs (`nlp.deal_verbs`), nouns (`nlp.deal_nouns`) and verbless lines (`nlp.deal_lines`) each give frames: one telling of a deal at
one place. `deals` drops what is no deal (laws, totals, values without parties), joins the frames that tell the same deal, finds
the value or the date that another sentence adds, and makes the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from nlp.amounts import with_deal_values
from nlp.dates import resolve
from nlp.deal_anchors import PRICE_UNITS, own_codes
from nlp.deal_denials import is_asked_for, is_denied, is_holding, is_law, is_legislature, is_own_money, is_vague, turn_receiver
from nlp.deal_frames import Frame, is_aggregate
from nlp.deal_lexicon import words
from nlp.deal_model import DealModel, load_model
from nlp.deal_parties import Party
from nlp.deal_reading import learned_frames
from nlp.deal_roles import mark_of
from nlp.deal_status import ENDED, stronger
from nlp.periods import Period
from nlp.records import Amount, Deal

_THE_DEAL = re.compile(
    r"\b(?:the|this|that|its?|their) (?:proposed |planned |all-cash |cash |latest )?"
    r"(?:deal|transaction|acquisition|takeover|purchase|offer|bid|merger|sale|investment|stake|contract|order|agreement|loan|project|plant"
    r"|price|round|tender)\b",
    re.IGNORECASE,
)
_LEAST_PRICE = 1_000.0  # below, an amount in a takeover is a price per share
_GIVING = {"finance", "investment", "contract"}
_SMALL = {"the", "a", "an", "of", "for", "in", "to", "and", "its", "new", "at", "on", "s"}
_ANNOUNCING = (
    "say",
    "announce",
    "agree",
    "sign",
    "report",
    "unveil",
    "disclose",
    "reveal",
    "confirm",
    "tell",
    "propose",
    "approve",
    "award",
    "pledge",
    "commit",
    "launch",
)


@dataclass(slots=True)
class _Row:
    """Frames of one deal joined."""

    frames: list[Frame]

    @property
    def best(self) -> Frame:
        return max(
            self.frames, key=lambda f: (f.strength + 0.1 * bool(f.buyers) + 0.05 * bool(f.money) + 0.05 * bool(f.target), -f.trigger.i)
        )


def deals(doc: Doc, model: DealModel | None = None) -> Iterator[Deal]:
    """One `Deal` per transaction that the document reports; offsets into the Doc. Gives the amounts that are values their role.

    `model` holds the weights to read with; without, the shipped ones.
    """
    amounts = {row.start: row for row in doc._.amounts}
    own = own_codes(doc)
    frames = [f for f in learned_frames(doc, model or load_model()) if _is_deal(f, amounts, own)]
    rows = _join(frames, amounts)
    for row in rows:
        _add_value(row, doc, amounts)
    rows = [row for row in rows if not _only_values(row, rows)]
    made = [_record(row, doc, amounts) for row in rows]
    values = {(a.start, a.end) for row in rows for f in row.frames if (a := _amount(f.money, amounts)) is not None}
    doc._.amounts = with_deal_values(doc._.amounts, values)
    yield from made


def _amount(money: Token | None, amounts: dict[int, Amount]) -> Amount | None:
    return amounts.get(money.idx) if money is not None else None


def _is_deal(frame: Frame, amounts: dict[int, Amount], own: frozenset[str]) -> bool:
    """No totals, prices, fines, laws, denials or wishes; and somebody who gives or takes. `own` are the codes of the document's state."""
    amount = _amount(frame.money, amounts)
    if amount is not None and (amount.per in PRICE_UNITS or amount.role == "fine"):
        frame.money = None
    if amount is not None and frame.group in ("takeover", "investment") and amount.amount_max < _LEAST_PRICE:
        return False
    doc = frame.trigger.doc
    if is_aggregate(frame) or any(is_law(b, doc) or is_legislature(b) for b in frame.buyers):
        return False
    turn_receiver(frame)
    if is_asked_for(frame.trigger) or is_holding(frame.trigger) or is_denied(frame.trigger, ended=frame.status in ENDED):
        return False
    frame.buyers = [b for b in frame.buyers if not _names_a_programme(b, frame.target)]
    if (
        frame.group in ("takeover", "contract") and len(frame.buyers) > 1
    ):  # "acquisition of X from Y": Y sells; "an offer from Y" alone buys
        sellers = [b for b in frame.buyers if mark_of(b.token) == "from"]
        if len(sellers) < len(frame.buyers):
            frame.buyers = [b for b in frame.buyers if b not in sellers]
            frame.sellers = frame.sellers + [b for b in sellers if all(b.name != s.name for s in frame.sellers)]
    frame.buyers = [b for b in frame.buyers if b.label != "NORP" or b.token.tag_ != "NNPS"]
    if frame.group in ("finance", "contract"):
        frame.buyers = [b for b in frame.buyers if b.label != "PERSON"]
    frame.buyers = [b for b in frame.buyers if b.name and _key(b.name) != _key(frame.target)]
    frame.sellers = [
        s for s in frame.sellers if s.name and _key(s.name) != _key(frame.target) and all(s.name != b.name for b in frame.buyers)
    ]
    if is_vague(frame) or is_own_money(frame, doc, own):
        return False
    if frame.target.casefold() in ("it", "them", "this", "that", "which", "all", "more", "one"):
        frame.target = ""
    if not (frame.buyers or frame.sellers):
        return frame.group in ("listing",) or (
            frame.group in ("takeover", "investment", "finance") and bool(frame.target_label) and frame.money is not None
        )
    return bool(frame.target or frame.money)


def _names_a_programme(party: Party, target: str) -> bool:
    """Does the name only say which awards or funds these are ("$5 million in Riverlink awards")? "A Samsung factory" has an owner."""
    head = party.token.head
    if party.token.dep_ not in ("compound", "nmod") or f"{party.name} " not in target:
        return False
    return head.lemma_.lower() not in words("project_nouns") | words("asset_nouns")


def _key(text: str) -> frozenset[str]:
    return frozenset(w for w in re.findall(r"\w+", re.sub(r"['’]s\b", "", text.casefold())) if w not in _SMALL)


def _same(first: str, second: str) -> bool:
    """One name contains the other's words, or they share most of them."""
    a, b = _key(first), _key(second)
    return bool(a and b) and (a <= b or b <= a or len(a & b) / len(a | b) >= 0.5)


def _overlap(first: Iterable[Party], second: Iterable[Party]) -> bool:
    return any(_same(a.name, b.name) for a in first for b in second)


def _tells_the_same(one: Frame, other: Frame, amounts: dict[int, Amount]) -> bool:
    """Do two frames tell one deal: the same group, no party or value against it, and a shared trigger, party and value or target?"""
    if _refers_back(one, other) or _refers_back(other, one):
        return True
    if one.group != other.group:
        if one.money is not None and one.money == other.money:
            return {one.group, other.group} <= {*_GIVING, "takeover"}
        if one.trigger == other.trigger and _overlap(one.buyers, other.buyers):
            return one.money is None or other.money is None  # the word and its amount read as different kinds
        # "will invest … to support …": a second word for the giving that the first has priced
        unpriced = (one.money is None) != (other.money is None) and {one.group, other.group} <= _GIVING
        return unpriced and one.trigger.sent == other.trigger.sent and _overlap(one.buyers, other.buyers)
    first, second = _amount(one.money, amounts), _amount(other.money, amounts)
    if first is not None and second is not None and one.money != other.money:
        if first.currency == second.currency and first.amount_min != second.amount_min:
            return False
        if first.currency != second.currency and first.equivalent_of is None and second.equivalent_of is None:
            return False
    if one.money is not None and one.money == other.money:
        return True
    for told, again in ((one, other), (other, one)):  # "agreed to buy Y … to drive its combination with Z": Y is no second buyer
        within = (again.money is None or told.money is None) and told.target and again.trigger.sent == told.trigger.sent
        if within and again.buyers and all(_same(told.target, p.name) for p in again.buyers):
            return True
    same_value = first is not None and second is not None and first.amount_min == second.amount_min
    buyers = not one.buyers or not other.buyers or _overlap(one.buyers, other.buyers)
    targets = not one.target or not other.target or _same(one.target, other.target)
    if not buyers:
        return False
    if same_value:
        return targets or bool(_overlap(one.buyers, other.buyers))
    shared_buyer = bool(one.buyers and other.buyers) and _overlap(one.buyers, other.buyers)
    shared_target = bool(one.target and other.target) and _same(one.target, other.target)
    if one.group == "takeover":
        return shared_target and (shared_buyer or not one.buyers or not other.buyers or _overlap(one.sellers, other.sellers))
    if shared_buyer and shared_target:
        return True
    unpriced = (one.money is None) != (other.money is None)
    return shared_buyer and one.trigger.sent == other.trigger.sent and (targets or unpriced)


def _refers_back(again: Frame, told: Frame) -> bool:
    """Does a frame only add what "the deal" of the sentence before is worth, with the same parties and nothing of its own?"""
    if again.target or again.money is None or told.money is not None or not again.buyers:
        return False
    sentence = again.trigger.sent
    if told.trigger.sent.end != sentence.start or not _THE_DEAL.match(sentence.text.lstrip()):
        return False
    parties = [*told.buyers, *told.sellers]
    return all(_overlap([party], parties) for party in (*again.buyers, *again.sellers))


def _join(frames: list[Frame], amounts: dict[int, Amount]) -> list[_Row]:
    rows: list[_Row] = []
    for frame in sorted(frames, key=lambda f: (-f.strength, f.trigger.i)):
        home = next((r for r in rows if any(_tells_the_same(frame, f, amounts) for f in r.frames)), None)
        if home is None:
            rows.append(_Row([frame]))
        else:
            home.frames.append(frame)
    return sorted(rows, key=lambda r: min(f.trigger.i for f in r.frames))


def _add_value(row: _Row, doc: Doc, amounts: dict[int, Amount]) -> None:
    """Take the value from another place: the sentence itself ("in a deal worth …"), or the next one that speaks of "the deal"."""
    if any(_amount(f.money, amounts) is not None for f in row.frames) or row.best.group == "other":
        return
    best = row.best
    sentence = best.trigger.sent
    whole = best.kind in ("acquisition", "merger")
    taken = _candidates(sentence, amounts, whole=whole)
    if len(taken) == 1 and best.group in ("takeover", "contract", "investment", "finance") and _worth(taken[0]):
        best.money = taken[0]
        return
    position = sentence.end
    for _ in range(2):
        if position >= len(doc):
            return
        following = doc[position].sent
        text = following.text
        found = [
            m for m in _candidates(following, amounts, whole=whole) if _worth(m) or _THE_DEAL.search(text[: m.idx - following.start_char])
        ]
        if found and _THE_DEAL.search(text):
            best.money = found[0]
            best.evidence.append((following.start_char, following.end_char))
            return
        position = following.end


def _candidates(sentence: Span, amounts: dict[int, Amount], *, whole: bool) -> list[Token]:
    """Amounts that may be the value; what a whole firm is worth is so only where the `whole` is bought."""
    usable = []
    for token in sentence:
        amount = _amount(token, amounts) if token.ent_type_ == "MONEY" else None
        if (
            amount is not None
            and amount.per not in PRICE_UNITS
            and amount.equivalent_of is None
            and amount.role not in ("fine", "revenue", "trade_volume")
            and (whole or not _values_a_firm(token))
        ):
            usable.append(token)
    return usable


def _values_a_firm(money: Token) -> bool:
    """Does the amount stand in "values the company at …"?"""
    verb = money.head.head if money.head.dep_ == "prep" else money.head
    return verb.lemma_.lower() == "value" and any(child.dep_ in ("dobj", "nsubjpass") for child in verb.children)


def _only_values(row: _Row, rows: Sequence[_Row]) -> bool:
    """Does the row only tell what a firm is worth of which another row tells the deal?"""
    priced, target = [frame.money for frame in row.frames if frame.money is not None], row.best.target
    if not priced or not target or not all(map(_values_a_firm, priced)):
        return False
    return any(other is not row and other.best.group == "takeover" and _same(target, other.best.target) for other in rows)


def _worth(money: Token) -> bool:
    """Is the amount said to be the value: "worth", "valued at", "for", "in a … deal"?"""
    before = {t.lower_ for t in money.doc[max(0, money.i - 4) : money.i]}
    if before & {
        "worth",
        "valued",
        "value",
        "values",
        "valuing",
        "price",
        "pay",
        "paid",
        "cost",
        "costs",
        "totalling",
        "totaling",
        "for",
        "at",
        "investing",
        "investment",
    }:
        return True
    return money.head.lemma_.lower() in ("deal", "transaction", "contract", "agreement", "project", "takeover", "investment", "plant")


def _record(row: _Row, doc: Doc, amounts: dict[int, Amount]) -> Deal:
    best = row.best
    ranked = sorted(row.frames, key=lambda f: (-f.strength, f.trigger.i))
    buyers = [b for b in _union(best, ranked, "buyers") if not (best.target_label and _same(b, best.target))]
    sellers = [s for s in _union(best, ranked, "sellers") if all(not _same(s, b) for b in buyers)]
    with_target = [f for f in ranked if f.target]
    targets = [f.target for f in with_target if f.target_label] or [f.target for f in with_target]
    target = best.target if best.target and (best.target_label or best.group != "takeover") else (targets[0] if targets else None)
    if target and any(_same(target, b) and _key(target) == _key(b) for b in buyers):
        target = next((t for t in targets if all(_key(t) != _key(b) for b in buyers)), None)
    amount = next((a for f in [best, *ranked] if (a := _amount(f.money, amounts)) is not None), None)
    status = best.status
    for frame in row.frames:
        if frame is not best and (frame.status in ENDED or frame.strength >= 0.55):
            status = stronger(status, frame.status)
    kind = next((f.kind for f in ranked if f.kind == "stake_purchase" and f.stake), best.kind)
    when = announced(best.trigger, doc)
    sentences = [s for f in row.frames for s in [(f.trigger.sent.start_char, f.trigger.sent.end_char), *f.evidence]]
    spans = sorted(set(sentences))
    return Deal(
        start=best.trigger.idx,
        end=best.trigger.idx + len(best.trigger),
        evidence_spans=tuple(offset for span in spans for offset in span),
        confidence=_confidence(row),
        kind=kind,
        status=status,
        buyers=tuple(buyers),
        target=target or None,
        sellers=tuple(sellers),
        amount_min=amount.amount_min if amount else None,
        amount_max=amount.amount_max if amount else None,
        currency=amount.currency if amount else None,
        stake_pct=next((f.stake for f in [best, *ranked] if f.stake), None),
        announced_on=when.on if when else None,
        announced_until=when.until if when else None,
        announced_precision=when.precision if when else None,
    )


def _union(best: Frame, ranked: list[Frame], side: str) -> list[str]:
    """The parties of one side: the best frame's, with those that frames of the same sentence add."""
    names: list[str] = []
    for frame in [best, *ranked]:
        if frame is not best and names and frame.trigger.sent != best.trigger.sent:
            continue
        for party in getattr(frame, side):
            if all(not _same(party.name, n) for n in names):
                names.append(party.name)
    return names


def _confidence(row: _Row) -> float:
    """The probability of the best reading, a little more where several places tell the deal."""
    return round(max(0.02, min(0.98, row.best.strength + 0.05 * (len({f.trigger.i for f in row.frames}) > 1))), 3)


def announced(trigger: Token, doc: Doc) -> Period | None:
    """The period in which the deal was announced: the date at the announcing verb, in the past; in the title none."""
    source = doc._.source
    published = source.published_on if source else None
    sentence = trigger.sent
    dates = [t for t in sentence if t.ent_type_ == "DATE"]
    best: tuple[int, Period] | None = None
    for token in dates:
        verb = token.head
        for _ in range(4):
            if verb.pos_ in ("VERB", "AUX") or verb.head == verb:
                break
            verb = verb.head
        announcing = verb.lemma_.lower() in _ANNOUNCING or verb == trigger or trigger.is_ancestor(token)
        future = any(c.lower_ in ("will", "shall", "to") for c in verb.children if c.dep_ == "aux")
        before = token.nbor(-1).lower_ if token.i else ""
        if not announcing or future or before in ("by", "until", "through", "since", "before", "from", "over", "for"):
            continue
        period = resolve(token.text, published, tense="past")
        if period is None or period.on is None or period.until is None or (published and period.on > published):
            continue
        rank = abs(token.i - trigger.i) - (20 if verb.lemma_.lower() in ("announce", "agree", "sign", "say") else 0)
        if best is None or rank < best[0]:
            best = (rank, period)
    return best[1] if best else None
