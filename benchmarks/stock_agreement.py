"""Are people, countries and dates that the stock model finds found by ours too?

    python benchmarks/stock_agreement.py [--shared ../shared] [--documents 200] [--disagreements 50]

What the stock model labels PERSON, GPE (where the lexicon knows the name as a state's) and DATE in documents of the statements
archive counts as found again where a mention of ours overlaps it with PERSON, COUNTRY or PLACE, and DATE. Its DATE takes in
durations, ages and frequencies ("two years", "20-year-old", "annual"), which ours leaves out: the second figure for DATE is over
those that point at the calendar. With `--disagreements` a sample of what was not found again, with its surroundings, to be read.
"""

from __future__ import annotations

import argparse
import random
import re
import warnings
from collections import Counter
from pathlib import Path

from extract import ARCHIVE, archive_texts, own_texts

from nlp import blocks, entities, lexicons
from nlp.pipeline import build, load_base
from nlp.records import Text

COMPATIBLE = {"PERSON": {"PERSON"}, "GPE": {"COUNTRY", "PLACE"}, "DATE": {"DATE"}}

_CALENDAR = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:19|20)\d\ds?|today|yesterday|tomorrow|tonight"
    r"|(?:this|last|next|the (?:coming|current|previous|following)) (?:day|week|weekend|month|quarter|half|year|decade|century"
    r"|spring|summer|autumn|fall|winter)|(?:fiscal|financial) year|q[1-4]|year[- ]end|end of the year)\b",
    re.I,
)


def points_at_calendar(text: str) -> bool:
    """Does an expression name a day, month, season, year or the like, and not only a length, an age or a frequency?"""
    return bool(_CALENDAR.search(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--documents", type=int, default=200)
    parser.add_argument("--disagreements", type=int, default=0)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", message=r"\[W095\]")
    found_archive = (args.shared / ARCHIVE).exists()
    texts: list[Text] = archive_texts(args.shared, args.documents) if found_archive else own_texts(args.documents)
    ours, stock = build(), load_base()
    own_model, stock_model = ours.get_pipe("ner"), stock.get_pipe("ner")
    total: Counter[str] = Counter()
    again: Counter[str] = Counter()
    lost: list[tuple[str, str]] = []
    for text in texts:
        doc = own_model(blocks.make_doc(ours, text))
        mentions = [(e.start_char, e.end_char, e.label_) for e in entities.recognise(doc, own_ner=True).ents]
        for span in stock_model(stock.make_doc(doc.text)).ents:
            label = span.label_
            if label not in COMPATIBLE or (label == "GPE" and lexicons.code_of(span.text) not in lexicons.countries()):
                continue
            overlapping = [(a, b, found) for a, b, found in mentions if a < span.end_char and span.start_char < b]
            hit = any(found in COMPATIBLE[label] for _, _, found in overlapping)
            measures = [label, *(["DATE, of the calendar"] if label == "DATE" and points_at_calendar(span.text) else [])]
            total.update(measures)
            again.update(measures if hit else [])
            if not hit and (label != "DATE" or len(measures) > 1):
                around = doc.text[max(0, span.start_char - 80) : span.end_char + 60].replace("\n", " ")
                lost.append((label, f"{label} {span.text!r}: ours {[(doc.text[a:b], f) for a, b, f in overlapping]} | {around}"))
    for measure in (*COMPATIBLE, "DATE, of the calendar"):
        print(f"{measure:24} {again[measure]:6} of {total[measure]:6} found again: {again[measure] / max(1, total[measure]):.3f}")
    for name, labels in (("all", tuple(COMPATIBLE)), ("all, dates of the calendar", ("PERSON", "GPE", "DATE, of the calendar"))):
        right, every = sum(again[x] for x in labels), sum(total[x] for x in labels)
        print(f"{name:24} {right:6} of {every:6} found again: {right / max(1, every):.3f}")
    for _, line in random.Random(3).sample(lost, min(args.disagreements, len(lost))):
        print(line)


if __name__ == "__main__":
    main()
