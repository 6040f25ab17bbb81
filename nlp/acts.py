"""Which clauses of a document can carry an act, and what in them tells which act it is.

A `Clause` is the smallest part of a text that can carry an act of its own: a main verb with what depends on it, a noun of an act
("talks between …"), or a line without a verb ("Health: US$ 3 million for …"). Its `features` are what the learned weights of
`act_model` read; `lexical_act` is what the lexicon alone says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spacy.symbols import AUX, NOUN, VERB
from spacy.tokens import Doc, Span, Token

from nlp.actors import act_words

_SUBJECTS = ("nsubj", "nsubjpass", "csubj", "expl")
_LIGHT = {
    "hold",
    "have",
    "take",
    "make",
    "give",
    "pay",
    "be",
    "do",
    "reach",
    "come",
    "enter",
    "express",
    "voice",
    "issue",
    "lodge",
    "carry",
    "set",
    "put",
    "place",
    "convey",
    "extend",
    "lay",
    "bring",
    "get",
    "keep",
}
_UNREAL = {"would", "could", "might", "may", "should"}
_FUTURE = {"will", "shall", "'ll", "wo"}
_CONDITION = {"if", "unless", "whether", "should"}
REFUSALS = {"fail", "refuse", "decline", "reject", "omit", "neglect", "cease"}
_NEGATIVE = {"no", "not", "neither", "nor", "never", "without", "nothing", "n't", "none"}
_SIDES = ("COUNTRY", "BLOC", "NORP")
_CAN_ACT = frozenset((VERB, AUX, NOUN))
_ITEM = re.compile(r"^\s*(?:[-–—•*·▪◦‣○●]|\(?\d{1,3}[.)]|\(?[a-z]\)|\(?[ivx]{1,5}[.)])\s*")
_LABEL = re.compile(r"^\s*(?:[-–—•*·▪◦‣○●]\s*)?[^\W\d_][^:;.!?]{1,60}(?::| [–—-] )(?=\s*\S)")


@dataclass(slots=True, eq=False)
class Clause:
    """A part of a sentence that can carry an act.

    `kind` is "main", "reported" (what somebody said), "embedded" (relative, participial), "nominal" or "line" (no verb).
    `words` are the lemmas that tell the act, the governing one first: "agree", "expand".
    """

    head: Token
    sentence: Span
    kind: str
    words: tuple[str, ...]
    lexical_act: str | None
    negated: bool
    helpers: frozenset[str]
    passive: bool

    @property
    def supposed(self) -> bool:
        """Only imagined: after "if" or "whether"."""
        return any(c.dep_ == "mark" and c.lower_ in _CONDITION for c in self.head.children)


def clauses(sentence: Span, tokens: list[Token]) -> Iterator[Clause]:
    """The clauses of a sentence, whose tokens are given, in order; at least one wherever the sentence has a word."""
    found = [clause for token in tokens if token.pos in _CAN_ACT and (clause := _clause(token, sentence)) is not None]
    if not any(c.kind in ("main", "reported") for c in found):
        root = sentence.root
        if not any(c.head.i == root.i for c in found) and not root.is_space and not root.is_punct:
            found.append(_make(root, sentence, "line"))
    yield from sorted(found, key=lambda c: c.head.i)


def _clause(token: Token, sentence: Span) -> Clause | None:
    if token.ent_type or token.dep_ in ("amod", "compound", "nmod"):
        return None
    if token.pos_ == "VERB" or (token.pos_ == "AUX" and token.dep_ in ("ROOT", "ccomp", "conj", "relcl", "advcl")):
        kind = _verb_kind(token)
        return _make(token, sentence, kind) if kind else None
    if token.pos_ == "NOUN" and token.lemma_.lower() in act_words()["noun_act"] and not _is_light_object(token):
        return _make(token, sentence, "nominal")
    return None


def _verb_kind(token: Token) -> str | None:
    """How a verb stands in its sentence; None where it only continues another verb ("agreed to [expand]")."""
    current, kind = token, "main"
    for _ in range(8):
        dep = current.dep_
        if dep == "ROOT":
            return kind
        if dep == "conj" and current.head.pos_ in ("VERB", "AUX"):
            if current.head.dep_ in ("xcomp", "pcomp"):
                return None
            current = current.head
        elif dep in ("ccomp", "parataxis"):
            kind, current = ("reported" if kind == "main" else kind), current.head
        elif dep in ("advcl", "relcl", "acl", "pcomp", "appos", "dep"):
            return "embedded" if token.lemma_.lower() in act_words()["verb_act"] else None
        elif dep == "xcomp" and current is token:
            return None
        elif current.pos_ not in ("VERB", "AUX"):
            return "embedded" if token.lemma_.lower() in act_words()["verb_act"] else None
        else:
            return kind
    return kind


def _is_light_object(noun: Token) -> bool:
    """Is the noun what a clause's verb does ("held [talks]"), so that the verb's clause tells its act?"""
    head = noun.head
    return noun.dep_ in ("dobj", "nsubjpass", "attr") and head.pos_ in ("VERB", "AUX") and _verb_kind(head) is not None


def _make(head: Token, sentence: Span, kind: str) -> Clause:
    words = tuple(_words(head))
    chain = [head, *_chain(head)]
    helpers = frozenset(c.lemma_.lower() for t in chain for c in t.children if c.dep_ in ("aux", "auxpass") or c.tag_ == "MD")
    negated = any(c.dep_ == "neg" or c.lower_ in _NEGATIVE for t in chain for c in t.children) or head.lemma_.lower() in REFUSALS
    negated = negated or any(
        g.lower_ in _NEGATIVE for c in head.children if c.dep_ in ("dobj", "nsubj", "nsubjpass", "attr") for g in (c, *c.children)
    )
    return Clause(
        head=head,
        sentence=sentence,
        kind=kind,
        words=words,
        lexical_act=_lexical_act(head, words, kind),
        negated=negated,
        helpers=helpers,
        passive=any(c.dep_ == "auxpass" for c in head.children),
    )


def _chain(head: Token) -> list[Token]:
    """The verbs a verb governs without a subject of their own: "agreed to [expand]", "will continue to [train]"."""
    chain: list[Token] = []
    current = head
    for _ in range(3):
        below = [c for c in current.children if c.dep_ == "xcomp" and c.pos_ in ("VERB", "AUX") and not _has_subject(c)]
        if not below:
            break
        current = below[0]
        chain.append(current)
    return chain


def _has_subject(verb: Token) -> bool:
    return any(c.dep_ in _SUBJECTS for c in verb.children)


def _words(head: Token) -> Iterator[str]:
    yield head.lemma_.lower()
    for verb in _chain(head):
        yield verb.lemma_.lower()


def _lexical_act(head: Token, words: tuple[str, ...], kind: str) -> str | None:
    lexicon = act_words()
    if kind == "nominal":
        return str(lexicon["noun_act"][words[0]])
    if head.pos_ not in ("VERB", "AUX"):
        return next(
            (lexicon["noun_act"][t.lemma_.lower()] for t in (head, *head.children) if t.lemma_.lower() in lexicon["noun_act"]), None
        )
    if words[0] in _LIGHT or words[0] not in lexicon["verb_act"]:
        for child in head.children:
            if child.dep_ in ("dobj", "nsubjpass", "attr", "nsubj") and child.lemma_.lower() in lexicon["noun_act"]:
                return str(lexicon["noun_act"][child.lemma_.lower()])
    return next((lexicon["verb_act"][w] for w in words if w in lexicon["verb_act"]), None)


@dataclass(frozen=True, slots=True)
class SentenceFacts:
    """What all clauses of a sentence share: its list mark ("•", "(a)"), its label ("Health: …"), its act words and entity labels, and
    whether it speaks of threats, sanctions, protests or the like."""

    text: str
    is_item: bool
    has_label: bool
    words: frozenset[str]
    hostile: bool


def read_sentence(sentence: Span, tokens: list[Token]) -> SentenceFacts:
    """The facts of a sentence, whose tokens are given so that they are made once."""
    text, words, hostile = sentence.text, set(), False
    for token in tokens:
        if token.ent_type:
            words.add(token.ent_type_)
            continue
        told = _TOLD.get(token.lemma)
        if told is None:
            told = _TOLD[token.lemma] = _tell(token.lemma_.lower())
        if not told:
            continue
        lemma, is_cue, is_act = told
        hostile = hostile or is_cue or (lemma == "against" and any(c.ent_type_ in _SIDES and c.ent_kb_id_ for c in token.children))
        if is_act and token.pos in (NOUN, VERB):
            words.add(lemma)
    return SentenceFacts(text, bool(_ITEM.match(text)), bool(_LABEL.match(text)), frozenset(words), hostile)


# Hash of a lemma → what the lexicon says of it: most words, and every word of a text, are asked for again and again. The hash is of the
# string alone, so it holds beyond the memory zone of a batch.
_TOLD: dict[int, tuple[str, bool, bool] | tuple[()]] = {}
_MOST_TOLD = 50_000


def _tell(lemma: str) -> tuple[str, bool, bool] | tuple[()]:
    """A lemma, whether it is a hostile cue, whether an act; nothing for words that are neither."""
    if len(_TOLD) >= _MOST_TOLD:
        _TOLD.clear()
    lexicon = act_words()
    is_cue, is_act = lemma in lexicon["hostile_cues"], lemma in lexicon["noun_act"] or lemma in lexicon["verb_act"]
    return (lemma, is_cue, is_act) if is_cue or is_act or lemma == "against" else ()


def features(clause: Clause, facts: SentenceFacts, lead: Clause | None, doc: Doc) -> list[str]:
    """What tells the act, as names of indicator features."""
    head, sentence = clause.head, clause.sentence
    lexicon = act_words()
    act = clause.lexical_act or "none"
    names = [f"kind={clause.kind}", f"act={act}", f"act={act}|{clause.kind}", f"genre={doc._.genre}", f"w0={clause.words[0]}"]
    names += [f"w={w}" for w in clause.words]
    names += [f"wact={lexicon['verb_act'].get(w, 'none')}|{i}" for i, w in enumerate(clause.words)]
    if len(clause.words) > 1:
        names.append(f"w01={clause.words[0]}+{clause.words[1]}")
    for helper in clause.helpers:
        names.append(f"aux={helper}")
        if helper in _FUTURE or helper in _UNREAL:
            names += [f"aux={helper}|{act}"]
    if clause.negated:
        names += ["neg", f"neg|{act}"]
    if clause.passive:
        names += ["passive", f"passive|{act}"]
    last = (_chain(head) or [head])[-1]
    for child in {*head.children, *last.children}:
        if child.dep_ in ("dobj", "nsubjpass", "attr", "nsubj", "oprd"):
            lemma = child.ent_type_ or child.lemma_.lower()
            names += [f"{child.dep_[:4]}={lemma}", f"{child.dep_[:4]}act={lexicon['noun_act'].get(lemma, 'none')}"]
            if child.dep_ in ("dobj", "attr"):
                names.append(f"w|obj={clause.words[0]}+{lemma}")
        elif child.dep_ in ("prep", "agent", "prt"):
            names += [f"prep={child.lower_}", f"w|prep={clause.words[0]}+{child.lower_}"]
    names += [f"in={word}" for word in sorted(facts.words)]
    if lead is not None:
        names += [f"lead={lead.lexical_act}", f"leadw={lead.words[0]}", f"lead={lead.lexical_act}|{act}"]
    if facts.is_item:
        names.append("item")
    if facts.has_label:
        names.append("label")
    if sentence.end_char <= doc._.body_start:
        names.append("title")
    return names


def act_tokens(clause: Clause) -> tuple[Token, list[Token]]:
    """The clause's governing word, and the words it governs: further verbs, objects, passive subjects."""
    chain = _chain(clause.head)
    governed = list(chain)
    for verb in (clause.head, *chain):
        governed += [c for c in verb.children if c.dep_ in ("dobj", "nsubjpass", "attr", "oprd", "acomp") and not c.ent_type_]
    return clause.head, governed
