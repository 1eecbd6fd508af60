"""How the desk writes figures, dates and names."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from exceptions.templatetags import desk


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        (Decimal("11662"), "", "11,662.00"),
        (Decimal("11662.5"), "EUR", "EUR\u00a011,662.50"),
        (Decimal("0.3475"), "", "0.3475"),
        (Decimal("-1234567.80"), "", "−1,234,567.80"),
        (Decimal("1E+3"), "", "1,000.00"),
        (Decimal("0.10"), "", "0.10"),
        (Decimal("52000"), "JPY", "JPY\u00a052,000"),
        (Decimal("52000.5"), "JPY", "JPY\u00a052,000.5"),
        (None, "EUR", "–"),
    ],
)
def test_it_writes_an_amount(value: Decimal | None, currency: str, written: str) -> None:
    assert desk.amount(value, currency) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15))
def test_any_written_amount_is_the_exact_decimal(value: Decimal) -> None:
    assert Decimal(desk.amount(value).replace(",", "").replace("−", "-")) == value


@pytest.mark.parametrize("value", [11662.5, "11662", True, ""])
def test_it_refuses_money_that_is_no_decimal(value: object) -> None:
    with pytest.raises(TypeError, match="Decimal"):
        desk.amount(value)  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize(
    ("value", "written"),
    [(Decimal("1200.000"), "1,200"), (Decimal("2.50"), "2.5"), (0, "0"), (Decimal("-3"), "−3"), (None, "–")],
)
def test_it_writes_a_quantity(value: Decimal | int | None, written: str) -> None:
    assert desk.quantity(value) == written


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (Decimal("2.5"), "percent", "+2.5\u00a0%"),
        (Decimal("33.33333333"), "percent", "+33.33\u00a0%"),
        (Decimal("-0.125"), "percent", "−0.12\u00a0%"),
        (Decimal("0.0004"), "percent", "+0.0004\u00a0%"),
        (Decimal("-300"), "quantity", "−300"),
        (Decimal("162"), "money", "+162.00"),
        (Decimal("0"), "money", "0.00"),
        (None, "money", "–"),
    ],
)
def test_it_writes_a_signed_difference(value: Decimal | None, unit: str, written: str) -> None:
    assert desk.delta(value, unit) == written


def test_it_refuses_a_difference_in_an_unknown_unit() -> None:
    with pytest.raises(TypeError, match="'pallets' is none of percent, quantity, money"):
        desk.delta(Decimal(1), "pallets")


@pytest.mark.parametrize(("unit", "written"), [("percent", "5\u00a0%"), ("money", "5.00"), ("quantity", "5")])
def test_it_writes_a_tolerance_in_the_unit_of_its_difference(unit: str, written: str) -> None:
    assert desk.allowed(Decimal("5.0"), unit) == written


@pytest.mark.parametrize(("value", "written"), [(0.842, "0.842"), (1, "1.000"), (0.08249, "0.082"), (None, "–")])
def test_it_writes_a_score_with_three_decimals(value: float | None, written: str) -> None:
    assert desk.score(value) == written


def test_a_mean_between_two_scores_reads_alike_however_it_was_added_up() -> None:
    added_up = (0.065 + 0.065 + 0.09 + 0.07) / 4
    assert added_up != 0.0725
    assert desk.score(added_up) == desk.score(0.0725) == desk.score(0.07250000000000001)


@pytest.mark.parametrize(("value", "width"), [(0.5, "50.0"), (1.2, "100.0"), (-0.1, "0.0"), (None, "0")])
def test_a_bar_stays_inside_its_box(value: float | None, width: str) -> None:
    assert desk.bar(value) == width


@pytest.mark.parametrize(
    ("value", "written"), [(0.05, "+0.05"), (-0.05, "−0.05"), (0.0, "0.00"), (-0.001, "0.00"), (None, "–")]
)
def test_it_writes_a_reward_with_its_sign(value: float | None, written: str) -> None:
    assert desk.signed(value) == written


def test_it_writes_a_day_that_nobody_can_misread() -> None:
    assert desk.day(date(2026, 11, 4)) == "4 Nov 2026"


def test_it_writes_a_moment_in_the_current_time_zone() -> None:
    with timezone.override("Europe/Berlin"):
        assert desk.moment(datetime(2026, 11, 14, 23, 31, tzinfo=UTC)) == "15 Nov 2026, 00:31"


def test_it_refuses_a_day_that_is_no_date() -> None:
    with pytest.raises(TypeError, match="a date is needed, not str"):
        desk.day("2026-11-14")  # type: ignore[arg-type]  # what the test is about


@pytest.mark.parametrize(
    ("passed", "written"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=3), "3\u00a0min"),
        (timedelta(hours=5, minutes=59), "5\u00a0h"),
        (timedelta(days=1), "1\u00a0day"),
        (timedelta(days=20), "20\u00a0days"),
        (timedelta(days=45), "6\u00a0weeks"),
    ],
)
def test_it_writes_an_age_in_one_unit(passed: timedelta, written: str) -> None:
    assert desk.age(timezone.now() - passed) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0381, "38\u00a0ms"),
        (0.9996, "1.0\u00a0s"),
        (12.44, "12.4\u00a0s"),
        (59.96, "1\u00a0min 0\u00a0s"),
        (125, "2\u00a0min 5\u00a0s"),
        (None, "–"),
    ],
)
def test_it_writes_a_duration_with_a_fitting_unit(seconds: float | None, written: str) -> None:
    assert desk.duration(seconds) == written


def test_it_names_what_the_environment_calls_otherwise() -> None:
    template = Template(
        "{% load desk %}{{ 'place_on_hold'|decision_name }}, {{ 'price_mismatch'|exception_type_name }}, "
        "{{ 'inspect_purchase_order'|action_name }}, {{ nothing|decision_name }}"
    )
    assert template.render(Context({"nothing": None})) == "Place on hold, Price mismatch, Order, –"


def test_it_refuses_a_decision_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="pay_twice"):
        desk.decision_name("pay_twice")
