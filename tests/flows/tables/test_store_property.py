"""Any sequence of commits: does the store hold what a dictionary would, in files that say what they hold?"""

import datetime as dt
import shutil
import tempfile
from itertools import chain
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from table_rows import quick_store, topic

from flows.tables.schemas import from_table, month_of, sort, to_table
from flows.tables.store import Change, equal_tables
from nlp.records import Topic

DOCUMENTS = st.sampled_from("abcdef")
DAYS = st.sampled_from([None, dt.date(2023, 12, 31), dt.date(2024, 1, 1), dt.date(2024, 1, 31)])
ROWS = st.tuples(DAYS, st.integers(1, 3))
CHANGES = st.tuples(st.dictionaries(DOCUMENTS, ROWS, max_size=4), st.sets(DOCUMENTS, max_size=3))
COMMITS = st.lists(st.lists(CHANGES, min_size=1, max_size=2), min_size=1, max_size=6)


def rows_of(doc_id: str, day: dt.date | None, number: int, version: str) -> list[Topic]:
    return [topic(doc_id, day, f"topic {i}", version) for i in range(number)]


@settings(max_examples=30)
@given(commits=COMMITS, full=st.integers(2, 6), most=st.integers(1, 3))
def test_the_store_holds_what_a_dictionary_would(commits, full, most):
    place = Path(tempfile.mkdtemp())
    try:
        store = quick_store(place / "a", target_file_rows=full, max_files_per_partition=most)
        model: dict[str, list[Topic]] = {}
        for number, changes in enumerate(commits):
            made = []
            for added, removed in changes:
                rows = {doc: rows_of(doc, *row, str(number)) for doc, row in added.items()}
                made.append(Change("topics", to_table("topics", chain.from_iterable(rows.values())), {"doc_id": {*removed, *added}}))
                model = {**{doc: old for doc, old in model.items() if doc not in removed}, **rows}
            snapshot = store.commit(made)
            expected = sort("topics", to_table("topics", chain.from_iterable(model.values())))
            assert snapshot.read("topics").equals(expected)
            for file, listed in zip(snapshot.files("topics"), snapshot.manifest.tables["topics"].files):
                inside = from_table("topics", pq.ParquetFile(file).read())
                assert len(inside) == listed.rows <= full
                assert all(f"published={month_of(row.published_on)}" == file.parent.name for row in inside)
                assert inside == sorted(inside, key=lambda row: (row.published_on or dt.date.max, row.doc_id, row.record_id))
        whole = quick_store(place / "b").commit([Change("topics", expected)])
        assert equal_tables(snapshot, whole) == []
    finally:
        shutil.rmtree(place)
