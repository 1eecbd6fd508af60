"""Allowances and charges of a document or of one of its lines."""

from __future__ import annotations

from exceptions.ubl.documents import AllowanceCharge
from exceptions.ubl.fields import DocumentSource, text_of
from exceptions.ubl.xml_tree import Element

TRUTH = {"true": True, "1": True, "false": False, "0": False}


def read_allowance_charges(source: DocumentSource, parent: Element, currency: str) -> tuple[AllowanceCharge, ...]:
    """The ``cac:AllowanceCharge`` elements directly below ``parent``.

    Raises:
        DocumentError: one does not say whether it is a charge, or its amount cannot be read.
    """
    found = []
    for element in parent.find_all("cac:AllowanceCharge"):
        indicator = source.required(element, "cbc:ChargeIndicator")
        if indicator.text not in TRUTH:
            raise source.error(indicator, "The element is neither true nor false.", "Ask the sender for a correct one.")
        reason = text_of(element, "cbc:AllowanceChargeReason")
        code = text_of(element, "cbc:AllowanceChargeReasonCode")
        found.append(
            AllowanceCharge(
                charge=TRUTH[indicator.text],
                amount=source.amount(source.required(element, "cbc:Amount"), currency),
                reason=reason or (f"reason code {code}" if code else None),
            )
        )
    return tuple(found)
