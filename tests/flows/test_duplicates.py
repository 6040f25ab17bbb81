"""Copies are known again, and siblings of one template are kept apart."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from flows.duplicates import PERMUTATIONS, SHORT_WORDS, SignatureIndex, is_copy, read_story, shingles, signature

STORY = """\
Rain kept the crowds away when the leaders of Ostland and Vessaria met on the bridge that joins their countries. \
They signed an accord on the water of the Lind, on which both have built dams since 1998, and which neither has measured alike.

President Marta Oyelaran said that gauges would be read by both sides together from 2 June. Her counterpart, Prime Minister Tomas Brandl, \
spoke of the end of a quarrel that had cost the towns below the dams two harvests and the trust of a generation.

The accord sets aside 45 million crowns for weirs and fish ladders. A joint office in Kaldheim will publish the readings of all \
31 gauges each morning, and farmers may lodge complaints there in either language.

Engineers from both countries had worked on the text for nineteen months. \
The first meeting of the commission is planned for October in Vessaria's capital."""

READOUT = """\
President {guest} spoke by telephone today with {host}. The two leaders discussed recent developments in the region and the need for \
calm along the border. They welcomed the progress of the working groups on trade, energy and the movement of students, and asked their \
ministers to report before the summit. The President thanked {host} for the hospitality shown to the delegation, and both agreed \
to remain in close contact in the weeks ahead. The call was the {number} between the two this year."""


def test_a_cut_copy_under_another_headline_is_a_copy():
    cut = STORY.split("\n\n")
    assert is_copy(read_story("Two states share a river", "\n\n".join(cut[:3])), read_story("Accord on the Lind", STORY))


def test_a_copy_with_dateline_credit_and_small_edits_is_a_copy():
    edited = STORY.replace("Rain kept", "KALDHEIM (Nordwire) - Rain kept").replace("a generation", "a whole generation")
    edited = edited.replace("nineteen months", "more than a year") + "\n\nReporting by Ilse Krog; editing by Sven Dahl."
    assert is_copy(read_story("Water accord signed", edited), read_story("Accord on the Lind", STORY))


def test_a_copy_within_a_longer_report_is_a_copy():
    longer = STORY + "\n\n" + " ".join(f"Further down the valley village number {n} waits for its own gauge." for n in range(30))
    assert is_copy(read_story("", longer), read_story("", STORY))


def test_another_story_on_the_same_matter_is_no_copy():
    other = (
        "The accord on the Lind will not end all quarrels, farmers in the towns below the dams said on Friday. Many lost two harvests, and "
        "few believe that gauges alone will bring the water back. President Marta Oyelaran promised to visit Kaldheim in the autumn."
    )
    assert not is_copy(read_story("", other), read_story("", STORY))


def test_two_readouts_of_one_template_are_no_copies():
    first = READOUT.format(guest="Oyelaran", host="Prime Minister Brandl of Vessaria", number="third")
    second = READOUT.format(guest="Oyelaran", host="Chancellor Ferrand of Aquilonia", number="first")
    assert len(set(shingles(read_story("", first).folded)) & set(shingles(read_story("", second).folded))) > 50  # they look alike indeed
    assert not is_copy(read_story("", second), read_story("", first))


def test_readouts_that_differ_where_no_shingle_is_shared_are_told_apart_by_their_titles():
    body = READOUT.format(guest="Oyelaran", host="the Prime Minister", number="third")
    first = read_story("Call with Prime Minister Brandl of Vessaria", "Brandl, of Vessaria, called. " + body)
    second = read_story("Call with Chancellor Ferrand of Aquilonia", "Ferrand, of Aquilonia, called. " + body)
    assert not is_copy(second, first)


def test_the_same_briefing_on_another_day_is_no_copy():
    day = (
        "The daily briefing of the ministry took place at noon in the main building, and questions on bridges, tolls and tunnels "
        "were taken. On {} March crews cleared {} kilometres of snow, and the pass at {} stayed closed to lorries. The next briefing takes "
        "place at the same hour, and journalists are asked to register at the gate with a valid card of the press council."
    )
    assert not is_copy(
        read_story("Daily briefing", day.format(4, 87, "Heron")), read_story("Daily briefing", day.format(3, 214, "Kestrel"))
    )


def test_a_notice_that_is_renewed_every_year_is_no_copy():
    notice = STORY.replace("accord", "notice") + " The notice is given for the year {}, and continues that of {}."
    first = read_story("Notice on the Lind", notice.format(2022, 2021), dt.date(2022, 3, 1))
    assert not is_copy(read_story("Notice on the Lind", notice.format(2023, 2022), dt.date(2023, 2, 27)), first)


def test_a_long_document_that_is_put_out_again_is_a_copy():
    long = " ".join(f"Gauge number {n} stands below the weir of village {n} and is read each morning by its keeper." for n in range(40))
    again = long.replace("number 7 stands", "number 7 is standing")
    assert is_copy(read_story("", again, dt.date(2023, 4, 20)), read_story("", long, dt.date(2023, 3, 1)))
    assert not is_copy(
        read_story("", long.replace("of village 7 ", "of village 77 "), dt.date(2023, 4, 20)), read_story("", long, dt.date(2023, 3, 1))
    )


def test_two_reports_from_one_mould_are_told_apart_by_what_their_titles_say():
    report = STORY + " The plan helps {} most of all."
    rural, coastal = (read_story(f"How the plan helps {kind} towns", report.format(f"{kind} towns")) for kind in ("rural", "coastal"))
    assert not is_copy(rural, coastal)


def test_short_texts_are_never_near_copies():
    short = " ".join(f"word{n}" for n in range(SHORT_WORDS - 1))
    assert not is_copy(read_story("", short), read_story("", short))
    assert signature(short) == ()


def test_a_signature_is_the_same_on_any_machine():
    """What stands in `documents` must fit what later runs compute: a change of these numbers needs another SIGNATURE_VERSION."""
    values = signature(STORY)
    assert len(values) == PERMUTATIONS + 1
    assert values[:4] == (2, 13186765, 151203550, 113499221)
    assert signature(STORY.upper()) == values


def random_text(seed: int, words: int = 200) -> str:
    draw = random.Random(seed)
    return " ".join(f"w{draw.randrange(5_000)}" for _ in range(words))


@pytest.mark.parametrize("merge_at", [1, 7, 10_000])
def test_the_index_finds_copies_in_the_order_of_taking_in(merge_at: int):
    index = SignatureIndex()
    index.MERGE_AT = merge_at
    for number in range(40):
        assert index.add(signature(random_text(number))) == number
    assert index.add(signature("too short to tell")) is None
    again = random_text(17) + " " + random_text(99, 40)
    assert index.add(signature(again)) == 40
    assert index.candidates(signature(random_text(17))) == [17, 40]
    assert index.candidates(signature("too short to tell")) == []


def test_the_index_finds_stories_wherever_their_keys_lie_in_its_blocks():
    """More stories than a block has entries, of which many share every key."""
    index = SignatureIndex()
    alone = [signature(random_text(number)) for number in range(600)]
    same = signature(random_text(1_000))
    numbers = index.add_many(np.array([*alone, *[same] * 1_300], dtype=np.int32), [None] * 1_900)
    assert numbers == range(1_900)
    assert index.candidates(same) == list(range(600, 1_900))
    assert all(index.candidates(values) == [number] for number, values in enumerate(alone) if number % 37 == 0)


def test_the_index_misses_few_pairs_that_share_a_third():
    """Jaccard 0.3 is where candidates begin: at least nine of ten such pairs are found."""
    found = 0
    for seed in range(50):
        common = random_text(seed, 130)
        index = SignatureIndex()
        index.add(signature(f"{common} {random_text(1_000 + seed, 145)}"))
        found += index.candidates(signature(f"{common} {random_text(2_000 + seed, 145)}")) == [0]
    assert found >= 45


def test_documents_of_one_template_are_candidates_only_near_their_day():
    """Months apart only a text that is all but equal can be the same; with an unknown day any likeness is looked at."""
    template, day = random_text(1, 130), dt.date(2024, 3, 1)
    sibling, reissued = (f"{template} {random_text(number, 60)}" for number in (2, 3))
    index = SignatureIndex()
    days = [day - dt.timedelta(days=90), day - dt.timedelta(days=9), None]
    index.add_many(np.array([signature(sibling)] * 3, dtype=np.int32), days)
    index.add(signature(reissued), days[0])
    assert index.candidates(signature(reissued), day) == [1, 2, 3]
    assert index.candidates(signature(reissued)) == [0, 1, 2, 3]
    index.redate(0, day)
    assert index.candidates(signature(reissued), day) == [0, 1, 2, 3]
