"""Case packs: strict reading, every problem at once with case and path, and a lossless way out."""

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exceptions.environment import (
    ActionType,
    Case,
    CasePackError,
    Decision,
    PackProblem,
    Policy,
    dump_case_pack,
    load_case_pack,
)
from tests.exceptions.environment.case_builder import build_case, case_dict, pack_dict

LINE = {"item_code": "X", "description": "", "quantity": "1", "unit_price": "1", "line_total": "1"}


def problems(pack: Any) -> list[PackProblem]:
    with pytest.raises(CasePackError) as caught:
        load_case_pack(pack)
    return caught.value.errors


def without(case: dict[str, Any], *path: str) -> dict[str, Any]:
    part = case
    for name in path[:-1]:
        part = part[name]
    del part[path[-1]]
    return case


def test_it_reads_a_pack_from_a_path_a_text_path_bytes_and_an_object(tmp_path: Path) -> None:
    path = tmp_path / "pack.json"
    path.write_text(json.dumps(pack_dict()), encoding="utf-8")
    expected = [build_case()]
    assert load_case_pack(path) == expected
    assert load_case_pack(str(path)) == expected
    assert load_case_pack(path.read_bytes()) == expected
    assert load_case_pack(pack_dict()) == expected


def test_it_reads_a_byte_order_mark() -> None:
    assert load_case_pack(json.dumps(pack_dict()).encode("utf-8-sig")) == [build_case()]


def test_it_fills_in_the_policy_of_the_desk() -> None:
    policy = load_case_pack(pack_dict(without(case_dict(), "policy")))[0].policy
    assert policy == Policy(
        quantity_tolerance_pct=Decimal(5),
        price_tolerance_pct=Decimal(5),
        total_tolerance=Decimal("100.00"),
        duplicate_check=True,
        high_value_threshold=Decimal(50_000),
        mandatory_escalation_above=Decimal(100_000),
    )


def test_it_reads_null_ground_truth_as_a_case_to_be_resolved() -> None:
    assert load_case_pack(pack_dict(case_dict(ground_truth=None)))[0].ground_truth is None


def test_it_keeps_decimals_exact() -> None:
    case = build_case(invoice__lines__0__unit_price="0.1", invoice__tax="0.30", invoice__total="1e2".replace("e2", ""))
    assert case.invoice.lines[0].unit_price * 3 == Decimal("0.3")
    assert str(case.invoice.tax) == "0.30"


def test_it_accepts_numbers_and_reads_their_decimal_form() -> None:
    text = json.dumps(pack_dict()).replace('"12.50"', "12.1").replace('"100"', "100").replace('"250.00"', "2.5e2")
    case = load_case_pack(text.encode())[0]
    assert case.invoice.lines[0].unit_price == Decimal("12.1")
    assert case.invoice.lines[0].quantity == 100
    assert str(case.invoice.tax) == "250"


def test_it_reads_a_float_of_a_python_caller_by_its_shortest_form() -> None:
    assert build_case(invoice__lines__0__unit_price=12.1).invoice.lines[0].unit_price == Decimal("12.1")


def test_it_writes_what_it_reads() -> None:
    cases = [build_case(), build_case(id="other", reference=None, ground_truth=None, goods_receipts=[])]
    pack = dump_case_pack(cases, "both")
    assert pack["name"] == "both"
    assert load_case_pack(json.dumps(pack).encode()) == cases
    assert dump_case_pack(load_case_pack(pack), "both") == pack


def test_it_writes_decimals_as_strings_and_dates_as_iso() -> None:
    invoice = dump_case_pack([build_case()], "one")["cases"][0]["invoice"]
    assert invoice["subtotal"] == "1250.00"
    assert invoice["lines"][0]["quantity"] == "100"
    assert invoice["date"] == "2026-03-09"


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"invoice__lines__0__quantity": "-1"}, "invoice.lines[0].quantity", "at least 0"),
        ({"invoice__lines__0__unit_price": "-0.01"}, "invoice.lines[0].unit_price", "at least 0"),
        ({"invoice__lines__0__line_total": "12,50"}, "invoice.lines[0].line_total", "not a decimal"),
        ({"invoice__lines__0__line_total": "1e3"}, "invoice.lines[0].line_total", "not a decimal"),
        ({"invoice__lines__0__line_total": " 1"}, "invoice.lines[0].line_total", "not a decimal"),
        ({"invoice__lines__0__line_total": None}, "invoice.lines[0].line_total", "not a decimal"),
        ({"invoice__lines__0__line_total": True}, "invoice.lines[0].line_total", "not a decimal"),
        ({"invoice__total": float("nan")}, "invoice.total", "not a decimal"),
        ({"invoice__total": float("inf")}, "invoice.total", "not a decimal"),
        ({"invoice__total": "NaN"}, "invoice.total", "not a decimal"),
        ({"invoice__total": Decimal("Infinity")}, "invoice.total", "not a decimal"),
        ({"invoice__total": "1" * 16}, "invoice.total", "more than 15 digits"),
        ({"invoice__total": Decimal("1E+400")}, "invoice.total", "more than 15 digits"),
        ({"invoice__total": "0.0000000001"}, "invoice.total", "9 after the decimal point"),
        ({"invoice__lines": []}, "invoice.lines", "at least 1"),
        ({"invoice__lines": [LINE] * 1001}, "invoice.lines", "at most 1000"),
        ({"invoice__date": "09/03/2026"}, "invoice.date", "ISO 8601"),
        ({"invoice__date": 1773000000}, "invoice.date", "ISO 8601"),
        ({"invoice__date": "2026-02-30"}, "invoice.date", "no such day"),
        ({"invoice__date": datetime.datetime(2026, 3, 9, tzinfo=datetime.UTC)}, "invoice.date", "ISO 8601"),
        ({"invoice__currency": "euro"}, "invoice.currency", "must look like"),
        ({"invoice__number": ""}, "invoice.number", "empty"),
        ({"invoice__number": "INV-1 "}, "invoice.number", "space"),
        ({"invoice__number": "INV\n1"}, "invoice.number", "line break"),
        ({"invoice__number": 8841}, "invoice.number", "must be a text"),
        ({"invoice__note": "a\x00b"}, "invoice.note", "control character"),
        ({"invoice__note": "a\ud800b"}, "invoice.note", "surrogate"),
        ({"invoice__note": "a" * 4001}, "invoice.note", "longer than 4000"),
        ({"invoice__discount": "5"}, "invoice.discount", "unknown field"),
        ({"purchase_order__approved": "yes"}, "purchase_order.approved", "true or false"),
        ({"purchase_order__approved": 1}, "purchase_order.approved", "true or false"),
        ({"goods_receipts": None}, "goods_receipts", "must be a list"),
        ({"goods_receipts__0__lines__0__accepted": "-2"}, "goods_receipts[0].lines[0].accepted", "at least 0"),
        ({"vendor__risk_tier": "extreme"}, "vendor.risk_tier", "'low', 'medium' or 'high'"),
        ({"vendor__duplicate_incidents": -1}, "vendor.duplicate_incidents", "at least 0"),
        ({"vendor__duplicate_incidents": "2"}, "vendor.duplicate_incidents", "whole number"),
        ({"policy__price_tolerance_pct": "-5"}, "policy.price_tolerance_pct", "at least 0"),
        ({"history__comments": "none"}, "history.comments", "must be a list"),
        ({"history__comments": [{"text": "a"}]}, "history.comments[0]", "must be a text"),
        ({"slice": "easy"}, "slice", "'canonical', 'hard', 'generated' or 'imported'"),
        ({"difficulty": "extreme"}, "difficulty", "'easy', 'moderate' or 'hard'"),
        ({"max_steps": 0}, "max_steps", "at least 1"),
        ({"max_steps": 101}, "max_steps", "at most 100"),
        ({"max_steps": "10"}, "max_steps", "whole number"),
        ({"reference": "C 1"}, "reference", "must look like"),
        ({"ground_truth__decision": "pay"}, "ground_truth.decision", "approve_for_payment"),
        ({"ground_truth__exception_type": "none"}, "ground_truth.exception_type", "clean_match"),
        ({"ground_truth__evidence": []}, "ground_truth.evidence", "at least 1"),
        ({"ground_truth__evidence": ["look"]}, "ground_truth.evidence[0]", "inspect_invoice_line_items"),
        ({"ground_truth__evidence": ["submit_final_resolution"]}, "ground_truth.evidence", "does not investigate"),
        ({"ground_truth__evidence": ["compare_price"] * 2}, "ground_truth.evidence", "named twice"),
        ({"ground_truth__key_findings": []}, "ground_truth.key_findings", "at least 1"),
    ],
)
def test_it_names_the_case_and_the_field(changes: dict[str, Any], path: str, words: str) -> None:
    found = problems(pack_dict(case_dict(**changes)))
    assert [(problem.case, problem.path) for problem in found] == [("short-receipt", path)]
    assert words in found[0].message


@pytest.mark.parametrize(
    "path",
    [
        ("id",),
        ("title",),
        ("max_steps",),
        ("invoice",),
        ("goods_receipts",),
        ("history",),
        ("ground_truth",),
        ("invoice", "total"),
        ("purchase_order", "approved"),
        ("vendor", "preferred"),
        ("ground_truth", "decision"),
    ],
)
def test_it_refuses_a_missing_field(path: tuple[str, ...]) -> None:
    found = problems(pack_dict(without(case_dict(), *path)))
    assert [problem.path for problem in found] == [".".join(path)]
    assert found[0].message == "missing field"


def test_it_says_everything_at_once_and_takes_no_case_of_a_bad_pack() -> None:
    good = case_dict(id="good", reference="C-1")
    bad = case_dict(invoice__total="a lot", invoice__lines__0__quantity="-3", slice="other")
    worse = without(case_dict(id="worse", reference="C-2", colour="red"), "vendor")
    found = problems(pack_dict(good, bad, worse))
    assert [(problem.case, problem.path) for problem in found] == [
        ("short-receipt", "slice"),
        ("short-receipt", "invoice.lines[0].quantity"),
        ("short-receipt", "invoice.total"),
        ("worse", "vendor"),
        ("worse", "colour"),
    ]


def test_it_prints_every_problem_on_its_own_line() -> None:
    with pytest.raises(CasePackError) as caught:
        load_case_pack(pack_dict(case_dict(invoice__total="x", slice="y")))
    lines = str(caught.value).splitlines()
    assert lines[0] == "The case pack was refused, 2 problems:"
    assert [line.split(":")[0] for line in lines[1:]] == ["- short-receipt slice", "- short-receipt invoice.total"]


@pytest.mark.parametrize("field", ["id", "reference"])
def test_it_refuses_two_cases_of_one_name(field: str) -> None:
    other = case_dict(id="other", reference="C-9") | {field: case_dict()[field]}
    found = problems(pack_dict(case_dict(), other))
    assert [(problem.path, problem.message) for problem in found] == [(field, f"cases[1] has the {field} of cases[0]")]


def test_it_can_print_what_it_was_sent() -> None:
    hostile = {"k\ud800\x00": 1, "id": "\udfff" + "x" * 1000}
    with pytest.raises(CasePackError) as caught:
        load_case_pack(pack_dict(hostile) | {"\ud800": 1})
    assert str(caught.value).isascii() is False
    assert len(str(caught.value).encode()) < 3000


def test_it_names_a_case_without_an_id_by_its_place() -> None:
    found = problems(pack_dict(case_dict(), without(case_dict(reference="C-3"), "id")))
    assert [(problem.case, problem.path) for problem in found] == [("cases[1]", "id")]


@pytest.mark.parametrize("entry", [None, "case", 3, [], [case_dict()]])
def test_it_refuses_an_entry_that_is_no_case(entry: Any) -> None:
    pack = pack_dict()
    pack["cases"] = [entry]
    assert problems(pack)[0].case == "cases[0]"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"format": "invoiceguard.case-pack/2"}, "format"),
        ({"format": None}, "format"),
        ({"name": ""}, "name"),
        ({"name": 3}, "name"),
        ({"cases": {}}, "cases"),
        ({"version": 1}, "version"),
    ],
)
def test_it_refuses_a_pack_that_is_not_one(changes: dict[str, Any], path: str) -> None:
    assert [(problem.case, problem.path) for problem in problems(pack_dict() | changes)] == [("", path)]


def test_it_reads_an_empty_pack() -> None:
    assert load_case_pack(pack_dict() | {"cases": []}) == []


def test_cases_cannot_be_changed() -> None:
    case = build_case()
    with pytest.raises(ValueError, match="frozen"):
        case.invoice.total = Decimal(0)  # type: ignore[misc]  # the point of the test


def test_a_case_without_a_reference_gets_one_that_does_not_tell_its_id() -> None:
    case = build_case(reference=None)
    assert case.opaque_reference == build_case(reference=None).opaque_reference
    assert case.opaque_reference.startswith("C-")
    assert not set(case.id.split("-")) & set(case.opaque_reference.lower().split("-"))
    assert build_case(id="other", reference=None).opaque_reference != case.opaque_reference


def test_ground_truth_is_typed() -> None:
    truth = build_case().ground_truth
    assert truth is not None
    assert truth.decision is Decision.HOLD
    assert truth.evidence[0] is ActionType.INSPECT_PURCHASE_ORDER


def test_a_case_survives_its_own_json() -> None:
    case = build_case()
    assert Case.model_validate_json(case.model_dump_json()) == case
