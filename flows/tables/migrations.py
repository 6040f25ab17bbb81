"""How do tables of an older schema become tables of today's?

The schema's version stands in `manifest.json` and `datapackage.json`. Tables of another version than `nlp.records.SCHEMA_VERSION`
are neither read nor written as the current ones; `communique upgrade` takes those for which there are steps to today's version in
one commit. Every step adds its tables without rows and its columns with their defaults (`schemas.upgrade`); what more it does to
the rows of a table stands in `convert`. Whoever changes the schema raises the version and adds a step here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from nlp.records import SCHEMA_VERSION

Convert = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True)
class Step:
    """From schema version `before` to `after`: what is new, in words, and by table what happens to its rows."""

    before: str
    after: str
    what: str
    convert: Mapping[str, Convert] = field(default_factory=dict)


STEPS: tuple[Step, ...] = (
    Step("1.0", "1.1", "tables `forgotten` (keys of documents that must not come back) and `run_metrics` (what runs measured)"),
)


def steps_from(version: str, *, to: str = SCHEMA_VERSION, steps: Sequence[Step] = STEPS) -> tuple[Step, ...] | None:
    """The steps from a version to today's, in order; () where it is today's, None where there is no way."""
    found: list[Step] = []
    while version != to:
        step = next((step for step in steps if step.before == version), None)
        if step is None or step in found:
            return None
        found.append(step)
        version = step.after
    return tuple(found)


def converter(table: str, steps: Sequence[Step]) -> Convert | None:
    """What the steps do to the rows of a table, one after the other; None where none does anything."""
    converts = [step.convert[table] for step in steps if table in step.convert]
    if not converts:
        return None

    def convert(rows: pa.Table) -> pa.Table:
        for one in converts:
            rows = one(rows)
        return rows

    return convert
