"""Is every passage of our own corpus valid, varied, and free of the evaluation's names?"""

from __future__ import annotations

import collections
import json
import re
from pathlib import Path

import pytest

from nlp.training.corpus import REGIONS, CorpusError, Passage, is_held_back, load_passages, read_marks, to_gold
from nlp.training.train_parties import SIDES

SHARED = Path(__file__).resolve().parents[4] / "shared" / "evaluation"
PASSAGE = """\
- id: news-europe-901
  genre: news
  region: europe
  date: 2024-03-12
  title: "[Lisbon](COUNTRY) lends a hand"
  text: |
    [Maria Sá](PERSON), the [finance minister](OFFICE), said: “We will pay it all back.”
    [Brisa Azul](FIRM) got [€3 million](MONEY).
  officials:
  - {person: Maria Sá, aliases: [], office: finance minister, role: minister, portfolios: [finance], jurisdiction: PT, status: current}
  firms: [{name: Brisa Azul, aliases: []}]
  amounts: [{text: €3 million, amount: 3000000, amount_max: null, currency: EUR}]
  cooperations: [{actors: [PT, EU], act: aid, topics: [], at: [pay it all back]}]
  quotes: [{speaker: Maria Sá, text: We will pay it all back.}]
"""


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return load_passages()


def written(folder: Path, content: str) -> Path:
    (folder / "news-europe-9.yaml").write_text(content, encoding="utf-8")
    return folder


def test_marks_become_plain_text_and_spans() -> None:
    text, spans = read_marks("[Seoul](COUNTRY) met [Kim (Jr) Min-su](PERSON) [sic].")
    assert text == "Seoul met Kim (Jr) Min-su [sic]."
    assert [(text[start:end], label) for start, end, label in spans] == [("Seoul", "COUNTRY"), ("Kim (Jr) Min-su", "PERSON")]


def test_a_passage_becomes_gold(tmp_path: Path) -> None:
    (passage,) = load_passages(written(tmp_path, PASSAGE))
    gold = to_gold(passage)
    assert gold["published"] == "2024-03-12"
    assert gold["officials"][0]["jurisdiction"] == "PT"
    assert gold["topics"] == []
    assert passage.marked("COUNTRY") == ["Lisbon"]


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("(FIRM)", "(COMPANY)", "unknown label COMPANY"),
        ("[€3 million](MONEY)", "[€3 million](MONEY", "broken mark"),
        ("(FIRM)", "(ORG)", "'Brisa Azul' is no FIRM mark"),
        ("amount: 3000000", "amount: 3 million", "is no number"),
        ("text: €3 million, amount", "text: €4 million, amount", "list each mark once"),
        ("role: minister", "role: secretary", "role 'secretary' does not exist"),
        ("jurisdiction: PT", "jurisdiction: XX", "jurisdiction 'XX' does not exist"),
        ("text: We will pay it all back.}", "text: We will not pay.}", "is not in the text"),
        ("at: [pay it all back]", "at: [pay it back]", "words 'pay it back' of act 'aid' stand 0 times"),
        (", at: [pay it all back]", "", "act 'aid' has no 'at'"),
        ("firms: [{", "firms: [", "not YAML"),
    ],
)
def test_faults_are_named_with_file_and_passage(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    with pytest.raises(CorpusError, match=re.escape(message)) as raised:
        load_passages(written(tmp_path, PASSAGE.replace(right, wrong)))
    assert "news-europe-9.yaml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_id_may_stand_once(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="number it anew"):
        load_passages(written(tmp_path, PASSAGE + PASSAGE))


def test_corpus_is_valid_and_covers_every_region(passages: list[Passage]) -> None:
    assert {passage.region for passage in passages} == set(REGIONS)
    assert all(passage.id.startswith(f"{passage.genre}-{passage.region}-") for passage in passages)
    assert all(passage.file.startswith(f"{passage.genre}-{passage.region}-") for passage in passages)


def test_about_a_fifth_is_held_back(passages: list[Passage]) -> None:
    share = sum(map(is_held_back, passages)) / len(passages)
    assert 0.14 < share < 0.26


def shingles(sentence: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", sentence.casefold())
    return frozenset(zip(words, words[1:], words[2:]))


def test_sentences_are_not_made_from_templates(passages: list[Passage]) -> None:
    """Stricter than the rule on pairs: fewer than 5 % of the sentences may have any near twin in the corpus."""
    sentences = [shingles(s) for p in passages for s in re.split(r"(?<=[.!?”\"])\s+|\n+", p.text)]
    sentences = [s for s in sentences if len(s) >= 3]
    holders: dict[tuple[str, ...], list[int]] = collections.defaultdict(list)
    for i, sentence in enumerate(sentences):
        for shingle in sentence:
            holders[shingle].append(i)
    twins = 0
    for i, sentence in enumerate(sentences):
        shared = collections.Counter(j for shingle in sentence for j in holders[shingle] if j != i)
        twins += any(count / len(sentence | sentences[j]) > 0.5 for j, count in shared.items())
    assert twins < 0.05 * len(sentences)


def test_documents_for_parties_show_many_sides_and_many_states_that_are_none() -> None:
    documents = load_passages(SIDES)
    assert sum(len(d.parties) >= 4 for d in documents) >= 20
    assert sum(len(d.parties) <= 2 for d in documents) >= 15
    assert all(d.parties and d.title for d in documents)


@pytest.mark.skipif(not SHARED.exists(), reason="the evaluation's gold files are not beside the checkout")
def test_no_name_of_the_gold_is_in_the_corpus(passages: list[Passage]) -> None:
    names: set[str] = set()
    for path in SHARED.glob("gold-*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            records = [*gold["firms"], *(fund for fund in gold["funds"] if fund.get("named", True))]
            names |= {name for record in records for name in (record["name"], *record["aliases"])}
            names |= {name for record in gold["officials"] for name in (record["person"], *record["aliases"])}
            names |= set(gold["instruments"])
    several = {" ".join(name.casefold().split()) for name in names if " " in name.strip()}
    texts = [" ".join(f"{p.title} {p.text}".casefold().split()) for p in [*passages, *load_passages(SIDES)]]
    hits = sum(re.search(rf"\b{re.escape(name)}\b", text) is not None for name in several for text in texts)
    assert hits == 0, f"{hits} names of the gold stand in the corpus"  # counts only: gold-check stays unread
