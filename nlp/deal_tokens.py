"""What is asked of every token of a document while deals are read: read once from the `Doc`, as lists by token index."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc, Token


@dataclass(slots=True, eq=False)
class Tokens:
    """Lists by token index. `lemmas` and `lowers` are in lower case; `words` the label of an entity, else the lemma.

    `heads` are token indices; `steps` are the dependencies `deps`, but of a preposition the word itself.
    """

    tokens: list[Token]
    labels: list[str]
    lemmas: list[str]
    lowers: list[str]
    tags: list[str]
    words: list[str]
    heads: list[int]
    deps: list[str]
    steps: list[str]


def read_tokens(doc: Doc) -> Tokens:
    """The lists of a parsed document."""
    tokens = list(doc)
    labels = [t.ent_type_ for t in tokens]
    lemmas = [t.lemma_.lower() for t in tokens]
    lowers = [t.lower_ for t in tokens]
    heads = doc.to_array("HEAD").astype("int64").tolist()
    deps = [t.dep_ for t in tokens]
    return Tokens(
        tokens=tokens,
        labels=labels,
        lemmas=lemmas,
        lowers=lowers,
        tags=[t.pos_ for t in tokens],
        words=[label or lemma for label, lemma in zip(labels, lemmas)],
        heads=[i + offset for i, offset in enumerate(heads)],
        deps=deps,
        steps=[lower if dep == "prep" else dep for dep, lower in zip(deps, lowers)],
    )
