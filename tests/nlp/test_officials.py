"""Who holds which office, and whose: short texts and the exact rows."""

from __future__ import annotations

import pytest

from nlp.lexicons import fold
from nlp.official_background import _places
from nlp.pipeline import Extractor
from nlp.records import Official, Text

Row = tuple[str, str, str, str | None]


def rows(extractor: Extractor, text: str, **source: str) -> list[Row]:
    (result,) = extractor.extract([Text(text=text, **source)])  # type: ignore[arg-type]
    found: list[Official] = [r for r in result.records if isinstance(r, Official)]
    return [(o.person, o.office, o.role, o.jurisdiction) for o in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Kenya’s Minister for Digital Affairs Grace Wanjala met the press.",
            [("Grace Wanjala", "Minister for Digital Affairs", "minister", "KE")],
        ),
        (
            "Prime Minister Thomas Marlow of Barbados and President Luis Ferrer of the Dominican Republic agreed to talk.",
            [("Thomas Marlow", "Prime Minister", "head_of_government", "BB"), ("Luis Ferrer", "President", "head_of_state", "DO")],
        ),
        (
            "Taro Hayashi, Japan’s deputy trade minister, said on Monday that talks would go on.",
            [("Taro Hayashi", "deputy trade minister", "deputy_minister", "JP")],
        ),
        (
            "The Foreign Ministers of Norway and Finland, Erik Solheim and Anna Virtanen, met in Oslo.",
            [("Erik Solheim", "Foreign Minister", "minister", "NO"), ("Anna Virtanen", "Foreign Minister", "minister", "FI")],
        ),
    ],
)
def test_titles_and_names_are_paired_with_their_state(extractor: Extractor, text: str, expected: list[Row]) -> None:
    assert rows(extractor, text) == expected


def test_a_delegation_tells_the_state(extractor: Extractor) -> None:
    text = (
        "Representing Mexico were the Secretary of Security, Rosa Ibarra; the Secretary of Health, Jorge Alcaraz; "
        "and the Secretary of the Navy, Adm. Luis Ojeda.\n\n"
        "Canada was represented by the Minister of Public Safety, Claire Dubois; and the Minister of Health, Peter Hall."
    )
    assert [(person, code) for person, _, _, code in rows(extractor, text)] == [
        ("Rosa Ibarra", "MX"),
        ("Jorge Alcaraz", "MX"),
        ("Luis Ojeda", "MX"),
        ("Claire Dubois", "CA"),
        ("Peter Hall", "CA"),
    ]


def test_the_publication_tells_the_state_of_its_own_officials(extractor: Extractor) -> None:
    text = "President Harding spoke today with Prime Minister Sato of Japan. President Harding thanked Prime Minister Sato."
    found = rows(
        extractor, text, title="Readout of President Harding’s Call with Prime Minister Sato of Japan", url="https://www.whitehouse.gov/x/"
    )
    assert found == [("Harding", "President", "head_of_state", "US"), ("Sato", "Prime Minister", "head_of_government", "JP")]


def test_the_other_side_of_a_meeting_is_the_other_party(extractor: Extractor) -> None:
    text = "Prime Minister Laura Whitfield received her Romanian colleague, Prime Minister Andrei Popescu, in Canberra."
    found = rows(extractor, text, title="Australia and Romania: Joint Statement on Energy")
    assert [(person, code) for person, _, _, code in found] == [("Laura Whitfield", "AU"), ("Andrei Popescu", "RO")]


def test_executives_of_firms_are_no_officials(extractor: Extractor) -> None:
    assert rows(extractor, "Toyota President Koji Hara and Maria Lund, director of marketing at Volvo, opened the plant.") == []


def test_a_former_office_and_the_longer_title(extractor: Extractor) -> None:
    text = "Former Peruvian President Carla Rojas met Chile’s Minister of Trade and Industry Pablo Reyes. Minister Reyes thanked her."
    (result,) = extractor.extract([Text(text=text)])
    found = [(r.person, r.office, r.status) for r in result.records if isinstance(r, Official)]
    assert found == [("Carla Rojas", "President", "former"), ("Pablo Reyes", "Minister of Trade and Industry", "current")]


def test_a_second_title_behind_and_is_a_second_row_but_not_within_one_seat_of_a_cabinet(extractor: Extractor) -> None:
    text = "Amina Yusuf, Nigeria’s Prime Minister and Minister of Finance, signed."
    assert {(office, role, code) for _, office, role, code in rows(extractor, text)} == {
        ("Prime Minister", "head_of_government", "NG"),
        ("Minister of Finance", "minister", "NG"),
    }
    text = "Amina Yusuf, Nigeria’s Deputy Prime Minister and Minister of Finance, signed."
    assert [(office, role, code) for _, office, role, code in rows(extractor, text)] == [
        ("Deputy Prime Minister and Minister of Finance", "deputy_head_of_government", "NG"),
    ]


def test_a_name_with_a_title_in_it_is_no_official(extractor: Extractor) -> None:
    assert rows(extractor, "Jordan's firms signed an agreement with King Hussein University of Technology in Amman.") == []


def test_whom_a_president_nominates_is_designate(extractor: Extractor) -> None:
    text = "WASHINGTON – Today the President announced nominees.\n\nLowell Tennant, Nominee for Ambassador to Mexico\n\nHe is a lawyer."
    (result,) = extractor.extract([Text(text=text)])
    found = [(r.person, r.role, r.status) for r in result.records if isinstance(r, Official)]
    assert found == [("Lowell Tennant", "ambassador", "designate")]


def test_a_minister_of_a_region_is_subnational(extractor: Extractor) -> None:
    text = "Ontario Energy Minister Claire Dumont said on Monday that Canada needs reactors."
    assert rows(extractor, text) == [("Claire Dumont", "Energy Minister", "subnational", "CA")]


def test_the_head_of_a_body_of_many_states_has_no_state(extractor: Extractor) -> None:
    text = "Ugo Bellini, President of the European Bank for Reconstruction and Development, was in Kazakhstan."
    assert [(role, code) for _, _, role, code in rows(extractor, text)] == [("organization_head", None)]


def test_the_name_of_a_state_right_before_a_title_tells_it(extractor: Extractor) -> None:
    text = "Australia sent ships. Vanuatu Prime Minister Wonam Tari gave thanks. A letter went to U.S. Secretary of State Ann Bell."
    assert {(person, code) for person, _, _, code in rows(extractor, text)} == {("Wonam Tari", "VU"), ("Ann Bell", "US")}


def test_the_body_behind_the_name_tells_what_a_governor_governs(extractor: Extractor) -> None:
    text = "Governor Ama Boateng of the Bank of Ghana said on Monday that rates would stay."
    assert rows(extractor, text) == [("Ama Boateng", "Governor", "agency_head", "GH")]


def test_evidence_and_offsets_point_into_the_text(extractor: Extractor) -> None:
    text = "It rained. Ghana’s Energy Minister Kofi Amponsah left early."
    (result,) = extractor.extract([Text(text=text)])
    (row,) = [r for r in result.records if isinstance(r, Official)]
    assert text[row.start : row.end] == "Energy Minister Kofi Amponsah"
    assert row.evidence == "Ghana’s Energy Minister Kofi Amponsah left early."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The interior ministers of Latvia (Ilze Kronberg), Estonia (Jaan Tammik) and Poland (Hanna Duda) met in Riga.",
            [("Ilze Kronberg", "LV"), ("Jaan Tammik", "EE"), ("Hanna Duda", "PL")],
        ),
        (
            "The energy ministers of Ireland, France and Belgium – Aoife Brennan, Claire Moreau and Pieter Claes – met in Ostend.",
            [("Aoife Brennan", "IE"), ("Claire Moreau", "FR"), ("Pieter Claes", "BE")],
        ),
        (
            "Japanese Defence Minister Takashi Ishida met his British counterpart Fiona Albarn and Italy's Lorenzo Rossi.",
            [("Takashi Ishida", "JP"), ("Fiona Albarn", "GB"), ("Lorenzo Rossi", "IT")],
        ),
    ],
)
def test_a_plural_title_and_counterparts_are_shared_out(extractor: Extractor, text: str, expected: list[tuple[str, str]]) -> None:
    found = rows(extractor, text)
    assert [(person, code) for person, _, _, code in found] == expected
    assert len({role for _, _, role, _ in found}) == 1


def test_a_bare_governor_beside_a_central_bank_heads_it(extractor: Extractor) -> None:
    text = "The Central Bank of Kenya raised its rate on Tuesday. Governor Peter Wafula said that prices worried it."
    (result,) = extractor.extract([Text(text=text)])
    (row,) = [r for r in result.records if isinstance(r, Official)]
    assert (row.office, row.role, row.portfolios, row.jurisdiction) == ("Governor", "agency_head", ("finance",), "KE")


def test_a_rank_between_title_and_name_is_passed_over(extractor: Extractor) -> None:
    assert rows(extractor, "Thailand's Deputy Defence Minister General Kittisak Boonmee signed.") == [
        ("Kittisak Boonmee", "Deputy Defence Minister", "deputy_minister", "TH")
    ]


def test_a_state_that_was_taken_into_the_name_is_the_jurisdiction(extractor: Extractor) -> None:
    found = rows(extractor, "President Harding and President Moon of the Republic of Korea met in Washington.")
    assert ("Moon", "President", "head_of_state", "KR") in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The following posts were filled.\n\nGovernor, Central Bank of Kenya: Dr. Samuel Wekesa\n"
            "Director of Fisheries: Mr. Daniel Mutua",
            [("Samuel Wekesa", "Governor"), ("Daniel Mutua", "Director of Fisheries")],
        ),
        (
            "The cabinet is composed as follows.\n\nMinister of Health (acting) – Anna Petrova\nMinister of Defence – General Pavel Ivanov",
            [("Anna Petrova", "Minister of Health"), ("Pavel Ivanov", "Minister of Defence")],
        ),
    ],
)
def test_a_title_that_opens_its_line_belongs_to_the_name_behind_it(
    extractor: Extractor, text: str, expected: list[tuple[str, str]]
) -> None:
    assert [(person, office) for person, office, *_ in rows(extractor, text)] == expected


def test_brackets_and_forms_of_address_stand_between_name_and_title(extractor: Extractor) -> None:
    text = (
        "Delegation of Ghana:\n\nEsther Mensah (Mrs.), Minister of Health\nKofi Boateng, H.E., Ambassador\n"
        "Grace Owusu (Ms.), Minister of Trade"
    )
    assert rows(extractor, text) == [
        ("Esther Mensah", "Minister of Health", "minister", "GH"),
        ("Kofi Boateng", "Ambassador", "ambassador", "GH"),
        ("Grace Owusu", "Minister of Trade", "minister", "GH"),
    ]


def test_a_plural_title_behind_its_names(extractor: Extractor) -> None:
    text = "The ministry sent Elena Popescu and Andrei Munteanu, State Secretaries, to the talks in Romania."
    assert [(person, role) for person, _, role, _ in rows(extractor, text)] == [
        ("Elena Popescu", "deputy_minister"),
        ("Andrei Munteanu", "deputy_minister"),
    ]


def test_states_of_a_plural_title_each_with_a_name_behind(extractor: Extractor) -> None:
    text = (
        "Present were the Presidents of Colombia, Pedro Salazar, of Costa Rica, Julio Campos, and of the Dominican Republic, Luis Ferrer."
    )
    assert rows(extractor, text) == [
        ("Pedro Salazar", "President", "head_of_state", "CO"),
        ("Julio Campos", "President", "head_of_state", "CR"),
        ("Luis Ferrer", "President", "head_of_state", "DO"),
    ]


@pytest.mark.parametrize(
    ("text", "person", "status"),
    [
        ("Maria Lindqvist is appointed Minister of Finance of Sweden, replacing Karin Bergman.", "Karin Bergman", "former"),
        ("The Finance Minister of Sweden, Maria Lindqvist, who succeeded Karin Bergman in May, spoke.", "Karin Bergman", "former"),
        ("The Finance Minister of Sweden, Maria Lindqvist, will be replaced by Karin Bergman.", "Karin Bergman", "designate"),
        ("Finance Minister Maria Lindqvist of Sweden thanked her predecessor, Karin Bergman.", "Karin Bergman", "former"),
    ],
)
def test_who_held_an_office_before_or_holds_it_after_another(extractor: Extractor, text: str, person: str, status: str) -> None:
    (result,) = extractor.extract([Text(text=text)])
    found = {o.person: o for o in result.records if isinstance(o, Official)}
    assert (found[person].role, found[person].jurisdiction, found[person].status) == ("minister", "SE", status)


def test_the_body_of_a_row_tells_field_and_role(extractor: Extractor) -> None:
    text = (
        "Delegation of Malawi:\n\nMr. Peter Banda, Commissioner General, Malawi Revenue Authority\n\n"
        "Ministry of Transport\nGrace Phiri, Deputy Minister\nJoseph Chirwa, Principal Secretary\n"
    )
    (result,) = extractor.extract([Text(text=text)])
    found = {o.person: o for o in result.records if isinstance(o, Official)}
    assert found["Peter Banda"].jurisdiction == "MW"
    assert found["Grace Phiri"].portfolios == found["Joseph Chirwa"].portfolios == ("transport",)


def test_the_state_over_a_list_outweighs_the_likeness_of_names(extractor: Extractor) -> None:
    text = (
        "The Governments were represented as follows in Luxembourg:\n\nBelgium:\nMr Jean Muller, Minister for Finance\nDenmark:\n"
        "Ms Kirsten Holm, Minister for Economic Affairs\nGermany:\nMr Pierre Weber, Minister for Finance\n"
        "Mr Luc Schmit, State Secretary for Finance"
    )
    assert [(person, code) for person, _, _, code in rows(extractor, text)] == [
        ("Jean Muller", "BE"),
        ("Kirsten Holm", "DK"),
        ("Pierre Weber", "DE"),
        ("Luc Schmit", "DE"),
    ]


def test_rows_beside_officials_are_officials_but_for_firms(extractor: Extractor) -> None:
    text = (
        "The delegation of Norway included:\n\nErik Solheim, Minister of Trade\nAnna Dahl, Counsellor\nNils Haugen, Director General\n"
        "Per Lund, Chairman, Equinor\n"
    )
    assert [person for person, *_ in rows(extractor, text)] == ["Erik Solheim", "Anna Dahl", "Nils Haugen"]


def test_ministries_that_a_row_lists_are_offices_of_their_own(extractor: Extractor) -> None:
    text = (
        "The new cabinet of New Zealand:\n\nHon Jane Whitford: Minister of Housing; Minister of Transport\n"
        "Hon Mark Ellis: Minister of Health"
    )
    assert [(person, office) for person, office, *_ in rows(extractor, text)] == [
        ("Jane Whitford", "Minister of Housing"),
        ("Jane Whitford", "Minister of Transport"),
        ("Mark Ellis", "Minister of Health"),
    ]


@pytest.mark.parametrize(("name", "code"), [("NIAMEY", "NE"), ("Wellington", "NZ"), ("Chișinău", "MD"), ("Springfield", None)])
def test_a_capital_is_known_however_it_is_spelt(name: str, code: str | None) -> None:
    assert _places().get(fold(name)) == code
