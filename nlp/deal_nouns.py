"""Which deals do nouns tell: "X's $5bn takeover of Y", "a loan to Z from W", "won a contract", "a joint venture with V"?"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Token

from nlp.deal_frames import Frame
from nlp.deal_lexicon import kinds_of_nouns, words
from nlp.deal_noun_context import is_credit
from nlp.deal_nouns_money import contract_noun, finance_noun, investment_noun, project_noun
from nlp.deal_nouns_ownership import listing_noun, merger_noun, round_noun, sale_noun, stake_noun, takeover_noun, venture_noun
from nlp.deal_status import status_of


def noun_frames(token: Token) -> Iterator[Frame]:
    """The frames that a noun opens; none where it names no deal here."""
    kind = kinds_of_nouns().get(token.lemma_.lower())
    if kind is None or token.ent_type_:
        return
    if kind == "loan" and token.lemma_.lower() in words("project_nouns") and not is_credit(token):
        kind = "project"
    builder = {
        "acquisition": takeover_noun,
        "bid": takeover_noun,
        "sale": sale_noun,
        "merger": merger_noun,
        "stake": stake_noun,
        "investment": investment_noun,
        "project": project_noun,
        "loan": finance_noun,
        "grant": finance_noun,
        "guarantee": finance_noun,
        "contract": contract_noun,
        "joint_venture": venture_noun,
        "funding_round": round_noun,
        "listing": listing_noun,
    }[kind]
    frame = builder(token, kind)
    if frame is not None:
        frame.status = status_of(token)
        if token.lemma_.lower() in ("bid", "offer", "approach") and frame.status in ("agreed", "completed"):
            frame.status = "proposed"
        if any(c.lower_ in ("planned", "proposed", "possible", "potential", "would-be") for c in token.children) and frame.status in (
            "agreed",
            "completed",
        ):
            frame.status = "proposed"
        frame.pattern = f"noun:{kind}"
        yield frame
