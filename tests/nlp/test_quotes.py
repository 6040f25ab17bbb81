"""What the quotations promise, by example: the marks, the speaker, the cue, what is joined and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from nlp.pipeline import Extractor
from nlp.quote_marks import find_quotations
from nlp.records import Extraction, Text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“We will go,” he said. “Soon.”", ["We will go,", "Soon."]),
        ('"I don\'t know," she said, "what \'this\' is."', ["I don't know,", "what 'this' is."]),
        ("'We won't pay,' said the workers' leader.", ["We won't pay,"]),
        ("The workers' rights and the '80s.", []),
        ("“One.\n\n“Two.\n\n“Three,” he said.", ["One. Two. Three,"]),
        ("He is 5'10\" tall.", []),
        ("“He told me ‘no’ and “never” again,” she said.", ["He told me ‘no’ and “never” again,"]),
        ("``Old style,'' he said.", ["Old style,"]),
        ("“They misled voters,’’ he said.", ["They misled voters,"]),
        ("“Never closed, and the whole paragraph.\n\nNext.", ["Never closed, and the whole paragraph."]),
        ("A “mark that is never closed and follows words\n\nNext.", []),
    ],
)
def test_marks_are_paired(text: str, expected: list[str]) -> None:
    assert [quotation.text(text) for quotation in find_quotations(text)] == expected


def quotes_of(found: Extraction) -> list[Any]:
    return list(found.of("quotes"))


def direct(extractor: Extractor, text: str) -> list[tuple[str | None, str, str | None]]:
    (found,) = extractor.extract([Text(text=text, genre="news")])
    return [(row.speaker, row.text, row.cue) for row in quotes_of(found) if row.kind == "direct"]


NAMED = "Finance Minister Laura Keller met her counterpart in Berlin on Monday. "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NAMED + "“The budget will pass this year,” Keller said.", [("Laura Keller", "The budget will pass this year", "said")]),
        (NAMED + "“The budget will pass this year,” she said.", [("Laura Keller", "The budget will pass this year", "said")]),
        (
            NAMED + "“The budget,” Keller said, “is going to pass this year.”",
            [("Laura Keller", "The budget, is going to pass this year.", "said")],
        ),
        (
            NAMED + "“The budget will pass,” Keller told reporters. “Nobody doubts it any more.”",
            [("Laura Keller", "The budget will pass, Nobody doubts it any more.", "told")],
        ),
        (
            NAMED + "“The budget will pass,” Keller said.\n\n“Nobody doubts it any more,” she added.",
            [("Laura Keller", "The budget will pass", "said"), ("Laura Keller", "Nobody doubts it any more", "added")],
        ),
        (
            NAMED + "“The budget will pass,” Keller said.\n\n“Nobody doubts it any more.”",
            [("Laura Keller", "The budget will pass, Nobody doubts it any more.", "said")],
        ),
        (NAMED + "Keller said: “The budget will pass this year.”", [("Laura Keller", "The budget will pass this year.", "said")]),
        (NAMED + "She called the plan “a danger to every household in Europe”.",
         [("Laura Keller", "a danger to every household in Europe", "called")]),
        ('"It will be done in time," Keller was quoted by a newspaper as saying.', [("Keller", "It will be done in time", "quoted")]),
        (
            "The company's letter was sent on Friday. “We see no reason to change our plans,” the letter said.",
            [("the letter", "We see no reason to change our plans", "said")],
        ),
        (
            "“We are close to an agreement,” said an official close to the talks.",
            [("an official close to the talks", "We are close to an agreement", "said")],
        ),
        ("According to federal prosecutors, the firm “has repeatedly broken the law of the land”.",
         [("federal prosecutors", "has repeatedly broken the law of the land", "according to")]),
    ],
)  # fmt: skip
def test_who_said_what(extractor: Extractor, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert direct(extractor, text) == expected


def test_a_title_stands_for_the_person_last_named_with_it(extractor: Extractor) -> None:
    text = (
        "Deputy Governor Anna Lindqvist met Peter Holm, the ambassador of Norway, on Monday. "
        "“Prices will fall before the winter,” the Deputy Governor said."
    )
    assert direct(extractor, text) == [("Anna Lindqvist", "Prices will fall before the winter", "said")]


@pytest.mark.parametrize(
    "text",
    [
        NAMED + "She defended the “pragmatic” plan and the so-called “debt brake”.",
        "The city is often called the “Switzerland of the Middle East”.",
        "The orchestra played “The Long Road Home Again” in the square.",
    ],
)
def test_scare_quotes_and_titles_are_none(extractor: Extractor, text: str) -> None:
    assert direct(extractor, text) == []


def test_an_indirect_quotation_is_the_clause(extractor: Extractor) -> None:
    text = NAMED + "Keller said that the budget would pass this year. The plan is too dear, an official said."
    (found,) = extractor.extract([Text(text=text, genre="news")])
    rows = [(row.speaker, row.text) for row in quotes_of(found) if row.kind == "indirect"]
    assert rows == [("Laura Keller", "the budget would pass this year"), ("an official", "The plan is too dear")]


def test_a_paragraph_after_a_colon_is_a_block_quotation(extractor: Extractor) -> None:
    text = NAMED + "In a statement Keller said:\n\nThe budget will pass this year because nobody has a better one to offer."
    assert direct(extractor, text) == [("Laura Keller", "The budget will pass this year because nobody has a better one to offer.", "said")]


def test_offsets_evidence_and_confidence(extractor: Extractor) -> None:
    text = NAMED + "“The budget will pass this year,” Keller said. It is “too dear for us all”, she added."
    (found,) = extractor.extract([Text(text=text, genre="news")])
    whole, partial = [row for row in quotes_of(found) if row.kind == "direct"]
    assert text[whole.start : whole.end] == "The budget will pass this year,"
    assert "Keller said" in whole.evidence
    assert whole.confidence > partial.confidence


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Trade minister Oda Ruud told reporters the pact was “just the sort of thing we wanted”, adding that work would go on.",
            "Oda Ruud",
        ),
        ("It “misses what our miners have dug for years”, said Chair Ilse Brandvold.", "Ilse Brandvold"),
    ],
)
def test_the_one_who_tells_speaks_also_where_the_parse_leaves_name_and_role_apart(extractor: Extractor, text: str, speaker: str) -> None:
    assert [found for found, _, _ in direct(extractor, text)] == [speaker]


def test_answers_in_an_interview_are_its_subjects(extractor: Extractor) -> None:
    text = (
        "Is the bridge paid for? “Yes. To the last bolt.”\n\n"
        "Who will guard it? “Nobody needs to guard a bridge.”\n\n"
        "And the ferry? “It goes on Sundays, as before.”"
    )
    (found,) = extractor.extract([Text(text=text, title="Three Questions for Minister Ilse Brandvold", genre="news")])
    assert [row.speaker for row in quotes_of(found)] == ["Ilse Brandvold"] * 3


MEETING = "French President Luc Moreau met President Aziz Rahimi of Uzbekistan and Vice President Rita Gomez of the Philippines in Rome. "


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (MEETING + "“France will buy your uranium for ten years,” the French president said.", "Luc Moreau"),
        (MEETING + "“We welcome the offer of our guests,” the Uzbek president replied.", "Aziz Rahimi"),
        (MEETING + "“We welcome the offer of our guests,” the president replied.", "Aziz Rahimi"),
        (
            "The President called Prime Minister Hana Sato of Japan. “The alliance is strong,” the President said. "
            "President Grant Miller will travel in May.",
            "Grant Miller",
        ),
        ("“The award brings chip making back to Ohio,” said U.S. Secretary of Commerce Dana Whitfield.", "Dana Whitfield"),
        ('"Our patience is not endless", warned the Polish deputy foreign minister, Marek Zielinski.', "Marek Zielinski"),
        ('"We need the money now. Not in a year", the mayor of Chernihiv, Vlad Atro, told reporters.', "Vlad Atro"),
    ],
)
def test_a_title_leads_to_the_person_who_holds_it_for_that_state(extractor: Extractor, text: str, speaker: str) -> None:
    assert [found for found, _, _ in direct(extractor, text)] == [speaker]
