"""What inputs are called."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from flows.identity import collection_of, content_hash, document_id, file_of, hash_file, source_of


def test_collection_is_the_folder_that_holds_the_documents(tmp_path: Path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("text")
    assert collection_of(folder) == "news"
    assert collection_of(folder / "a.txt") == "news"


def test_the_first_hash_sign_divides_file_and_record():
    assert source_of(Path("wire/2023 #1.jsonl"), "7#b") == "wire/2023 %231.jsonl#7#b"
    assert file_of("wire/2023 %231.jsonl#7#b") == source_of(Path("wire/2023 #1.jsonl"))
    assert source_of(Path("a%23b")) != source_of(Path("a#b"))


def test_a_name_that_is_no_utf8_can_stand_in_a_table():
    assert source_of(Path(os.fsdecode(b"caf\xe9.txt"))) == "caf\\xe9.txt"


def test_ids_do_not_change():
    """They are published: a change here is a change of every doc_id."""
    assert document_id("news", "a.txt") == "8e05bb62b073619f"
    assert document_id("news", "a.txt", "https://example.org/a") == document_id("other", "b.warc#1", "https://example.org/a")


def test_the_content_hash_tells_title_text_and_day_apart():
    hashes = {
        content_hash("a", "b", None),
        content_hash("ab", "", None),
        content_hash("a", "b", dt.date(2023, 3, 14)),
        content_hash("a", "b", dt.date(2023, 3, 15)),
    }
    assert len(hashes) == 4


def test_a_file_hash_is_that_of_the_readers(tmp_path: Path):
    from flows.readers import read_file

    path = tmp_path / "a.txt"
    path.write_text("A title\n\nAnd a text of some words below it.")
    assert read_file(path)[0].raw_hash == hash_file(path)
