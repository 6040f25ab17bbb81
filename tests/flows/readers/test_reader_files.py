"""Raw files are opened safely: type by content, compression, encodings, links; nothing raises, nothing is silent."""

import lzma
import os
import tracemalloc
from pathlib import Path

import pytest
from raw_files import PROSE, docx, gzipped, page, save, word

from flows.readers import READER_VERSION, Limits, RawDocument, RawReject, read_file
from flows.readers.encoding import decode
from flows.readers.sniff import media_type

TEXT = "\n\n".join(PROSE)
HTML = page("Harbours agree to share radar", PROSE)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.txt", HTML, "text/html"),
        ("a", HTML, "text/html"),
        ("a.md", HTML, "text/html"),
        ("a.html", "Just a few words.", "text/plain"),
        ("a.txt", "---\ntitle: T\n---\nText", "text/markdown"),
        ("a.md", "Text", "text/markdown"),
        ("a.md", "<div>Markdown may begin so</div>\n\nText", "text/markdown"),
        ("a", "Text", "text/plain"),
        ("a.txt", '{"text": "x"}\n{"text": "y"}\n', "application/x-ndjson"),
        ("a.json", '{"text": "x"}\n{"text": "y"}\n', "application/x-ndjson"),
        ("a.json", '{"text": "x"}', "application/json"),
        ("a.jsonl", '{"text": "x"}', "application/x-ndjson"),
        ("a.txt", "[Brussels] They met.", "text/plain"),
        ("a.txt", "{curly} They met.", "text/plain"),
        ("a.bin", "\x00%PDF-1.7", "application/pdf"),
        ("a", "WARC/1.0\r\n", "application/warc"),
    ],
)
def test_the_type_is_told_by_content_then_by_name(name: str, content: str, kind: str):
    assert media_type(content.encode(), name) == kind


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t\n", "empty"),
        ("a.md", b"---\ntitle: T\n---\n\n\\###\n", "no_text"),
        ("a.png", b"\x89PNG\r\n\x1a\n....", "unknown_type"),
        ("a.txt", bytes(range(256)) * 4, "unknown_type"),
        ("a.csv", b"a,b\n1,2\n", "unknown_type"),
        ("a.xml", b'<?xml version="1.0"?><rss></rss>', "unknown_type"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "encrypted"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "unknown_type"),
        ("a.docx", b"no zip", "malformed"),
        ("a.zip", b"PK\x03\x04 cut", "truncated"),
        ("a.txt.gz", gzipped(b"Text. " * 10_000)[:60], "truncated"),
        ("a.txt.gz", gzipped(b""), "empty"),
        ("a.txt.xz", lzma.compress(os.urandom(5_000))[:2_000], "unknown_type"),
        ("a.txt.gz", gzipped(gzipped(b"Text.")), "unknown_type"),
        ("a.txt.gz", gzipped(b"0" * 30_000_000), "bomb"),
        ("a.txt.xz", lzma.compress(b"0" * 30_000_000), "bomb"),
        ("a.html", b"<html><body><script>app()</script></body></html>", "no_text"),
    ],
)
def test_what_cannot_be_read_is_a_reject(tmp_path: Path, name: str, content: bytes, reason: str):
    path = save(tmp_path, name, content)
    (reject,) = read_file(path)
    assert isinstance(reject, RawReject)
    assert (reject.reason, reject.record, reject.size) == (reason, None, len(content))
    assert len(reject.raw_hash) == 16
    assert reject.detail.endswith(".") and "\n" not in reject.detail


def test_a_bomb_is_not_unpacked(tmp_path: Path):
    path = save(tmp_path, "a.txt.gz", gzipped(b"0" * 300_000_000))
    tracemalloc.start()
    read_file(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


@pytest.mark.parametrize("compress", [gzipped, lzma.compress, lambda data: gzipped(data[:100]) + gzipped(data[100:]) + b"\x00" * 512])
def test_compressed_files_are_read_as_what_they_hold(tmp_path: Path, compress):
    plain, packed = save(tmp_path, "a.html", HTML), save(tmp_path, "a.html.gz", compress(HTML.encode()))
    (one,), (two,) = read_file(plain), read_file(packed)
    assert isinstance(one, RawDocument) and isinstance(two, RawDocument)
    assert (one.text, one.title) == (two.text, two.title)
    assert two.size == packed.stat().st_size


def test_a_damaged_checksum_is_told(tmp_path: Path):
    data = bytearray(gzipped(TEXT.encode()))
    data[-6] ^= 0xFF
    (reject,) = read_file(save(tmp_path, "a.txt.gz", bytes(data)))
    assert isinstance(reject, RawReject) and reject.reason == "malformed"


def test_links_out_of_the_raw_folder_are_not_followed(tmp_path: Path):
    raw, outside = tmp_path / "raw", tmp_path / "outside"
    raw.mkdir()
    outside.mkdir()
    save(outside, "secret.txt", TEXT)
    save(raw, "here.txt", TEXT)
    (raw / "link.txt").symlink_to(outside / "secret.txt")
    (raw / "folder").symlink_to(outside)
    (raw / "inner.txt").symlink_to(raw / "here.txt")
    for name in ("link.txt", "folder/secret.txt"):
        (reject,) = read_file(raw / name, root=raw)
        assert isinstance(reject, RawReject) and reject.reason == "outside_root"
    (document,) = read_file(raw / "inner.txt", root=raw)
    assert isinstance(document, RawDocument)


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert [i.reason for name in ("pipe.txt", ".") for i in read_file(tmp_path / name) if isinstance(i, RawReject)] == ["unknown_type"] * 2
    (gone,) = read_file(tmp_path / "gone.txt")
    assert isinstance(gone, RawReject) and "cannot be opened" in gone.detail


def test_limits_of_size(tmp_path: Path):
    (reject,) = read_file(save(tmp_path, "a.txt", TEXT), Limits(max_bytes=100))
    assert isinstance(reject, RawReject) and reject.reason == "too_large"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
    ],
    ids=["utf-8", "utf-8 mark", "utf-16 mark", "utf-16-be mark", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_encodings_of_western_text(data: bytes):
    assert decode(data) == TEXT


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("euc_kr", "서울과 부산은 화요일 해협의 레이더 화면을 함께 쓰기로 합의했다고 두 도시의 시장이 기자들에게 말했다. " * 5),
        ("cp1251", "Власти двух портов договорились во вторник обмениваться данными радаров пролива, сообщили официальные лица. " * 5),
        ("shift_jis", "両市の当局者は火曜日、海峡のレーダー画像を共有することで合意したと記者団に語った。" * 5),
        ("gb18030", "两个港口城市的官员星期二告诉记者，双方同意共享海峡的雷达图像，并保存十年。" * 5),
    ],
)
def test_encodings_told_by_statistics(encoding: str, text: str):
    assert decode(text.encode(encoding)) == text


def test_a_declaration_that_the_bytes_contradict_is_overruled():
    assert decode("Köln – überall".encode(), declared="ascii") != ""
    assert decode("両市は合意した。".encode(), declared="shift_jis") == "両市は合意した。"
    assert decode("“Köln”".encode("cp1252"), declared="iso-8859-1") == "“Köln”"
    assert decode(b"plain", declared="no-such-charset") == "plain"
    assert decode(b"plain", declared="utf-16") == "plain"
    assert decode(b"plain", declared="hex") == "plain"


def test_a_damaged_character_does_not_change_the_encoding():
    damaged = ("Köln und Müllheim. " * 40).encode() + b"\xff" + ("Überall. " * 40).encode()
    assert decode(damaged).count("\ufffd") == 1


def test_whatever_a_library_raises_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> RawDocument:
        raise AssertionError("deep inside\x1b[2J")

    monkeypatch.setattr("flows.readers.docx.read", fail)
    (reject,) = read_file(save(tmp_path, "a.docx", docx(word("Text."))))
    assert isinstance(reject, RawReject)
    assert (reject.reason, reject.detail) == ("malformed", "The reader failed on the document (AssertionError: deep inside).")


def test_the_version_is_a_short_hash():
    assert len(READER_VERSION) == 12
    assert int(READER_VERSION, 16) >= 0
