"""Web pages become documents: body, title, standfirst, local day and instant."""

import json
from datetime import UTC, date, datetime

import pytest
from raw_files import PROSE, page

from flows.readers import html
from flows.readers.model import Limits, RawDocument

TITLE = "Harbours agree to share radar of the strait"


def read(markup: str | bytes, charset: str | None = None) -> RawDocument:
    return html.read(markup.encode("utf-8") if isinstance(markup, str) else markup, "x.html", Limits(), charset)


def linked_data(published: str) -> str:
    node = {"@type": "NewsArticle", "headline": TITLE, "datePublished": published, "publisher": {"name": "The Daily"}}
    return f'<script type="application/ld+json">{json.dumps({"@graph": [node]})}</script>'


def test_a_page():
    head = (
        linked_data("2024-05-03T23:30:00-04:00")
        + '<meta name="author" content="Ada Quill"><link rel="canonical" href="https://daily.example/radar">'
        + '<meta property="og:site_name" content="Daily">'
    )
    document = read(page(TITLE, PROSE, head=head))
    assert document.text == "\n\n".join(PROSE)
    assert document.title == TITLE
    assert (document.published_on, document.published_precision) == (date(2024, 5, 3), "second")
    assert document.published_at == datetime(2024, 5, 4, 3, 30, tzinfo=UTC)
    assert (document.canonical_url, document.publisher, document.language) == ("https://daily.example/radar", "Daily", "en")
    assert document.authors == ("Ada Quill",)


@pytest.mark.parametrize(
    ("head", "before", "day"),
    [
        ("", '<time datetime="2024-05-04T09:30+1000">Sat, 4 May 2024 9:30AM</time>', date(2024, 5, 4)),
        ('<meta property="article:published_time" content="2024-05-04T09:30:00+10:00">', "", date(2024, 5, 4)),
        ("", '<p class="publish-date">4 May 2024</p>', date(2024, 5, 4)),
        ("", "", date(2024, 5, 3)),
        ("", '<p class="publish-date">Updated 4 May 2024</p>', date(2024, 5, 3)),
        ("", '<aside class="related"><time datetime="2024-05-04T09:30+1000">4 May 2024</time></aside>', date(2024, 5, 3)),
    ],
    ids=["time element", "meta with offset", "printed", "nothing else", "an update", "another story"],
)
def test_a_time_in_utc_is_that_of_the_day_readers_see(head: str, before: str, day: date):
    document = read(page(TITLE, PROSE, head=linked_data("2024-05-03T23:30:00Z") + head, before=before))
    assert document.published_on == day
    assert document.published_at == datetime(2024, 5, 3, 23, 30, tzinfo=UTC)


def test_a_printed_day_is_enough_and_no_day_is_none():
    dated = read(page(TITLE, PROSE, before='<p class="dateline">3 May 2024</p>'))
    undated = read(page(TITLE, PROSE))
    assert (dated.published_on, dated.published_precision) == (date(2024, 5, 3), "day")
    assert (undated.published_on, undated.published_at) == (None, None)


def test_a_standfirst_that_is_printed_stands_once_in_the_text():
    summary = "Two towns that have quarrelled over fish for a century will look at the same screens"
    meta = f'<meta name="description" content="{summary}">'
    printed = read(page(TITLE, PROSE, head=meta, before=f'<p class="standfirst">{summary}</p>'))
    only_meta = read(page(TITLE, PROSE, head=meta))
    assert printed.standfirst == summary
    assert printed.text.count(summary) == 1
    assert printed.text.startswith(summary)
    assert only_meta.standfirst is None
    assert summary not in only_meta.text


def test_the_lead_paragraph_as_description_is_the_standfirst():
    document = read(page(TITLE, PROSE, head=f'<meta name="description" content="{PROSE[0]}">'))
    assert (document.standfirst, document.text) == (PROSE[0], "\n\n".join(PROSE))


def test_tables_and_lists_are_paragraphs():
    table = "<table><tr><th>Town</th><th>Antennas</th></tr><tr><td>Selwyn</td><td>twelve</td></tr></table>"
    items = "<ul><li>Radar of the northern shore of the strait</li><li>Records for ten years</li></ul>"
    document = read(page(TITLE, [*PROSE, "They settled these points in the hall:"]).replace("</article>", items + table + "</article>"))
    assert "Radar of the northern shore of the strait\n\nRecords for ten years" in document.text
    assert "Town | Antennas\n\nSelwyn | twelve" in document.text


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("cp1252", "iso-8859-1", "Der Bürgermeister von Köln sagte „nein“ — und ging."),
        ("euc_kr", "euc-kr", "서울과 부산은 바다의 레이더를 함께 쓰기로 했다고 시장이 말했다."),
        ("cp1251", "windows-1251", "Города договорились делиться данными радаров пролива."),
        ("shift_jis", "shift_jis", "両市は海峡のレーダーを共有することで合意した。"),
    ],
)
def test_declared_encodings(encoding: str, declared: str, text: str):
    markup = page(TITLE, [text, *PROSE])
    by_meta = markup.replace("<head>", f'<head><meta charset="{declared}">').encode(encoding, "xmlcharrefreplace")
    by_header = markup.encode(encoding, "xmlcharrefreplace")
    assert text in read(by_meta).text
    assert text in read(by_header, declared).text


def test_control_characters_of_a_page_do_not_reach_the_text():
    document = read(page(TITLE, [PROSE[0] + "\x1b[31m&#27;[2J\u202e\x08", *PROSE[1:]]))
    assert not any(ord(c) < 32 and c != "\n" for c in document.text)
    assert "\u202e" not in document.text


def test_references_mean_what_browsers_read():
    document = read(page(TITLE, [PROSE[0] + " Fish &#150; and chips&#x85; &amp;&#8201;more.", *PROSE[1:]]))
    assert document.text.split("\n\n")[0].endswith("Fish – and chips… & more.")


def test_broken_linked_data_does_not_lose_the_page():
    document = read(page(TITLE, PROSE, head='<script type="application/ld+json">{"@type": "NewsArticle", </script>'))
    assert document.text == "\n\n".join(PROSE)
