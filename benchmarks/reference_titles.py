"""How many real titles of office are read right? Lists of posts and leaders, and statements with annotated persons.

    python benchmarks/reference_titles.py [--shared ../shared] [--errors N]

- UK ministerial posts (Institute for Government, CC BY 4.0): the rank of each post against the role that `parse_office` reads.
- Heads of state and government (Wikidata 2021, CC0; G20 and ASEAN in 2026): role and country by the title alone; where the list says
  which of the two a title is, that one.
- re3d, statements of the US State Department (Dstl, public domain texts): persons annotated with their title ("Foreign Minister X"), or as
  synonym of a title, and whether the officials found hold that title. Few pairs: the count is printed.

Nothing is trained on these lists and no rule is made for one entry; they say how far the reading carries.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nlp import lexicons, load
from nlp.office_titles import parse_office
from nlp.records import Official, Text
from nlp.training.matching import same_office, words

# Ranks as the Institute for Government gives them → the role that the records' contract gives such a post.
UK_RANKS = {
    "PM": "head_of_government",
    "DPM": "deputy_head_of_government",
    "SoS": "minister",
    "MoS": "deputy_minister",
    "PUSS": "deputy_minister",
}
"""Whips and officers of the household ("Parl.") are left out: the contract has no role for them."""
_TITLE_BEFORE_NAME = re.compile(
    r"^(?:[Tt]he )?(?P<title>.*\b(?:(?i:President|Secretary(?: of \w+)?|Minister|Ambassador|Spokesperson|Advis[eo]r|King)"
    r"|Envoy(?: for .+ [A-Z]{3,})?)) (?P<name>[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*)$"
)
_TITLE = re.compile(r"\b(?:president|secretary|minister|ambassador|spokesperson|advis[eo]r|envoy|director|charg[eé])\b", re.I)


@dataclass
class Share:
    """Right of all, and what was wrong."""

    name: str
    right: int = 0
    total: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, right: bool, wrong: str) -> None:
        self.total += 1
        self.right += right
        if not right:
            self.wrong.append(wrong)


def uk_posts(reference: Path) -> Share:
    """The share of UK posts whose rank is read right; each wording counts once."""
    share = Share("UK posts: role by rank")
    posts = _rows(reference / "uk-ministers-ifg" / "post.csv")
    for title, rank in sorted({(row["name"], row["rank_equivalence"]) for row in posts if row["rank_equivalence"] in UK_RANKS}):
        office = parse_office(title, context_country="GB")
        share.add(office.role == UK_RANKS[rank], f"{title} ({rank}): {office.role}")
    return share


def leaders(reference: Path) -> Iterator[Share]:
    """The shares of leaders' titles with the right role and the right country."""
    role, country = Share("Leaders 2021: head of state or government"), Share("Leaders 2021: country in the title")
    for row in _rows(reference / "world_leaders_wikidata_2021.csv"):
        office = parse_office(row["positionLabel"])
        role.add(office.role in ("head_of_state", "head_of_government"), f"{row['positionLabel']}: {office.role}")
        code = lexicons.code_of(row["country"])
        if code and code in lexicons.codes_in(row["positionLabel"]):
            country.add(office.jurisdiction == code, f"{row['positionLabel']}: {office.jurisdiction}")
    yield role
    yield country
    which = Share("Leaders 2026: which of the two")
    for row in (r for path in sorted((reference / "world_leaders_2026").glob("*.csv")) for r in _rows(path)):
        same = row["Head of Government"] == row["Head of State"]
        state = row["ISO"] in lexicons.countries()
        for title, expected in ((row["HoG Title"], "head_of_government"), (row["HoS Title"], "head_of_state")):
            expected = expected if state else "organization_head"
            if title and not (same and expected == "head_of_government"):
                office = parse_office(title, context_country=row["ISO"])
                which.add(office.role == expected, f"{title} ({row['ISO']}): {office.role}")
    yield which


def statements(folder: Path) -> Share:
    """The share of re3d's pairs of title and person that the officials have."""
    share = Share("re3d: person with title")
    documents = {d["_id"]: d for d in _json_lines(folder / "documents.json")}
    pairs: set[tuple[str, str, str]] = set()
    for entity in _json_lines(folder / "entities.json"):
        found = _TITLE_BEFORE_NAME.match(entity["value"]) if entity["type"] == "Person" else None
        if found:
            pairs.add((entity["documentId"], found["title"], found["name"]))
    for relation in _json_lines(folder / "relations.json"):
        sides = (relation["source"], relation["target"])
        if relation["type"] == "IsSynonymOf" and bool(_TITLE.search(sides[0])) != bool(_TITLE.search(sides[1])):
            title, name = sorted(sides, key=lambda side: not _TITLE.search(side))
            pairs.add((relation["documentId"], title, name))
    ids = sorted({identity for identity, _, _ in pairs})
    texts = [Text(doc_id=i, title=documents[i]["title"], text=documents[i]["text"], url=documents[i]["sourceUrl"]) for i in ids]
    officials = {e.doc_id: [r for r in e.records if isinstance(r, Official)] for e in load().extract(texts)}
    for identity, title, name in sorted(pairs):
        held = [o for o in officials[identity] if words(name)[-1] in words(o.person)]
        found_there = any(same_office(_short(title), o.office) for o in held)
        share.add(found_there, f"{title} | {name}: {[(o.person, o.office) for o in held]}")
    return share


def _short(title: str) -> str:
    """The title without article and the state in front, which the records keep apart."""
    return re.sub(r"^(?:the )?(?:U\.?S\.? |Russian |Acting )?(?:Embassy )?", "", title)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _json_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--errors", type=int, default=0, help="print up to N wrong ones per list")
    arguments = parser.parse_args()
    reference, re3d = arguments.shared / "data" / "reference", arguments.shared / "data" / "statements" / "re3d-us-state"
    if not reference.is_dir() or not re3d.is_dir():
        raise SystemExit(f"{arguments.shared}: no data/reference or data/statements/re3d-us-state there: name the folder with --shared")
    for share in (uk_posts(reference), *leaders(reference), statements(re3d)):
        print(f"{share.name:44} {share.right:4} of {share.total:4}  {share.right / max(1, share.total):.3f}")
        for wrong in share.wrong[: arguments.errors]:
            print(f"    {wrong}")


if __name__ == "__main__":
    main()
