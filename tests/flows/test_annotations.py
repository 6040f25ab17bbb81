"""What is kept of a text is found by its words and versions alone, and is gone when it must be."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from flows.annotations import Annotations
from nlp.annotation import Annotation, text_hash
from nlp.records import Text
from nlp.versions import AnnotationVersions

VERSIONS = AnnotationVersions(ner="n1", entities="e1", parse="p1")
TEXT = Text(text="The quick brown ferry.", title="Ferry", publisher="Post")
MADE = Annotation(ner=b"names of the ferry", spans="s1", parsed=(("s1", b"parse of the ferry"),))


def kept(folder: Path) -> Annotations:
    annotations = Annotations(folder / "interim", folder / "processed")
    annotations.write([(TEXT, MADE)], VERSIONS)
    return annotations


def test_what_was_written_is_read(tmp_path: Path):
    annotations = kept(tmp_path)
    other = Text(text="Another text.")
    assert annotations.read([other, TEXT], VERSIONS) == [Annotation(), MADE]
    assert MADE.current == b"parse of the ferry"
    assert annotations.size()[0] == 1


def test_nothing_is_known_before_anything_was_kept(tmp_path: Path):
    annotations = Annotations(tmp_path / "interim", tmp_path / "processed")
    assert annotations.read([TEXT], VERSIONS) == [Annotation()]
    assert annotations.purge(["0"]) == 0
    assert not annotations.path.exists()


@pytest.mark.parametrize(
    ("versions", "known"),
    [
        (AnnotationVersions("n2", "e1", "p1"), Annotation(None, "s1", MADE.parsed)),
        (AnnotationVersions("n1", "e2", "p1"), Annotation(MADE.ner, None, MADE.parsed)),
        (AnnotationVersions("n1", "e1", "p2"), Annotation(MADE.ner, "s1", ())),
    ],
)
def test_what_another_version_made_is_not_known(tmp_path: Path, versions: AnnotationVersions, known: Annotation):
    found = kept(tmp_path).read([TEXT], versions)[0]
    assert found == known
    assert versions.entities != "e1" or versions.parse == "p1" or found.current is None


def test_entities_of_another_publisher_are_asked_anew(tmp_path: Path):
    elsewhere = Text(text=TEXT.text, title=TEXT.title, publisher="Gazette")
    assert kept(tmp_path).read([elsewhere], VERSIONS) == [Annotation(MADE.ner, None, MADE.parsed)]


def test_the_newest_parses_of_a_text_are_kept(tmp_path: Path):
    annotations = kept(tmp_path)
    for number in (2, 3):
        annotations.write([(TEXT, Annotation(spans=f"s{number}", parsed=((f"s{number}", b"newer"),)))], VERSIONS)
    found = annotations.read([TEXT], VERSIONS)[0]
    assert [spans for spans, _ in found.parsed] == ["s3", "s2"]
    assert found.spans == "s3"


def test_a_purged_text_leaves_no_byte(tmp_path: Path):
    annotations = kept(tmp_path)
    other = Text(text="Another text.")
    annotations.write([(other, Annotation(ner=b"kept names"))], VERSIONS)
    assert annotations.purge([text_hash(TEXT)]) == 1
    assert annotations.read([TEXT, other], VERSIONS) == [Annotation(), Annotation(ner=b"kept names")]
    content = b"".join(path.read_bytes() for path in annotations.path.parent.iterdir())
    assert b"of the ferry" not in content
    assert b"kept names" in content


def test_a_file_that_cannot_be_written_costs_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "interim").write_text("a file where the folder should be", encoding="utf-8")
    kept(tmp_path)
    assert "annotation is not kept" in caplog.text


def test_two_processed_folders_have_files_of_their_own(tmp_path: Path):
    assert kept(tmp_path).path != Annotations(tmp_path / "interim", tmp_path / "other").path


def test_a_purge_that_fails_is_told(tmp_path: Path):
    annotations = kept(tmp_path)
    annotations.path.write_bytes(b"no database at all, and longer than a header would be" * 40)
    with pytest.raises(sqlite3.Error):
        annotations.purge([text_hash(TEXT)])
