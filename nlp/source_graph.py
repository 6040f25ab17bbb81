"""Which code, data files and results of other components does a function of this package use, as its source tells?

Files are read, never imported, so that the answer costs neither spaCy nor a model. A symbol is a function, class or constant at the top
of a module; it uses the symbols that its source names, theirs in turn, and the files of `lexicons` and `models` whose names stand in
any of these. Where the source does not tell (a module handed on whole, a name put together), all that may be meant counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
DATA = ("lexicons", "models")
_DATA_SUFFIXES = (".json", ".tsv", ".txt", ".csv", ".skops", ".npz", ".bin")
_WHOLE = "*"

Symbol = tuple[str, str]
"""Module below the package ("deals", "lexicons") and name in it; "*" for all names."""


@dataclass
class Node:
    """One symbol: its source, what it names, and what it reads and leaves on a `Doc` (`doc._.name`)."""

    source: str
    uses: set[Symbol] = field(default_factory=set)
    files: set[Path] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)


@dataclass
class Module:
    """The symbols of a module, what it imports from this package (name → symbol, or module with "*"), and its bare statements."""

    nodes: dict[str, Node]
    imports: dict[str, Symbol]
    statements: list[tuple[ast.stmt, Node]]


def closure(roots: Iterable[Symbol]) -> dict[Symbol, Node]:
    """The roots and every symbol that they use, directly or through others. Raises `KeyError` for a root that is not there."""
    found: dict[Symbol, Node] = {}
    queue = list(roots)
    for root in queue:
        if root[1] not in (*module(root[0]).nodes, *module(root[0]).imports, _WHOLE):
            raise KeyError(f"nlp.{root[0]} has no {root[1]}")
    while queue:
        for symbol in _resolved(queue.pop()):
            if symbol not in found:
                found[symbol] = module(symbol[0]).nodes[symbol[1]]
                queue += found[symbol].uses
    return found


@cache
def module(name: str) -> Module:
    """The symbols of `nlp.<name>`."""
    path = _path(name)
    if path is None:
        raise KeyError(f"there is no module nlp.{name}")
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.splitlines()
    imports = dict(_imports(tree))
    names = {bound for statement in tree.body for bound in _binds(statement)}
    nodes: dict[str, Node] = {}
    statements: list[tuple[ast.stmt, Node]] = []
    for statement in tree.body:
        if isinstance(statement, (ast.Import, ast.ImportFrom)) or _is_text(statement):
            continue
        node = _node(name, statement, lines, names, imports)
        bound = _binds(statement)
        for each in bound:
            nodes[each] = _joined(nodes[each], node) if each in nodes else node
        if not bound:
            statements.append((statement, node))
    return Module(nodes, imports, statements)


def modules() -> list[str]:
    """The modules that can run in a pipeline: those at the top of the package, and `lexicons`."""
    return [*sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"), "lexicons"]


@cache
def _path(name: str) -> Path | None:
    base = PACKAGE / name if name else PACKAGE
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


def _resolved(symbol: Symbol) -> Iterator[Symbol]:
    """The symbols with a source that a name means: through imports, and all of a module where the name does not tell."""
    home, name = symbol
    if _path(home) is None:
        return
    known = module(home)
    if name in known.nodes:
        yield symbol
    elif name in known.imports:
        yield from _resolved(known.imports[name])
    else:
        yield from ((home, each) for each in known.nodes)


def _binds(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module gives."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    found = set()
    for part in ast.walk(statement):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(part.name)
    return found


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _imports(tree: ast.Module) -> Iterator[tuple[str, Symbol]]:
    """What names of this package a module takes, wherever the import stands."""
    for part in ast.walk(tree):
        if isinstance(part, ast.ImportFrom) and part.module and part.module.split(".")[0] == "nlp":
            home = part.module.partition(".")[2].replace(".", "/")
            for alias in part.names:
                inner = f"{home}/{alias.name}" if home else alias.name
                yield alias.asname or alias.name, (inner, _WHOLE) if _path(inner) else (home, alias.name)
        elif isinstance(part, ast.Import):
            for alias in part.names:
                if alias.name.startswith("nlp.") and alias.asname:
                    yield alias.asname, (alias.name.partition(".")[2].replace(".", "/"), _WHOLE)


def _node(home: str, statement: ast.stmt, lines: list[str], names: set[str], imports: dict[str, Symbol]) -> Node:
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", ()))])
    node = Node("\n".join(lines[first - 1 : statement.end_lineno]))
    parts = list(ast.walk(statement))
    constants = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    node.files |= _named_files(constants)
    told: set[ast.Name] = set()  # names of modules of which one attribute alone is used
    for part in parts:
        if isinstance(part, ast.Attribute):
            if isinstance(part.value, ast.Attribute) and part.value.attr == "_":
                (node.reads if isinstance(part.ctx, ast.Load) else node.writes).add(part.attr)
            elif isinstance(part.value, ast.Name) and (target := imports.get(part.value.id)) and target[1] == _WHOLE:
                node.uses.add((target[0], part.attr))
                told.add(part.value)
        elif isinstance(part, ast.Call) and _is_load(part.func, home, imports):
            node.files |= _loaded(part)
    for part in parts:
        if isinstance(part, ast.Name) and part not in told and isinstance(part.ctx, ast.Load):
            if part.id in names:
                node.uses.add((home, part.id))
            elif part.id in imports:
                node.uses.add(imports[part.id])
    return node


def _joined(one: Node, other: Node) -> Node:
    return Node(
        f"{one.source}\n{other.source}", one.uses | other.uses, one.files | other.files, one.reads | other.reads, one.writes | other.writes
    )


def _named_files(constants: set[str]) -> set[Path]:
    """The data files and folders that texts of the source name."""
    found = set()
    told = [folder for folder in DATA if folder in constants or f"nlp.{folder}" in constants]
    for folder in told or DATA:
        for text in constants:
            path = PACKAGE / folder / text
            if text.endswith(_DATA_SUFFIXES) and path.is_file():
                found.add(path)
            elif folder in constants and text and text.isidentifier() and path.is_dir():
                found |= {inner for inner in path.rglob("*") if inner.is_file() and inner.suffix != ".md"}
    return found


def _is_load(called: ast.expr, home: str, imports: dict[str, Symbol]) -> bool:
    """Whether a call is one of `lexicons.load`."""
    if isinstance(called, ast.Attribute):
        return called.attr == "load" and isinstance(called.value, ast.Name) and imports.get(called.value.id) == ("lexicons", _WHOLE)
    return isinstance(called, ast.Name) and called.id == "load" and (home == "lexicons" or imports.get("load") == ("lexicons", "load"))


def _loaded(call: ast.Call) -> set[Path]:
    """The lexicon that `load(name)` opens; every lexicon where the source does not tell the name."""
    argument = call.args[0] if call.args else None
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {PACKAGE / "lexicons" / f"{argument.value}.json"}
    return set((PACKAGE / "lexicons").glob("*.json"))
