"""Do records become the rows that the contract promises, and is what does not fit refused?"""

import dataclasses
import datetime as dt
import json

import pyarrow as pa
import pytest

from flows.tables import schemas
from flows.tables.errors import TableError
from nlp.records import SCHEMA_VERSION, TABLES, UNPARTITIONED, Amount, Document, Official, Topic

DAY = dt.date(2024, 3, 5)
OFFICIAL = Official(
    record_id="r1", doc_id="d1", published_on=DAY, start=0, end=5, evidence_spans=(0, 40), person="Ana Ruiz", office="Minister of Trade",
    role="minister", portfolios=("trade",), jurisdiction="ES",
)  # fmt: skip
AMOUNT = Amount(record_id="a1", doc_id="d1", start=0, end=5, text="$5bn", amount_min=5e9, amount_max=5e9)


def test_every_column_has_its_description_and_the_table_its_version():
    for table in TABLES:
        schema = schemas.schema_of(table)
        assert schema.metadata[b"schema_version"].decode() == SCHEMA_VERSION
        assert all(field.metadata[b"description"] for field in schema)
        assert "published" not in schema.names
    role = schemas.schema_of(Official).field("role")
    assert "spokesperson" in json.loads(role.metadata[b"values"])
    assert not role.nullable
    assert schemas.schema_of("officials").field("jurisdiction").nullable


def test_records_survive_the_way_there_and_back():
    assert schemas.from_table("officials", schemas.to_table("officials", [OFFICIAL])) == [OFFICIAL]
    document = Document(doc_id="d", collection="c", source="s", published_at=dt.datetime(2024, 3, 5, 9, tzinfo=dt.UTC), authors=("A", "B"))
    assert schemas.from_table(Document, schemas.to_table(Document, [document])) == [document]


def test_no_rows_make_a_typed_table():
    assert schemas.to_table("deals", []).schema.equals(schemas.schema_of("deals"), check_metadata=True)


def test_nan_becomes_null_where_a_number_may_be_missing():
    rows = schemas.to_table("amounts", [dataclasses.replace(AMOUNT, amount_usd=float("nan"))])
    assert rows["amount_usd"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"role": "boss"}, "officials.role is 'boss'; it may be head_of_state"),
        ({"portfolios": ("trade", "magic")}, "officials.portfolios is 'magic'"),
        ({"portfolios": "trade"}, "officials.portfolios is 'trade', which is no list"),
        ({"confidence": float("nan")}, "officials.confidence is nan, and must not be missing, in the row doc_id='d1', person='Ana Ruiz'"),
        ({"confidence": float("inf")}, "officials.confidence holds NaN or infinity"),
        ({"start": 1.5}, "officials.start is 1.5, which is no int32"),
        ({"start": 2**40}, "officials.start: "),
        ({"person": None}, "officials.person is None, and must not be missing"),
        ({"person": "\ud800"}, "officials.person: 'utf-8' codec can't encode"),
        ({"published_on": dt.datetime(2024, 3, 5)}, "officials.published_on is datetime.datetime"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_by_name(wrong, message):
    with pytest.raises(TableError, match=message.replace("(", r"\(")):
        schemas.to_table("officials", [dataclasses.replace(OFFICIAL, **wrong)])


def test_a_time_without_zone_is_refused():
    with pytest.raises(TableError, match="collected_at"):
        schemas.to_table("documents", [Document(doc_id="d", collection="c", source="s", collected_at=dt.datetime(2024, 3, 5, 9))])


def test_a_row_of_another_table_and_an_unknown_table_are_refused():
    with pytest.raises(TableError, match="a row is a Amount, not a Official"):
        schemas.to_table("officials", [AMOUNT])
    with pytest.raises(TableError, match="there is no table 'oficials'; the tables are documents,"):
        schemas.to_table("oficials", [])


def test_one_key_stands_once():
    with pytest.raises(TableError, match="officials: two rows have the same record_id 'r1'"):
        schemas.to_table("officials", [OFFICIAL, OFFICIAL])


def test_conform_takes_other_widths_and_refuses_other_columns():
    rows = schemas.to_table("officials", [OFFICIAL])
    wide = rows.set_column(0, "record_id", rows["record_id"].cast(pa.large_string()))
    assert schemas.conform("officials", wide).equals(rows)
    with pytest.raises(TableError, match="officials: no column person"):
        schemas.conform("officials", rows.drop_columns(["person"]))
    with pytest.raises(TableError, match="officials: unknown column published"):
        schemas.conform("officials", rows.append_column("published", [["2024-03"]]))


def test_rows_are_filed_by_month_and_sorted_by_day_document_and_place():
    rows = [
        Topic(record_id=f"{doc}{start}{title}", doc_id=doc, published_on=day, start=start, end=9, in_title=title, topic="trade")
        for doc, day in (("b", DAY), ("a", DAY), ("c", dt.date(2024, 3, 1)), ("z", None), ("y", dt.date(987, 12, 31)))
        for start, title in ((7, False), (0, False), (3, True))
    ]
    table = schemas.to_table("topics", rows)
    months = schemas.split_by_month("topics", table)
    assert {folder: part.num_rows for folder, part in months.items()} == {
        "published=0987-12": 3,
        "published=2024-03": 9,
        "published=unknown": 3,
    }
    march = schemas.sort("topics", months["published=2024-03"]).to_pylist()
    assert [row["doc_id"] for row in march] == ["c"] * 3 + ["a"] * 3 + ["b"] * 3
    assert [(row["in_title"], row["start"]) for row in march[:3]] == [(True, 3), (False, 0), (False, 7)]
    assert schemas.sort("topics", table).to_pylist()[-1]["doc_id"] == "z"


def test_unpartitioned_tables_lie_in_one_folder():
    for table in UNPARTITIONED:
        assert schemas.split_by_month(table, schemas.empty(table)) == {}
        assert schemas.empty_folder(table) == ""


def test_upgrade_gives_new_columns_their_default_and_drops_old_ones():
    rows = schemas.to_table("officials", [OFFICIAL])
    before = rows.drop_columns(["status", "portfolios", "person_id"]).append_column("rank", [["1"]])
    upgraded = schemas.from_table("officials", schemas.upgrade("officials", before))
    assert upgraded == [dataclasses.replace(OFFICIAL, portfolios=())]
    with pytest.raises(TableError, match=r"officials\.person is new and has no default"):
        schemas.upgrade("officials", rows.drop_columns(["person"]))
