"""What the prose prints for a value of the ledger: numbers, dates, counts, and numbers worked out from others."""

import datetime

import pandas as pd
import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from companion import counts, dates, wording
from companion.ledger import Ledger, NoSingleValue, Quantity, Report, UnknownId, evaluate


def quantity(value, unit, scale="", comparison="exactly", upper=None, form="level", period="", since=""):
    return Quantity("id", "claim", comparison, value, upper, scale, unit, form, period, since)


class OneValue:
    """A ledger that holds one value, whatever it is asked for."""

    def __init__(self, value):
        self.held = value

    def value(self, id):
        return self.held


def printed(value, form="full"):
    return wording.value(OneValue(value), "id", form)


@pytest.fixture(scope="module")
def ledger(project):
    return Ledger(project)


# -- numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comparison, full, short",
    [
        ("exactly", "$45 billion", "$45bn"),
        ("about", "about $45 billion", "~$45bn"),
        ("almost", "almost $45 billion", "<$45bn"),
        ("at least", "at least $45 billion", "≥$45bn"),
        ("more than", "more than $45 billion", ">$45bn"),
        ("at most", "at most $45 billion", "≤$45bn"),
        ("less than", "less than $45 billion", "<$45bn"),
    ],
)
def test_a_value_keeps_the_qualifier_of_its_source(comparison, full, short):
    value = quantity(45, "USD", "billion", comparison)
    assert printed(value) == full
    assert printed(value, "short") == short


@pytest.mark.parametrize(
    "value, full, short, bare",
    [
        # money: the sign of a currency stands before the number, a code without a sign after it
        (quantity(12, "EUR", "billion"), "€12 billion", "€12bn", "12"),
        (quantity(35.8, "USD", "billion"), "$35.8 billion", "$35.8bn", "35.8"),
        (quantity(569, "USD"), "$569", "$569", "569"),
        (quantity(3, "USD"), "$3", "$3", "3"),
        (quantity(2.5, "RUB", "million"), "2.5 million RUB", "2.5m RUB", "2.5"),
        # shares
        (quantity(60, "percent"), "60 percent", "60%", "60"),
        (quantity(7, "percent"), "7 percent", "7%", "7"),
        (quantity(0.5, "ratio"), "half", "half", "0.5"),
        (quantity(0.25, "ratio", comparison="about"), "about a quarter", "~a quarter", "0.25"),
        (quantity(0.75, "ratio"), "three quarters", "three quarters", "0.75"),
        (quantity(0.4, "ratio"), "0.4", "0.4", "0.4"),
        # small counts in words, larger ones in digits, thousands set apart
        (quantity(5, "states"), "five states", "5 states", "five"),
        (quantity(1, "states"), "one state", "1 state", "one"),
        (quantity(0, "states"), "zero states", "0 states", "zero"),
        (quantity(12, "members"), "twelve members", "12 members", "twelve"),
        (quantity(13, "members"), "13 members", "13 members", "13"),
        (quantity(7000, "people"), "7,000 people", "7,000 people", "7,000"),
        (quantity(1, "people"), "one person", "1 person", "one"),
        (quantity(9132629, "people"), "9,132,629 people", "9,132,629 people", "9,132,629"),
        (quantity(1.5, "years"), "1.5 years", "1.5 years", "1.5"),
        # a scale keeps its digits
        (quantity(6, "people", "million"), "6 million people", "6m people", "6"),
        (quantity(1, "people", "million"), "1 million people", "1m people", "1"),
        (quantity(4.484, "tonnes", "million"), "4.484 million tonnes", "4.484m tonnes", "4.484"),
        (quantity(90, "TEU", "thousand"), "90 thousand TEU", "90k TEU", "90"),
        # multiples
        (quantity(3, "times"), "three times", "three times", "three"),
        (quantity(9.7, "times"), "9.7 times", "9.7 times", "9.7"),
        (quantity(20, "times"), "20 times", "20 times", "20"),
        # ordinals
        (quantity(1, "ordinal"), "first", "first", "1"),
        (quantity(2, "ordinal"), "second", "second", "2"),
        (quantity(10, "ordinal"), "tenth", "tenth", "10"),
        (quantity(11, "ordinal"), "11th", "11th", "11"),
        (quantity(19, "ordinal"), "19th", "19th", "19"),
        (quantity(21, "ordinal"), "21st", "21st", "21"),
        (quantity(80, "ordinal"), "80th", "80th", "80"),
        (quantity(112, "ordinal"), "112th", "112th", "112"),
        (quantity(122, "ordinal"), "122nd", "122nd", "122"),
        # a year takes no separator
        (quantity(2027, "year"), "2027", "2027", "2027"),
        (quantity(1991, "calendar year"), "1991", "1991", "1991"),
    ],
)
def test_a_number_prints_with_its_unit(value, full, short, bare):
    assert printed(value) == full
    assert printed(value, "short") == short
    assert printed(value, "bare") == bare


@pytest.mark.parametrize(
    "value, full, short, bare",
    [
        (quantity(13, "percent", comparison="between", upper=15), "between 13 and 15 percent", "13–15%", "13–15"),
        (
            quantity(5000, "people", comparison="between", upper=7000),
            "between 5,000 and 7,000 people",
            "5,000–7,000 people",
            "5,000–7,000",
        ),
        (quantity(2, "people", "million", "between", 3), "between 2 and 3 million people", "2–3m people", "2–3"),
        (quantity(5, "states", comparison="between", upper=7), "between five and seven states", "5–7 states", "5–7"),
        (quantity(9, "states", comparison="between", upper=15), "between 9 and 15 states", "9–15 states", "9–15"),
        (quantity(13, "USD", "billion", "between", 15), "between $13 billion and $15 billion", "$13–15bn", "13–15"),
        (quantity(1930, "year", comparison="between", upper=1933), "between 1930 and 1933", "1930–1933", "1930–1933"),
    ],
)
def test_a_range_prints_both_ends(value, full, short, bare):
    assert printed(value) == full
    assert printed(value, "short") == short
    assert printed(value, "bare") == bare


@pytest.mark.parametrize(
    "value, signed",
    [
        (quantity(60, "percent", form="fall"), "−60 percent"),
        (quantity(60, "percent", comparison="about", form="fall"), "about −60 percent"),
        (quantity(26, "percent", comparison="more than", form="rise"), "more than +26 percent"),
        (quantity(5, "USD", "billion", form="rise"), "+$5 billion"),
        (quantity(4, "percentage points", form="fall"), "−4 percentage points"),
        (quantity(13, "percent", comparison="between", upper=15, form="fall"), "between −13 and −15 percent"),
    ],
)
def test_a_rise_or_fall_can_carry_its_sign_right_before_the_number(value, signed):
    assert printed(value, "signed") == signed


def test_a_number_below_zero_has_its_sign_before_the_currency():
    assert printed(quantity(-3, "USD", "billion")) == "−$3 billion"
    assert printed(quantity(-3, "percent")) == "−3 percent"


@pytest.mark.parametrize("form", ["level", "share", "ratio", "target"])
def test_what_is_no_rise_or_fall_has_no_sign(form):
    with pytest.raises(ValueError, match="has no sign"):
        printed(quantity(60, "percent", form=form), "signed")


@pytest.mark.parametrize(
    "value, when",
    [
        (quantity(45, "USD", "billion", period="2024"), "2024"),
        (quantity(60, "percent", since="XXXX-04"), "since April of an unstated year"),
        (quantity(26, "percent", period="2021/2024"), "2021–2024"),
        (quantity(5, "states", period="2025-12"), "December 2025"),
    ],
)
def test_a_number_can_say_when(value, when):
    assert printed(value, "when") == when


def test_a_number_without_a_period_cannot_say_when():
    with pytest.raises(ValueError, match="has no period"):
        printed(quantity(45, "USD", "billion"), "when")


@pytest.mark.parametrize(
    "number, words", [(0, "zero"), (5, "five"), (12, "twelve"), (13, "13"), (47, "47"), (1300, "1,300")]
)
def test_a_count_is_a_word_up_to_twelve(number, words):
    assert wording.in_words(number) == words


# -- dates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "date, full, short, year",
    [
        ("2025-10-08/2025-10-10", "8–10 October 2025", "8–10 Oct 2025", "2025"),
        ("2025-10-09", "9 October 2025", "9 Oct 2025", "2025"),
        ("2022-10", "October 2022", "Oct 2022", "2022"),
        ("2022-06", "June 2022", "June 2022", "2022"),
        ("2022-03", "March 2022", "Mar 2022", "2022"),
        ("2024-02-29", "29 February 2024", "29 Feb 2024", "2024"),
        ("2024", "2024", "2024", "2024"),
        ("2024~", "about 2024", "about 2024", "2024"),
        ("2024-08~", "about August 2024", "about Aug 2024", "2024"),
        ("2024?", "possibly 2024", "possibly 2024", "2024"),
        ("193X", "1930s", "1930s", "1930s"),
        ("200X", "2000s", "2000s", "2000s"),
        ("18XX", "19th century", "19th century", "19th century"),
        ("20XX", "21st century", "21st century", "21st century"),
        # the year that a source does not state
        ("XXXX", "an unstated year", "an unstated year", "an unstated year"),
        ("XXXX-04", "April of an unstated year", "Apr of an unstated year", "an unstated year"),
        ("XXXX-10-08", "8 October", "8 Oct", "an unstated year"),
        ("XXXX-02-29", "29 February", "29 Feb", "an unstated year"),
        ("XXXX-04/XXXX-06", "April–June of an unstated year", "Apr–June of an unstated year", "an unstated year"),
        # seasons
        ("2025-21", "spring 2025", "spring 2025", "2025"),
        ("2022-23", "autumn 2022", "autumn 2022", "2022"),
        ("2024-24/2025-21", "winter 2024 – spring 2025", "winter 2024 – spring 2025", "2024–2025"),
        # thirds of a year, for a source that says “early 2022”
        ("2022-37", "early 2022", "early 2022", "2022"),
        ("2022-38", "the middle of 2022", "the middle of 2022", "2022"),
        # spans: a dash joins single words, phrases of several words need air
        ("1930/1933", "1930–1933", "1930–1933", "1930–1933"),
        ("1930~/1933", "about 1930 – 1933", "about 1930 – 1933", "1930–1933"),
        ("1924-03/1924-06", "March–June 1924", "Mar–June 1924", "1924"),
        ("1989-07/1990-05", "July 1989 – May 1990", "July 1989 – May 1990", "1989–1990"),
        ("2025-11-27/2025-12-05", "27 November – 5 December 2025", "27 Nov – 5 Dec 2025", "2025"),
        ("1917-11-27/1918-02", "27 November 1917 – February 1918", "27 Nov 1917 – Feb 1918", "1917–1918"),
        ("2025-10/2025-11-03", "October – 3 November 2025", "Oct – 3 Nov 2025", "2025"),
        ("2025-10-09/2025-10-09", "9 October 2025", "9 Oct 2025", "2025"),
        ("18XX/19XX", "19th century – 20th century", "19th century – 20th century", "19th century – 20th century"),
        ("2024-03~/2024-05", "about March 2024 – May 2024", "about Mar 2024 – May 2024", "2024"),
        ("2022/..", "since 2022", "since 2022", "2022"),
        ("2022-08-19/..", "since 19 August 2022", "since 19 Aug 2022", "2022"),
        ("../2022-10", "until October 2022", "until Oct 2022", "2022"),
    ],
)
def test_a_date_prints_what_its_source_left_open(date, full, short, year):
    from edtf import parse_edtf

    parse_edtf(date)  # what the book accepts is EDTF
    assert dates.is_date(date)
    assert dates.text(date) == full
    assert dates.text(date, short=True) == short
    assert dates.year(date) == year


@pytest.mark.parametrize(
    "date",
    [
        "2025-02-31",
        "2025-02-29",
        "2025-04-31",
        "2025-13",
        "2025-00",
        "2025-10-00",
        "XXXX-02-30",
        "2025-10-10/2025-10-08",
        "2025-10-09/2024",
        "2025-10-08/2025-13",
        "2025-23/2025-03",
        "2025-21/2025-02",  # spring begins in March, summer in June, winter in December
        "2025-22/2025-05",
        "2025-24/2025-11",
        "193X/1929",
        "2025-01-02/2025-01",
        "0000",
        "2022-40",
        "2022-37-01",
        "XXXX-37",
        "2022-37/2023-39",
        "2022-37/..",
        "October 2025",
        "9.10.2025",
        "2025-1-9",
        " 2025",
        "2025 ",
        "",
        "/",
        "../..",
        "2025/",
        "/2025",
        "2024/2025/2026",
        # EDTF, but nothing that a sentence can print
        "2025-33",
        "{1667,1668}",
        "Y17000",
        "-0100",
        "2025-XX-09",
        "1984?-06",
        "1950S2",
        "2025-10-09T10:00:00",
    ],
)
def test_what_is_no_date_is_refused(date):
    assert not dates.is_date(date)
    with pytest.raises(ValueError, match="is not an EDTF date"):
        dates.text(date)


@pytest.mark.parametrize(
    "date",
    [
        "2025-21/2025-03",
        "2025-22/2025-06",
        "2025-23/2025-09",
        "2025-24/2025-12",
        "193X/1930",
        "2025-01/2025-01-01",
        "2025/2025-01",
        "XXXX-10/XXXX-04",  # of an unstated year nobody can say which is first
    ],
)
def test_a_span_may_end_in_the_month_in_which_it_begins(date):
    assert dates.is_date(date)


def test_a_number_is_put_in_order_as_english_does():
    wanted = "1st 2nd 3rd 4th 9th 10th 11th 12th 13th 19th 20th 21st 22nd 23rd 101st 111th 121st".split()
    assert [dates.nth(int(word[:-2])) for word in wanted] == wanted


def test_of_a_span_with_a_year_that_is_not_stated_the_year_is_not_stated():
    assert dates.year("2024/XXXX-05") == "an unstated year"


def test_where_room_is_scarce_a_date_is_its_month():
    assert dates.month("2024-08-19") == dates.month("2024-08") == "Aug 2024"
    assert dates.month("2024-12-30/2025-01-02") == "Dec 2024"
    assert dates.month("2024") == "2024" and dates.month("1930/1933") == "1930"
    assert dates.month("") == "no date" and dates.month("", "soon") == "soon"


@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(
    st.dates(datetime.date(1, 1, 1)),
    st.dates(datetime.date(1, 1, 1)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
)
def test_a_plain_date_has_the_bounds_that_the_library_for_edtf_gives_it(one, other, few, more, span):
    first, last = sorted([one, other])
    text = first.isoformat()[: (4, 7, 10)[few - 1]]
    text += "/" + last.isoformat()[: (4, 7, 10)[more - 1]] if span else ""
    date = parse_edtf(text)
    months = [
        moment.tm_year + (moment.tm_mon - 1 + (moment.tm_mday - 1 + end) / 31) / 12
        for end, moment in enumerate((date.lower_strict(), date.upper_strict()))
    ]
    assert list(dates.bounds(text)) == months


def test_the_bounds_of_a_date_are_its_first_and_last_moment():
    assert dates.bounds("2024") == (2024, 2025)
    assert dates.bounds("1930/1933") == (1930, 1934)
    start, end = dates.bounds("2025-07")
    assert start == 2025.5 and end == pytest.approx(2025 + 7 / 12)


def report(date):
    return Report("claim", "event", date, "printed", "", "")


@pytest.mark.parametrize(
    "form, expected",
    [
        ("full", "8–10 October 2025"),
        ("short", "8–10 Oct 2025"),
        ("bare", "2025"),
        ("when", "8–10 October 2025"),
    ],
)
def test_an_event_prints_its_date(form, expected):
    assert printed(report("2025-10-08/2025-10-10"), form) == expected


def test_a_date_has_no_sign():
    with pytest.raises(ValueError, match="is a date and has no sign"):
        printed(report("2025"), "signed")


# -- the ledger behind them ------------------------------------------------------------------


def test_the_worked_cases_print_as_the_design_says(ledger):
    assert wording.value(ledger, "trade-russia-2024") == "more than $45 billion"
    assert wording.value(ledger, "dushanbe-host-russia") == "8–10 October 2025"
    assert wording.value(ledger, "job-seekers-tjk") == "60 percent"
    assert wording.value(ledger, "job-seekers-tjk", "when") == "since April of an unstated year"
    assert wording.value(ledger, "job-seekers-tjk", "signed") == "−60 percent"


def test_every_value_of_the_ledger_prints_in_every_form_it_has(ledger):
    ids = [id for id in ledger.ids() if ledger.has_value(id)]
    for id in ids:
        for form in ("full", "short", "bare"):
            assert wording.value(ledger, id, form).strip(), (id, form)
    assert len(ids) > 400


def test_a_claim_without_a_value_has_no_wording(ledger):
    with pytest.raises(NoSingleValue, match="has no value"):
        wording.value(ledger, "kaz-no-signal")


def test_a_claim_with_several_values_must_be_asked_for_one(ledger):
    with pytest.raises(NoSingleValue, match="job-seekers-tjk, job-seekers-uzb"):
        wording.value(ledger, "job-seekers-anon")


def test_an_id_that_the_ledger_lacks_has_no_wording(ledger):
    with pytest.raises(UnknownId, match="trade-rusia-2024"):
        wording.value(ledger, "trade-rusia-2024")


# -- numbers that the book works out ----------------------------------------------------------


@pytest.mark.parametrize(
    "formula, result",
    [
        ("[a] + [b]", 8),
        ("[a] - [b]", 4),
        ("[a] * [b]", 12),
        ("[a] / [b]", 3),
        ("([a] / [b] - 1) * 100", 200),
        ("[a] - [b] - [b]", 2),
        ("[a] / ([b] + [b])", 1.5),
        ("[a] + [a] * 2", 18),
    ],
)
def test_a_formula_is_worked_out_as_arithmetic(formula, result):
    assert evaluate(formula, {"a": 6, "b": 2}.__getitem__) == result


@pytest.mark.parametrize("formula", ["[a] ** 2", "f([a])", "[a] if [b] else 1", "[a] +", "'text'", "[A]"])
def test_a_formula_that_is_more_than_arithmetic_is_refused(formula):
    with pytest.raises(ValueError):
        evaluate(formula, {"a": 6, "b": 2}.__getitem__)


def test_the_four_parts_of_the_european_package_add_up_by_hand(ledger):
    # 3 + 2.5 + 6.4 + 0.1 billion euros = 12.0 billion euros
    value = ledger.value("eu-package-parts-sum")
    assert (value.value, value.scale, value.unit) == (12.0, "billion", "EUR")
    assert wording.quantity(value) == "about €12 billion"


def test_a_rise_that_is_a_lower_bound_is_rounded_down_by_hand(ledger):
    # More than 45 / 35.8 = 1.2569…: a rise of at least 25.69… percent, so 26 would claim too much.
    assert wording.value(ledger, "trade-rise-2021-2024-cafiero") == "at least 25 percent"
    assert wording.value(ledger, "trade-rise-2021-2024-cafiero", "signed") == "at least +25 percent"


@pytest.mark.parametrize(
    "comparison, digits, result",
    [
        # 45 / 35.8 = 1.25698…
        ("exactly", 1, 1.3),
        ("about", 1, 1.3),
        ("about", 2, 1.26),
        ("about", 0, 1),
        ("at least", 1, 1.2),
        ("more than", 2, 1.25),
        ("at most", 1, 1.3),
        ("less than", 0, 2),
    ],
)
def test_a_bound_is_rounded_to_the_side_on_which_it_stays_true(copy, comparison, digits, result):
    id = "trade-rise-2021-2024-cafiero"
    copy.set("derivations", id, "formula", "[trade-russia-2024-value] / [trade-russia-2021-value]")
    copy.set("derivations", id, "comparison", comparison)
    copy.set("derivations", id, "digits", str(digits))
    assert Ledger(copy.root).value(id).value == result


def test_trade_per_head_is_worked_out_by_hand_across_scales(ledger):
    # 50 billion dollars / 9,132,629 people = 5,474.87… dollars a head
    assert wording.value(ledger, "trade-per-head-blr-2024") == "at least $5,474"


def test_a_derivation_rests_on_the_claims_of_its_inputs(ledger):
    assert ledger.inputs("trade-per-head-blr-2024") == ["trade-belarus-putin", "population-blr-2024"]


# -- counts -----------------------------------------------------------------------------------


def test_a_count_counts_the_memberships_that_the_book_uses(ledger):
    # Of the five, Kazakhstan, Kyrgyzstan and Tajikistan are in the CSTO.
    assert counts.count(ledger, "memberships organisation=csto role=member member=@five") == 3
    assert counts.count(ledger, "memberships organisation=ots member=tkm") == 1


def test_a_count_takes_several_values_and_distinct_ones_in_any_order(ledger):
    # CSTO and EAEU together have three of the five: Kazakhstan, Kyrgyzstan and Tajikistan.
    query = "memberships organisation=csto|eaeu role=member member=@five"
    assert counts.count(ledger, f"{query} distinct=member") == 3
    assert counts.count(ledger, "memberships distinct=member organisation=csto|eaeu role=member member=@five") == 3


def test_a_count_of_the_members_of_an_organisation_in_another(ledger):
    # Of the OTS's members Kazakhstan and Kyrgyzstan are in the EAEU.
    assert counts.count(ledger, "memberships organisation=eaeu role=member member=@ots") == 2


def test_a_space_in_a_value_is_written_as_an_underscore(ledger):
    votes = ledger.votes
    assert counts.count(ledger, "votes vote=not_found") == (votes["vote"] == "not found").sum() > 0


@pytest.mark.parametrize(
    "query, message",
    [
        ("membership organisation=csto", "is not a table; the tables are"),
        ("memberships organisaton=csto", "has no column 'organisaton'; it has claim, organisation"),
        ("memberships csto", "write column=value"),
        ("memberships distinct=membr", "has no column 'membr'"),
        ("memberships member=@cstoo", "'cstoo' has no members"),
    ],
)
def test_a_query_that_cannot_be_counted_says_why(ledger, query, message):
    with pytest.raises(ValueError, match=message):
        counts.count(ledger, query)


# -- words of the language --------------------------------------------------------------------


@pytest.mark.parametrize("number, said", [(0, "zero"), (12, "twelve"), (13, "13"), (4700, "4,700")])
def test_a_count_is_a_word_up_to_twelve_and_digits_after_it(number, said):
    assert wording.in_words(number) == said
    assert printed(quantity(number, "states")) == f"{said} states"


def test_a_number_below_nought_has_the_sign_of_typesetters():
    assert wording.figure(-2.5) == "−2.5" and printed(quantity(-2.5, "percent"), "bare") == "−2.5"


@pytest.mark.parametrize(
    "unit, full, bare",
    [
        ("TEU", "one TEU", "1"),
        ("km", "one km", "one"),
        ("ratio", "1", "1"),
        ("USD", "$1", "1"),
        ("people", "one person", "one"),
    ],
)
def test_one_of_a_unit_is_said_as_english_does(unit, full, bare):
    assert (printed(quantity(1, unit)), printed(quantity(1, unit), "bare")) == (full, bare)


def test_a_range_with_a_sign_has_digits_on_both_sides():
    fell = quantity(2, "tonnes", comparison="between", upper=3, form="fall")
    assert printed(fell, "signed") == "between −2 and −3 tonnes"
    assert printed(quantity(2, "tonnes", comparison="between", upper=3)) == "between two and three tonnes"


def test_a_condition_ends_at_its_first_equals_sign(ledger):
    with pytest.raises(ValueError, match="has no column 'a'"):
        counts.count(ledger, "votes a=state=kaz")


def test_groups_are_said_as_they_come_or_in_the_order_that_is_asked_for():
    cast = pd.DataFrame({"vote": ["for", "against", "for"], "who": ["Kazakhstan", "Belarus", "Armenia"]})
    assert wording.grouped(cast, "vote", "who") == ["for: Kazakhstan, Armenia", "against: Belarus"]
    asked = wording.grouped(cast, "vote", "who", ["against", "absent", "for"], between=" and ")
    assert asked == ["against: Belarus", "for: Kazakhstan and Armenia"]


def test_a_claim_names_whom_it_tells_of_who_speaks_and_both_sides_of_its_number(ledger):
    """Each name stands in one place alone: in a statement, beside a number, or with who speaks."""
    statement = ledger.claims[ledger.claims["id"] == "tokayev-quasi-states"]
    number = ledger.claims[ledger.claims["id"] == "trade-rus-region-2024-putin"].assign(statement="", said_by="")
    speaker = number.assign(id="without-a-number", said_by="putin")
    found = wording.naming(
        ledger,
        pd.concat([statement, number, speaker]).set_index("id", drop=False),
        {"quasi": "quasi-states", "Russia": "Russia", "region": "Central Asia", "Putin": "Putin"},
    )
    assert found.T.to_dict() == {
        "tokayev-quasi-states": {"quasi": True, "Russia": False, "region": False, "Putin": False},
        "trade-rus-region-2024-putin": {"quasi": False, "Russia": True, "region": True, "Putin": False},
        "without-a-number": {"quasi": False, "Russia": False, "region": False, "Putin": True},
    }
