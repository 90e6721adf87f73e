"""Normal form C at a cost that grows with the length: runs of marks are cut, everything people write stays."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters._plain import text_of
from ingest.composed import MOST_MARKS, composed, is_composed
from tests.growth import assert_grows_gently

MARKS = st.sampled_from("\u0301\u0327\u0344\u064b\u093c\u0f71\U000e0101")


@given(st.text(alphabet=st.one_of(st.characters(), MARKS)))
def test_is_normal_form_c_of_what_people_write(text):
    if not any(map(unicodedata.combining, text)):
        assert composed(text) == unicodedata.normalize("NFC", text)
    assert is_composed(composed(text))
    assert composed(composed(text)) == composed(text)


@given(st.lists(MARKS, max_size=90))
def test_no_run_is_long(marks):
    text = composed("a" + "".join(marks))
    assert len(text) <= 1 + 2 * MOST_MARKS
    assert is_composed(text)


def test_thirty_marks_stay_and_more_do_not():
    assert composed("x" + "\u0327" * 30) == "x" + "\u0327" * 30
    assert composed("x" + "\u0327" * 31 + "y") == "x" + "\u0327" * 30 + "y"
    assert composed("e\u0301") == "é"


def test_marks_out_of_order_do_not_cost_the_square():
    run = "a" + "\u0301\u0327" * 40_000
    for work in (text_of, is_composed):
        assert_grows_gently(work, run[: len(run) // 4], run)
