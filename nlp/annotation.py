"""Which annotation of a text can be kept, and by which keys?

Two layers (ARCHITECTURE.md, decision 7): what the model recognised, and the parsed `Doc` whose entities are single tokens. How they
become bytes is `annotation_bytes`; who keeps them is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlp.records import Text, digest


class DamagedAnnotationError(ValueError):
    """Kept bytes are not what was given to be kept."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is known of one text, or was made of it; None for what is not.

    `ner`: the model's spans. `spans`: hash of the entities that today's rules make of it. `parsed`: parsed Docs by the hash of their
    merged entities, the newest first.
    """

    ner: bytes | None = None
    spans: str | None = None
    parsed: tuple[tuple[str, bytes], ...] = ()

    @property
    def current(self) -> bytes | None:
        """The parsed Doc with today's entities."""
        return dict(self.parsed).get(self.spans) if self.spans else None


def text_hash(source: Text) -> str:
    """Identity of what is annotated: title and text, 16 hexadecimal digits."""
    return digest(source.title, source.text)


def context_hash(source: Text) -> str:
    """What entities depend on beside title and text: where it was published (a bare "$" is the dollar of that country)."""
    return digest(source.publisher, source.url)
