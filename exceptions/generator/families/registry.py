"""The thirty families by name, in the order of the catalogue's mechanisms and then the simple ones."""

from collections.abc import Mapping
from types import MappingProxyType

from exceptions.generator.families import (
    approvals,
    clean,
    doubtful,
    duplicates,
    fraud,
    prices,
    quantities,
    receipts,
    sums,
)
from exceptions.generator.families.answers import (
    APPROVE,
    CLEAN,
    DUPLICATE,
    ESCALATE,
    HOLD,
    MISSING,
    MIXED,
    PARTIAL,
    PRICE,
    QUANTITY,
    REJECT,
    TOTAL,
    VIOLATION,
)
from exceptions.generator.families.family import Family

_ALL = (
    Family("clean-match", "everything agrees", APPROVE, CLEAN, False, clean.clean_match, "easy", (1, 1, 1, 2, 2, 3)),
    Family(
        "partial-receipt", "billed in full, part received", HOLD, PARTIAL, True, receipts.partial_receipt, "moderate"
    ),
    Family("price-variance", "price beyond tolerance", ESCALATE, PRICE, True, prices.price_variance, "moderate"),
    Family("duplicate-invoice", "the same bill was paid before", REJECT, DUPLICATE, True, duplicates.duplicate_invoice),
    Family("mixed-discrepancy", "price too high and receipt short", ESCALATE, MIXED, True, doubtful.mixed_discrepancy),
    Family(
        "false-positive-duplicate",
        "the same amount again, but another order",
        APPROVE,
        CLEAN,
        True,
        duplicates.false_positive_duplicate,
    ),
    Family("retroactive-price", "price list younger than the order", ESCALATE, PRICE, True, prices.retroactive_price),
    Family(
        "split-invoice-pattern",
        "one order cut into invoices under the limit",
        ESCALATE,
        VIOLATION,
        True,
        approvals.split_invoice_pattern,
        lines=(1, 1, 1, 2),
    ),
    Family("clean-from-risky-vendor", "bad record, clean bill", APPROVE, CLEAN, True, clean.clean_from_risky_vendor),
    Family(
        "rounding-false-alarm",
        "cents of rounding",
        APPROVE,
        CLEAN,
        True,
        clean.rounding_false_alarm,
        lines=(2, 2, 2, 3, 3, 4),
    ),
    Family("authorized-overship", "more delivered, allowed", APPROVE, CLEAN, True, quantities.authorized_overship),
    Family(
        "corrected-resubmission",
        "corrected bill after a rejected one",
        APPROVE,
        CLEAN,
        True,
        duplicates.corrected_resubmission,
    ),
    Family(
        "phantom-receipt", "receipt of another cycle", HOLD, MISSING, True, receipts.phantom_receipt, lines=(1, 1, 1, 2)
    ),
    Family("inflated-po", "audit found the order's price inflated", ESCALATE, VIOLATION, True, approvals.inflated_po),
    Family("currency-swap", "same figures, other currency", ESCALATE, TOTAL, True, sums.currency_swap),
    Family(
        "threshold-dance",
        "just under the limit, like the ones before",
        ESCALATE,
        VIOLATION,
        True,
        approvals.threshold_dance,
        lines=(1, 1, 1, 2),
    ),
    Family(
        "retroactive-amendment",
        "an amendment lowered the price",
        ESCALATE,
        PRICE,
        True,
        prices.retroactive_amendment,
    ),
    Family(
        "returned-then-rebilled", "part returned, billed in full", HOLD, QUANTITY, True, receipts.returned_then_rebilled
    ),
    Family("pending-cosign", "second signature missing", ESCALATE, VIOLATION, True, approvals.pending_cosign),
    Family(
        "rush-premium-authorized", "approved surcharge for speed", APPROVE, CLEAN, True, prices.rush_premium_authorized
    ),
    Family(
        "supplier-impersonation",
        "another supplier number and bank",
        REJECT,
        VIOLATION,
        True,
        fraud.supplier_impersonation,
    ),
    Family(
        "contradicting-signals",
        "short receipt and open duplicate suspicion",
        ESCALATE,
        MIXED,
        True,
        doubtful.contradicting_signals,
    ),
    Family(
        "multi-line-clean",
        "many lines, all agree",
        APPROVE,
        CLEAN,
        False,
        clean.multi_line_clean,
        "easy",
        (3, 3, 3, 3, 3, 3, 4, 4, 4, 5, 6, 8),
    ),
    Family(
        "preferred-vendor-clean",
        "preferred vendor, everything agrees",
        APPROVE,
        CLEAN,
        False,
        clean.preferred_vendor_clean,
        "easy",
    ),
    Family(
        "nothing-accepted", "received, nothing accepted", HOLD, MISSING, True, receipts.nothing_accepted, "moderate"
    ),
    Family(
        "billed-above-ordered",
        "more billed than ordered",
        HOLD,
        QUANTITY,
        True,
        quantities.billed_above_ordered,
        "moderate",
    ),
    Family(
        "price-inside-tolerance",
        "price inside tolerance",
        APPROVE,
        CLEAN,
        True,
        prices.price_inside_tolerance,
        "moderate",
    ),
    Family("subtotal-off", "subtotal does not add up", ESCALATE, TOTAL, True, sums.subtotal_off, "moderate"),
    Family(
        "corrected-but-paid", "corrected bill, original paid", REJECT, DUPLICATE, True, duplicates.corrected_but_paid
    ),
    Family(
        "high-value-unapproved",
        "high value, order not approved",
        ESCALATE,
        VIOLATION,
        True,
        approvals.high_value_unapproved,
        "moderate",
    ),
)

#: All families by name.
FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in _ALL})
