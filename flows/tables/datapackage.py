"""How does the snapshot describe itself to tools and people? As a Frictionless Data Package, made from `nlp.records`.

The format: https://datapackage.org/standard/data-package/ (version 2). `glob`, `partition` and `schema_version` are ours.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from flows.tables.schemas import primary_key, schema_of
from nlp import records

_FIELD_TYPES = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "float": {"type": "number"},
    "double": {"type": "number"},
    "date32[day]": {"type": "date"},
    "timestamp[us, tz=UTC]": {"type": "datetime"},
}


def describe(files: Mapping[str, Sequence[str]], *, created: str | None = None) -> dict[str, Any]:
    """The content of `datapackage.json` for a snapshot.

    `files` holds, by table, the paths of its Parquet files relative to the snapshot's root; `created` is an ISO 8601 instant.
    """
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "communique",
        "title": "Officials, firms, funds, amounts, deals and acts of cooperation in news and joint statements",
        "schema_version": records.SCHEMA_VERSION,
        "resources": [_resource(table, files[table]) for table in records.TABLES],
    }
    return {**package, "created": created} if created else package


def _resource(table: str, paths: Sequence[str]) -> dict[str, Any]:
    kind = records.TABLES[table]
    partitioned = table not in records.UNPARTITIONED
    resource: dict[str, Any] = {
        "name": table,
        "description": inspect.cleandoc(kind.__doc__ or ""),
        "path": list(paths),
        "glob": f"{table}/**/*.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "schema": {
            "fields": [_field(field) for field in schema_of(table)],
            "primaryKey": list(primary_key(table)),
        },
    }
    if partitioned:
        resource["partition"] = {"published": "month of published_on in the path, YYYY-MM, or unknown"}
    if table in records.RECORD_TABLES:
        resource["schema"]["foreignKeys"] = [{"fields": ["doc_id"], "reference": {"resource": "documents", "fields": ["doc_id"]}}]
    return resource


def _field(field: pa.Field) -> dict[str, Any]:
    metadata = field.metadata
    values = json.loads(metadata.get(b"values", b"[]"))
    described: dict[str, Any] = {"name": field.name, "description": metadata[b"description"].decode()}
    constraints: dict[str, Any] = {} if field.nullable else {"required": True}
    if pa.types.is_list(field.type):
        described["type"] = "array"
        described["arrayItem"] = dict(_FIELD_TYPES[str(field.type.value_type)])
        if values:
            described["arrayItem"]["constraints"] = {"enum": values}
    else:
        described |= _FIELD_TYPES[str(field.type)]
        if values:
            constraints["enum"] = values
    if constraints:
        described["constraints"] = constraints
    return described
