"""What is the Arrow schema of each table, and how do records become its rows and rows records?

Everything is read off `nlp.records`: a column's Arrow type, description and values from the field's metadata; whether it may be
null from its annotation (`X | None`). The month a row is filed under is no column: it stands in the path, as `published=YYYY-MM`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import inspect
import json
import numbers
import types
import typing
from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from flows.tables.errors import TableError
from nlp import records

TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "date32": pa.date32(),
    "timestamp[us, UTC]": pa.timestamp("us", tz="UTC"),
    "list<string>": pa.list_(pa.field("element", pa.string())),  # "element": the name that Parquet gives back
    "list<int32>": pa.list_(pa.field("element", pa.int32())),
}
UNKNOWN_MONTH = "unknown"
_ORDER_IN_DOCUMENT = ("in_title", "start", "end")


def table_name(table: str | type) -> str:
    """The name of a table given by its name or by its record type; `TableError` where there is none."""
    name = records.TABLE_OF.get(table) if isinstance(table, type) else table
    if name not in records.TABLES:
        raise TableError(f"there is no table {table!r}; the tables are {', '.join(records.TABLES)}")
    return name


@functools.cache
def schema_of(table: str | type) -> pa.Schema:
    """The table's schema; each field carries `description` (and `values`, a JSON list) in its metadata, the table `schema_version`."""
    name = table_name(table)
    kind = records.TABLES[name]
    hints = typing.get_type_hints(kind)
    fields = []
    for column in records.columns(kind):
        metadata = {"description": column.metadata["description"]}
        if column.metadata["values"]:
            metadata["values"] = json.dumps(column.metadata["values"])
        fields.append(pa.field(column.name, TYPES[column.metadata["type"]], nullable=_optional(hints[column.name]), metadata=metadata))
    return pa.schema(
        fields, metadata={"table": name, "description": inspect.cleandoc(kind.__doc__ or ""), "schema_version": records.SCHEMA_VERSION}
    )


def columns_of(table: str | type) -> dict[str, str]:
    """Name and Arrow type of each column, as texts: what tells one state of a schema from another."""
    return {field.name: f"{field.type}{'' if field.nullable else ' not null'}" for field in schema_of(table)}


def primary_key(table: str | type) -> tuple[str, ...]:
    """The columns whose values stand once in the table: `record_id` of record tables, the key columns of the others."""
    name = table_name(table)
    if name in records.RECORD_TABLES:
        return ("record_id",)
    return tuple(column.name for column in records.columns(records.TABLES[name]) if column.metadata["key"])


def sort_columns(table: str | type) -> tuple[str, ...]:
    """The order of rows in files and results: publication day, document and place in it, then the primary key."""
    name = table_name(table)
    leading = () if name in records.UNPARTITIONED else ("published_on", "doc_id")
    within = _ORDER_IN_DOCUMENT if name in records.RECORD_TABLES else ()
    return tuple(dict.fromkeys((*leading, *within, *primary_key(name))))


def empty(table: str | type) -> pa.Table:
    """The table without rows."""
    return schema_of(table).empty_table()


def to_table(table: str | type, rows: Iterable[Any]) -> pa.Table:
    """Rows of the table's record type as an Arrow table, in the order given.

    A NaN becomes null where null is allowed. Raises `TableError`, which names the column and the row, for anything the schema
    does not allow: nothing is rounded, cut or guessed (Arrow would store 1.5 as 1 and "abc" as three strings).
    """
    name = table_name(table)
    kind = records.TABLES[name]
    listed = list(rows)
    for row in listed:
        if type(row) is not kind:
            raise TableError(f"{name}: a row is a {type(row).__name__}, not a {kind.__name__}")
    schema = schema_of(name)
    arrays = []
    for field in schema:
        check = _CHECKS[str(field.type)]
        values = [getattr(row, field.name) for row in listed]
        for i, value in enumerate(values):
            if value is None or value != value:  # only NaN differs from itself
                values[i] = None
                if not field.nullable:
                    raise TableError(f"{name}.{field.name} is {value}, and must not be missing, in {_label(listed[i])}")
            elif not check(value):
                raise TableError(f"{name}.{field.name} is {value!r}, which is no {field.type}, in {_label(listed[i])}")
        try:
            arrays.append(pa.array(values, field.type))
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as error:
            raise TableError(f"{name}.{field.name}: {error}") from error
    return conform(name, pa.Table.from_arrays(arrays, schema=schema))


def from_table(table: str | type, arrow: pa.Table) -> list[Any]:
    """The rows as instances of the table's record type; lists become tuples. `arrow` has all of the table's columns."""
    kind = records.TABLES[table_name(table)]
    rows = conform(table, arrow).to_pylist()
    return [kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}) for row in rows]


def conform(table: str | type, arrow: pa.Table) -> pa.Table:
    """The same rows with exactly the table's schema.

    Raises `TableError` where a column is missing, unknown or of another type, a value is null, NaN or not among the column's
    values, or a primary key stands twice.
    """
    name = table_name(table)
    schema = schema_of(name)
    if missing := set(schema.names) - set(arrow.column_names):
        raise TableError(f"{name}: no column {', '.join(sorted(missing))}")
    if unknown := set(arrow.column_names) - set(schema.names):
        raise TableError(f"{name}: unknown column {', '.join(sorted(unknown))}")
    whole = _cast(name, arrow)
    for field in schema:
        _check_values(f"{name}.{field.name}", field, whole[field.name])
    check_keys(name, whole)
    return whole


def check_keys(table: str | type, arrow: pa.Table) -> None:
    """Raise `TableError` where two rows have the same primary key."""
    key = list(primary_key(table))
    if not arrow.num_rows or arrow.group_by(key).aggregate([]).num_rows == arrow.num_rows:
        return
    counted = arrow.group_by(key).aggregate([([], "count_all")])
    twice = counted.filter(pc.greater(counted["count_all"], 1)).select(key).slice(0, 1).to_pylist()[0]
    raise TableError(f"{table_name(table)}: two rows have the same {', '.join(f'{k} {v!r}' for k, v in twice.items())}")


def upgrade(table: str | type, arrow: pa.Table) -> pa.Table:
    """Rows of an earlier state of the schema in today's: new columns hold their default, columns that are gone are left out.

    Values are taken as they were published.

    Raises `TableError` where a column that must not be null has no default, or a type does not convert.
    """
    name = table_name(table)
    kind = records.TABLES[name]
    for column in records.columns(kind):
        if column.name in arrow.column_names:
            continue
        field = schema_of(name).field(column.name)
        default = None if column.default is dataclasses.MISSING else column.default
        if default is None and not field.nullable:
            raise TableError(f"{name}.{column.name} is new and has no default: the rows published before cannot get one")
        value = list(default) if isinstance(default, tuple) else default
        arrow = arrow.append_column(field, pa.array([value] * arrow.num_rows, field.type))
    return _cast(name, arrow)


def sort(table: str | type, arrow: pa.Table) -> pa.Table:
    """The rows in the table's order (`sort_columns`; nulls last, which is Arrow's default, and the title before the text)."""
    keys = [(name, "descending" if name == "in_title" else "ascending") for name in sort_columns(table)]
    return arrow.take(pc.sort_indices(arrow, sort_keys=keys))


def month_of(day: dt.date | None) -> str:
    """The value of `published=` in the path of a row published on that day."""
    return UNKNOWN_MONTH if day is None else f"{day.year:04d}-{day.month:02d}"


def split_by_month(table: str | type, arrow: pa.Table) -> dict[str, pa.Table]:
    """The rows by the folder they are filed in below the table's (`published=YYYY-MM`; "" where the table is not partitioned)."""
    if table_name(table) in records.UNPARTITIONED:
        return {"": arrow} if arrow.num_rows else {}
    days = arrow["published_on"]
    months = pc.fill_null(pc.add(pc.multiply(pc.year(days), 100), pc.month(days)), 0)
    folders = {}
    for number in sorted(pc.unique(months).to_pylist()):
        month = month_of(dt.date(number // 100, number % 100, 1) if number else None)
        folders[f"published={month}"] = arrow.filter(pc.equal(months, number))
    return folders


def empty_folder(table: str | type) -> str:
    """The folder of the file without rows that stands for a table without rows."""
    return "" if table_name(table) in records.UNPARTITIONED else f"published={UNKNOWN_MONTH}"


def _cast(name: str, arrow: pa.Table) -> pa.Table:
    """The columns of the table's schema, in its types and order."""
    arrays = []
    for field in schema_of(name):
        column = arrow[field.name]
        if column.type != field.type:
            try:
                column = column.cast(field.type)
            except pa.ArrowException as error:
                raise TableError(f"{name}.{field.name}: {error}") from error
        if not field.nullable and column.null_count:
            raise TableError(f"{name}.{field.name} is null in {column.null_count} rows, and must not be missing")
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema_of(name))


def _check_values(where: str, field: pa.Field, column: pa.ChunkedArray) -> None:
    if pa.types.is_floating(field.type) and pc.any(pc.invert(pc.is_finite(column))).as_py():
        raise TableError(f"{where} holds NaN or infinity: missing numbers are null")
    flat = pc.list_flatten(column) if pa.types.is_list(field.type) else column
    if pa.types.is_list(field.type) and flat.null_count:
        raise TableError(f"{where} holds a list with a null in it")
    values = json.loads((field.metadata or {}).get(b"values", b"[]"))
    if values:
        present = flat.drop_null()
        off = present.filter(pc.invert(pc.is_in(present, pa.array(values))))
        if len(off):
            raise TableError(f"{where} is {off[0].as_py()!r}; it may be {', '.join(values)}")


def _optional(hint: Any) -> bool:
    return typing.get_origin(hint) in (types.UnionType, typing.Union) and type(None) in typing.get_args(hint)


def _label(row: Any) -> str:
    """How an error names a row: by document and key columns, as far as they tell."""
    wanted = ("doc_id", *(c.name for c in records.columns(type(row)) if c.metadata["key"]))
    return f"the row {', '.join(f'{k}={getattr(row, k, None)!r}' for k in dict.fromkeys(wanted) if getattr(row, k, None))}"


def _is_int(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_float(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_day(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _is_instant(value: Any) -> bool:
    return isinstance(value, dt.datetime) and value.tzinfo is not None


def _is_list(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, (tuple, list)) and all(map(of, value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    str(TYPES[name]): check
    for name, check in {
        "string": _is_text,
        "bool": lambda value: isinstance(value, bool),
        "int32": _is_int,
        "int64": _is_int,
        "float32": _is_float,
        "float64": _is_float,
        "date32": _is_day,
        "timestamp[us, UTC]": _is_instant,
        "list<string>": _is_list(_is_text),
        "list<int32>": _is_list(_is_int),
    }.items()
}
