"""Which deals do the verbs of a sentence tell: who buys, sells, invests, lends, gives, orders or supplies what, from or to whom?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spacy.tokens import Token

from nlp.deal_frames import Frame
from nlp.deal_lexicon import frames_of_verbs
from nlp.deal_status import status_of
from nlp.deal_verbs_goods import build_frame, order_frame, supply_frame
from nlp.deal_verbs_money import fund_frame, give_frame, guarantee_frame, invest_frame, lend_frame, raise_frame, receive_frame
from nlp.deal_verbs_ownership import buy_frame, list_frame, merge_frame, pay_frame, sell_frame, taken_frame


def verb_frames(token: Token) -> Iterator[Frame]:
    """The frames that a verb opens; none where the parties or the value that its pattern needs are missing."""
    lemma = token.lemma_.lower()
    if lemma == "take":
        yield from taken_frame(token)
        return
    for name in frames_of_verbs().get(lemma, ()):
        frame = _BUILDERS[name](token, lemma) if name in _BUILDERS else None
        if frame is not None:
            frame.status = status_of(token)
            frame.pattern = f"verb:{name}"
            yield frame
            return


_BUILDERS: dict[str, Callable[[Token, str], Frame | None]] = {
    "buy": buy_frame,
    "pay": pay_frame,
    "sell": sell_frame,
    "invest": invest_frame,
    "lend": lend_frame,
    "give": give_frame,
    "fund": fund_frame,
    "guarantee": guarantee_frame,
    "raise": raise_frame,
    "receive": receive_frame,
    "order": order_frame,
    "supply": supply_frame,
    "merge": merge_frame,
    "build": build_frame,
    "list": list_frame,
}
