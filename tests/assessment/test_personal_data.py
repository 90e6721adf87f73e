"""What looks like a person in words about one person, and what does not."""

import pytest

from assessment.personal_data import names_one_person


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Name: Ahmad", "a name"), ("achternaam = Karimi", "a name"), ("cliënt: A.K.", "a name"),
        ("his name is Ahmad", "a name"), ("een man genaamd Ahmad", "a name"), ("Mr. Karimi was held", "a name"),
        ("mevrouw Karimi", "a name"), ("de heer K", "a name"),
        ("dossier 123456", "a number of a file or document"), ("passport NX12345", "a number of a file or document"),
        ("held on 3-10-2026", "a day"), ("held on 2026-10-03", "a day"), ("geboren in Herat", "a birth"),
        ("ask anna@example.org", "an e-mail address"), ("V-nummer 2801234567", "a V-number"),
        ("Held at the airport for three days and asked for 2,000 dollars.", None),
        ("Na aankomst vastgehouden; de familie moest betalen. Een naam is niet gegeven.", None),
        ("Two men threatened the family in May; report S/2026/123, paragraph 45.", None),
        ("", None),
    ],
)  # fmt: skip
def test_what_names_one_person_is_seen(text: str, found: str | None) -> None:
    assert names_one_person(text) == found


def test_its_limit_is_a_bare_name() -> None:
    assert names_one_person("Ahmad was held at the airport.") is None, "forms must say so"
