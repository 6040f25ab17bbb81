"""What surrounds a quotation: the sentence that leads up to it, the one that goes on after it, and its place in the paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacy.tokens import Doc, Token

from nlp.quote_marks import Quotation

_FRAME_TOKENS = 60
_LINKING_TOKENS = 2  # a comma and "and" between two quotations of one sentence


class Frame:
    """A document seen as what is said and what surrounds it; `text` is the `Doc`'s where it is not given."""

    def __init__(self, doc: Doc, quotations: Sequence[Quotation], text: str | None = None) -> None:
        self.doc = doc
        self.text = doc.text if text is None else text
        self.quotations = list(quotations)
        self.inside = bytearray(len(doc))
        for quotation in quotations:
            for i in range(self.token_at(quotation.start), self.token_at(quotation.end)):
                self.inside[i] = 1

    def token_at(self, offset: int) -> int:
        """Index of the first token that begins at or after a code point."""
        low, high = 0, len(self.doc)
        while low < high:
            middle = (low + high) // 2
            if self.doc[middle].idx < offset:
                low = middle + 1
            else:
                high = middle
        return low

    def after(self, quotation: Quotation) -> list[Token]:
        """Tokens of the sentence that goes on after a quotation, up to its end or the next quotation.

        Where the next quotation follows at once ("“…” and “…,” he said"), what comes after that.
        """
        run = self._run(range(self.token_at(quotation.end), len(self.doc)), across=False)
        return run if len(run) > _LINKING_TOKENS else self._run(range(self.token_at(quotation.end), len(self.doc)), across=True)

    def before(self, quotation: Quotation) -> list[Token]:
        """Tokens of the sentence that leads up to a quotation, from its start or the quotation before, in order."""
        first = self.token_at(quotation.start) - 1
        return self._run(range(first, -1, -1), across=True)[::-1]

    def _run(self, indices: Iterable[int], *, across: bool) -> list[Token]:
        run: list[Token] = []
        for i in indices:
            token = self.doc[i]
            if "\n" in token.text or len(run) >= _FRAME_TOKENS:
                break
            if self.inside[i]:
                if not across or _ends_sentence(self.doc, self.inside, i):
                    break
                continue
            if token.text in (".", "!", "?") or (token.text == ";" and run):
                break
            run.append(token)
        return run

    def says_itself(self, quotation: Quotation) -> bool:
        """The quotation ends its sentence: a full stop inside, or nothing after."""
        end = quotation.parts[-1][1]
        return self.text[end - 1 : end] in ".!?…" or self.text[end - 2 : end] in (".’", ".'")

    def starts_paragraph(self, quotation: Quotation) -> bool:
        return not self.text[self.text.rfind("\n", 0, quotation.start) + 1 : quotation.start].strip()

    def ends_paragraph(self, offset: int) -> bool:
        stop = self.text.find("\n", offset)
        return not self.text[offset : stop if stop >= 0 else len(self.text)].strip(" .,")

    def between(self, left: int, right: int) -> str:
        return self.text[left:right]


def _ends_sentence(doc: Doc, inside: bytearray, i: int) -> bool:
    """Token i, inside a quotation, is the last before the frame and ends a sentence there."""
    return doc[i].text in ".!?" and (i + 1 >= len(doc) or not inside[i + 1] or doc[i + 1].text in "”\"’'»")
