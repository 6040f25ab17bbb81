"""JSON Lines and JSON arrays: a document a record, a reject for each bad one."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from raw_files import gzipped, save

from flows.readers import Limits, RawDocument, RawReject, read_file

RECORD = {
    "id": "a-7",
    "title": "CHIP PACT",
    "date": "1987-03-28",
    "publisher": "Wire",
    "author": "By Ada Quill and Bo Finch",
    "url": "https://wire.example/a-7",
    "text": "The two governments began talks on the price of\nmemory today.\n\nOfficials said they would go on.",
}


def lines(*records: object) -> str:
    return "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records)


def test_a_record_becomes_a_document(tmp_path: Path):
    (document,) = read_file(save(tmp_path, "wire.jsonl", lines(RECORD)))
    assert isinstance(document, RawDocument)
    raw = json.dumps(RECORD).encode()
    assert document == RawDocument(
        text="The two governments began talks on the price of memory today.\n\nOfficials said they would go on.",
        title="CHIP PACT",
        authors=("Ada Quill", "Bo Finch"),
        url="https://wire.example/a-7",
        publisher="Wire",
        published_on=date(1987, 3, 28),
        published_at=datetime(1987, 3, 28, tzinfo=UTC),
        published_precision="day",
        media_type="application/x-ndjson",
        record="a-7",
        raw_hash=document.raw_hash,
        size=len(raw),
    )
    assert len(document.raw_hash) == 16


def test_bad_records_are_rejected_and_the_rest_is_read(tmp_path: Path):
    content = (
        lines({"text": "First."}, "{broken", "", {"id": 3, "title": "No text"}, '"a string"', {"id": "x", "text": "Last."})
        + '{"id": "cut", "te'
    )
    items = read_file(save(tmp_path, "wire.jsonl", content))
    assert [(i.record, i.reason if isinstance(i, RawReject) else i.text) for i in items] == [
        ("1", "First."),
        ("2", "malformed"),
        ("3", "no_text"),
        ("4", "malformed"),
        ("x", "Last."),
        ("6", "truncated"),
    ]


def test_records_of_one_name_are_told_apart(tmp_path: Path):
    items = read_file(
        save(
            tmp_path, "wire.jsonl", lines({"id": "x", "text": "One."}, {"id": "x", "text": "Two."}, {"id": "a\x1b[2Jb\n", "text": "Three."})
        )
    )
    assert [i.record for i in items] == ["x", "x~2", "ab"]


def test_other_field_names(tmp_path: Path):
    record = {"meta": {"headline": "Pact", "when": "2024-05-03T10:00:00+09:00"}, "paras": ["One.", "Two."], "source": {"name": "Wire"}}
    limits = Limits(json_fields={"title": "meta.headline", "published": ("meta.when",), "text": "paras"})
    (document,) = read_file(save(tmp_path, "x.jsonl", lines(record)), limits)
    assert isinstance(document, RawDocument)
    assert (document.title, document.text, document.publisher) == ("Pact", "One.\n\nTwo.", "Wire")
    assert document.published_at == datetime(2024, 5, 3, 1, tzinfo=UTC)


def test_published_and_body_names_and_markup(tmp_path: Path):
    record = {
        "headline": "Pact",
        "published_at": "2024-05-03T23:00:00-04:00",
        "content": "<p>One &amp; two.</p><script>x()</script><p>Three.</p>",
    }
    (document,) = read_file(save(tmp_path, "x.jsonl", lines(record)))
    assert isinstance(document, RawDocument)
    assert (document.text, document.published_on) == ("One & two.\n\nThree.", date(2024, 5, 3))


def test_arrays_and_wrapped_arrays(tmp_path: Path):
    records = [{"id": "a", "text": "One."}, {"text": "Two."}]
    array = read_file(save(tmp_path, "a.json", json.dumps(records, indent=2)))
    wrapped = read_file(save(tmp_path, "b.json", json.dumps({"status": "ok", "articles": records})))
    single = read_file(save(tmp_path, "c.json", json.dumps({"id": "only", "text": "One."}, indent=1)))
    assert [i.record for i in array] == [i.record for i in wrapped] == ["a", "2"]
    assert [i.record for i in single] == ["only"]


def test_a_cut_array_is_truncated_and_an_empty_one_holds_nothing(tmp_path: Path):
    (cut,) = read_file(save(tmp_path, "a.json", '[{"id": "a", "text": "One."}, {"id": "b", "te'))
    (empty,) = read_file(save(tmp_path, "b.json", "[]"))
    (deep,) = read_file(save(tmp_path, "c.json", "[" * 100_000))
    assert [i.reason for i in (cut, empty, deep) if isinstance(i, RawReject)] == ["truncated", "no_text", "malformed"]


def test_compressed_and_truncated_lines(tmp_path: Path):
    content = gzipped(b"".join(lines({"id": n, "text": f"Text {n} {'x' * 50} {n * 7919}."}).encode() for n in range(2000)))
    whole = read_file(save(tmp_path, "wire.jsonl.gz", content))
    cut = read_file(save(tmp_path, "cut.jsonl.gz", content[: len(content) // 2]))
    assert len(whole) == 2000
    assert cut[:100] == whole[:100]
    assert isinstance(cut[-1], RawReject) and (cut[-1].reason, cut[-1].record) == ("truncated", None)


def test_utf16_lines(tmp_path: Path):
    items = read_file(save(tmp_path, "wire.jsonl", lines({"text": "Åland."}, {"text": "Två."}).encode("utf-16")))
    assert [i.text for i in items if isinstance(i, RawDocument)] == ["Åland.", "Två."]


def test_a_line_longer_than_a_document_may_be(tmp_path: Path):
    items = read_file(save(tmp_path, "wire.jsonl", lines({"text": "x" * 500}, {"id": "b", "text": "Short."})), Limits(max_bytes=200))
    assert [i.reason if isinstance(i, RawReject) else i.record for i in items] == ["too_large", "b"]
