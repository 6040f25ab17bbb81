"""What did a run do, and what do the tables say now: for a person at a terminal, and for the Prefect artifact?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from flows.query import QUERY_MB, open_tables
from flows.tables.snapshot import Snapshot
from flows.terminal import markdown, safe, shorten

_OFFICIALS = """
SELECT person, arg_max(office, length(office)) AS office, jurisdiction, count(DISTINCT doc_id) AS documents, sum(mention_count) AS mentions
FROM officials GROUP BY coalesce(person_id, person), person, jurisdiction
ORDER BY documents DESC, mentions DESC, person LIMIT 5
"""
_DEALS = """
SELECT kind, status, list_aggregate(buyers, 'string_agg', ', ') AS buyers, target, amount_usd / 1e6 AS "million USD", published_on
FROM deals WHERE amount_usd IS NOT NULL ORDER BY amount_usd DESC, record_id LIMIT 5
"""
_PAIRS = """
WITH acts AS (
    SELECT list_distinct(list_filter(actor_codes, lambda code: regexp_full_match(code, '[A-Z0-9+]{2,8}'))) AS codes,
           list_distinct(topics) AS topics
    FROM cooperations
)
SELECT topic, a.code || ' – ' || b.code AS pair, count(*) AS acts
FROM acts, unnest(codes) AS a(code), unnest(codes) AS b(code), unnest(topics) AS t(topic)
WHERE a.code < b.code GROUP BY topic, pair ORDER BY acts DESC, topic, pair LIMIT 5
"""


@dataclass(frozen=True)
class Section:
    """A heading, the columns below it and their rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def sections(snapshot: Snapshot) -> list[Section]:
    """What stands in the tables: rows, officials, deals and pairs of countries, the most frequent or largest five."""
    found = [Section("Rows", ("table", "rows"), tuple((table, snapshot.rows(table)) for table in snapshot.tables))]
    with open_tables(snapshot, memory_mb=QUERY_MB) as connection:
        for title, sql in (("Officials", _OFFICIALS), ("Deals by value", _DEALS), ("Cooperation by topic", _PAIRS)):
            result = connection.execute(sql)
            columns = tuple(str(column[0]) for column in result.description)
            found.append(Section(title, columns, tuple(result.fetchall())))
    return found


def headline(done: dict[str, Any]) -> list[str]:
    """What a run did, in a few sentences. `done` is what the flow `pipeline` returns."""
    taken, read = done["ingest"], done["extract"]
    lines = [
        f"{taken['files']} raw files: {_count(taken['new'], 'new document')}, {taken['changed']} changed, "
        f"{taken['unchanged']:,} unchanged, {taken['rejected']} rejected"
    ]
    if taken["duplicates"]:
        lines.append(f"{_count(taken['duplicates'], 'duplicate')} of documents taken in before: kept, marked, and not extracted")
    if taken["unsupported"]:
        lines.append(f"{_count(taken['unsupported'], 'document')} not in English: kept, marked, and not extracted")
    if taken["forgotten"]:
        lines.append(f"{_count(taken['forgotten'], 'raw input')} left alone: forgotten on purpose")
    if read["documents"] or read["failed"]:
        rate = read["words"] / read["seconds"] if read["seconds"] else 0.0
        lines.append(
            f"extracted {_count(read['documents'], 'document')} ({read['words']:,} words, {read['records']:,} records) "
            f"in {read['seconds']:.1f} s: {rate:,.0f} words a second"
        )
        if read["failed"]:
            lines.append(f"{_count(read['failed'], 'document')} failed: see the table runs; --retry-failed tries them again")
    else:
        lines.append("extracted 0 documents: nothing new to extract")
    lines += [f"check failed: {one}" for one in done.get("failed_checks", ())]
    return lines


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _cell(value: Any, width: int = 60) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else shorten(value, width)


def print_summary(console: Console, lines: Sequence[str], found: Sequence[Section]) -> None:
    """The summary for a terminal; texts from documents come without control characters and markup."""
    for section in found:
        if section.rows:
            table = Table(title=section.title, title_justify="left", title_style="bold", header_style="", box=None, padding=(0, 2, 0, 0))
            for number, column in enumerate(section.columns):
                numeric = all(isinstance(row[number], (int, float)) or row[number] is None for row in section.rows)
                table.add_column(column, justify="right" if numeric else "left")
            for row in section.rows:
                table.add_row(*(safe(_cell(value)) for value in row))
            console.print(table)
            console.print()
    for line in lines:
        console.print(safe(line), highlight=False)


def as_markdown(lines: Sequence[str], found: Sequence[Section]) -> str:
    """The same for Prefect's artifact."""
    parts = ["\n".join(f"- {markdown(line)}" for line in lines)]
    for section in found:
        if section.rows:
            parts.append(f"## {section.title}\n\n{_markdown_table(section, markdown)}")
    return "\n\n".join(parts)


def _markdown_table(section: Section, write: Callable[[object], str]) -> str:
    lines = [section.columns, tuple("---" for _ in section.columns), *(tuple(write(_cell(value)) for value in row) for row in section.rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
