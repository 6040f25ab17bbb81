"""Does `datapackage.json` say of every column what `nlp.records` says?"""

import json

from flows.tables.datapackage import describe
from nlp.records import ACTS, PORTFOLIOS, SCHEMA_VERSION, TABLES, UNPARTITIONED, columns

PACKAGE = describe({table: [f"{table}/published=2024-01/x.parquet"] for table in TABLES}, created="2024-01-02T03:04:05+00:00")
RESOURCES = {resource["name"]: resource for resource in PACKAGE["resources"]}


def field(table: str, name: str) -> dict:
    return next(f for f in RESOURCES[table]["schema"]["fields"] if f["name"] == name)


def test_every_table_and_column_is_described():
    assert PACKAGE["schema_version"] == SCHEMA_VERSION
    assert list(RESOURCES) == list(TABLES)
    for table, kind in TABLES.items():
        described = {f["name"]: f["description"] for f in RESOURCES[table]["schema"]["fields"]}
        assert described == {c.name: c.metadata["description"] for c in columns(kind)}
        assert RESOURCES[table]["path"] == [f"{table}/published=2024-01/x.parquet"]
        assert RESOURCES[table]["glob"] == f"{table}/**/*.parquet"
        assert ("partition" in RESOURCES[table]) == (table not in UNPARTITIONED)


def test_types_values_and_keys():
    assert field("cooperations", "act")["constraints"] == {"required": True, "enum": list(ACTS)}
    assert field("officials", "portfolios")["type"] == "array"
    assert field("officials", "portfolios")["arrayItem"] == {"type": "string", "constraints": {"enum": list(PORTFOLIOS)}}
    assert field("amounts", "amount_usd") == {
        "name": "amount_usd", "description": "amount_min in US dollars at the rate of fx_date", "type": "number"
    }  # fmt: skip
    assert field("documents", "published_at")["type"] == "datetime"
    assert RESOURCES["officials"]["schema"]["primaryKey"] == ["record_id"]
    assert RESOURCES["inputs"]["schema"]["primaryKey"] == ["collection", "source"]
    assert RESOURCES["deals"]["schema"]["foreignKeys"][0]["reference"] == {"resource": "documents", "fields": ["doc_id"]}


def test_it_is_json():
    assert json.loads(json.dumps(PACKAGE)) == PACKAGE
