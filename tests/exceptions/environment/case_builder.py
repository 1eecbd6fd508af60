"""Small cases for the tests of the environment."""

import copy
from typing import Any

from exceptions.environment import Case

_CASE: dict[str, Any] = {
    "id": "short-receipt",
    "reference": "C-2001",
    "title": "Part of the hoses has not arrived",
    "slice": "canonical",
    "difficulty": "moderate",
    "max_steps": 12,
    "invoice": {
        "number": "INV-8841",
        "supplier_id": "SUP-204",
        "supplier_name": "Harrow Hydraulics",
        "date": "2026-03-09",
        "currency": "EUR",
        "po_number": "PO-7731",
        "lines": [
            {
                "item_code": "HX-200",
                "description": "Hydraulic hose",
                "quantity": "100",
                "unit_price": "12.50",
                "line_total": "1250.00",
            }
        ],
        "subtotal": "1250.00",
        "tax": "250.00",
        "total": "1500.00",
        "note": "Thank you for your business.",
    },
    "purchase_order": {
        "number": "PO-7731",
        "supplier_id": "SUP-204",
        "date": "2026-02-03",
        "currency": "EUR",
        "approved": True,
        "payment_terms": "net 30",
        "lines": [
            {
                "item_code": "HX-200",
                "description": "Hydraulic hose",
                "quantity": "100",
                "unit_price": "12.50",
                "line_total": "1250.00",
            }
        ],
    },
    "goods_receipts": [
        {
            "number": "GRN-88",
            "po_number": "PO-7731",
            "date": "2026-03-02",
            "lines": [{"item_code": "HX-200", "received": "60", "accepted": "60", "rejected": "0"}],
            "note": "",
        }
    ],
    "vendor": {
        "supplier_id": "SUP-204",
        "name": "Harrow Hydraulics",
        "risk_tier": "low",
        "duplicate_incidents": 0,
        "preferred": True,
    },
    "policy": {},
    "history": {},
    "ground_truth": {
        "decision": "place_on_hold",
        "exception_type": "partial_receipt",
        "evidence": ["inspect_purchase_order", "inspect_goods_receipt_note", "compare_quantity"],
        "key_findings": ["GRN-88 accepted 60 of the 100 that were billed", "40 hoses are still to come"],
    },
}


def case_dict(**changes: Any) -> dict[str, Any]:
    """The case as a pack holds it. `changes` are set by path: `invoice__lines__0__quantity="90"`."""
    case = copy.deepcopy(_CASE)
    for path, value in changes.items():
        *parents, last = path.split("__")
        part: Any = case
        for parent in parents:
            part = part[int(parent)] if isinstance(part, list) else part[parent]
        part[int(last) if isinstance(part, list) else last] = value
    return case


def build_case(**changes: Any) -> Case:
    """The same as a Case."""
    return Case.model_validate(case_dict(**changes))


def pack_dict(*cases: dict[str, Any]) -> dict[str, Any]:
    """A pack of these cases, or of the one small case."""
    return {"format": "invoiceguard.case-pack/1", "name": "tests", "cases": list(cases) or [case_dict()]}
