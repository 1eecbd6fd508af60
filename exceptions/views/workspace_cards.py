"""Vendor, policy and history: sealed until they are inspected."""

from decimal import Decimal

from exceptions.environment import DECISION_RULES, ActionType, Case, DocumentName, EpisodeState
from exceptions.views.names import DECISION_NAMES
from exceptions.views.workspace_context import ActionButton, Fact, FactCard, HistoryCard, PastInvoice


def vendor_card(case: Case, state: EpisodeState, button: ActionButton) -> FactCard:
    """The vendor profile."""
    if DocumentName.VENDOR_PROFILE not in state.revealed:
        return FactCard("vendor", "Vendor", button, sealed=True)
    vendor, invoice = case.vendor, case.invoice
    facts = [
        Fact("Supplier", f"{vendor.name} ({vendor.supplier_id})"),
        Fact("Risk", f"{vendor.risk_tier}", "outside" if vendor.risk_tier == "high" else None),
        Fact("Preferred", "yes" if vendor.preferred else "no"),
        Fact(
            "Duplicate incidents",
            str(vendor.duplicate_incidents),
            "inside" if vendor.duplicate_incidents else None,
        ),
    ]
    if vendor.price_tolerance_pct is not None:
        facts.append(Fact("Own price tolerance", percent(vendor.price_tolerance_pct)))
    warnings = []
    if vendor.escalation_threshold is not None:
        facts.append(Fact("Escalate above", money(vendor.escalation_threshold, invoice.currency)))
        if invoice.total > vendor.escalation_threshold:
            warnings.append(
                f"The total, {money(invoice.total, invoice.currency)}, exceeds this vendor's escalation threshold."
            )
    return FactCard("vendor", "Vendor", button, sealed=False, facts=facts, warnings=warnings)


def policy_card(case: Case, state: EpisodeState, button: ActionButton) -> FactCard:
    """The matching policy, and what each decision is for."""
    if DocumentName.POLICY_RULES not in state.revealed:
        return FactCard("policy", "Policy", button, sealed=True)
    policy, invoice = case.policy, case.invoice
    facts = [
        Fact("Quantity tolerance", percent(policy.quantity_tolerance_pct)),
        Fact("Price tolerance", percent(policy.price_tolerance_pct)),
        Fact("Total tolerance", money(policy.total_tolerance, invoice.currency)),
        Fact("Duplicate check", "on" if policy.duplicate_check else "off"),
        Fact("High value from", money(policy.high_value_threshold, invoice.currency)),
        Fact("Must escalate above", money(policy.mandatory_escalation_above, invoice.currency)),
        *(Fact(DECISION_NAMES[decision], rule) for decision, rule in DECISION_RULES.items()),
    ]
    warnings = []
    if invoice.total > policy.mandatory_escalation_above:
        warnings.append(f"The total, {money(invoice.total, invoice.currency)}, must be escalated.")
    elif invoice.total >= policy.high_value_threshold:
        warnings.append(f"The total, {money(invoice.total, invoice.currency)}, reaches the high-value threshold.")
    return FactCard("policy", "Policy", button, sealed=False, facts=facts, warnings=warnings)


def history_card(case: Case, state: EpisodeState, button: ActionButton) -> HistoryCard:
    """Earlier invoices and what colleagues wrote."""
    if DocumentName.DUPLICATE_CHECK not in state.revealed:
        return HistoryCard(button, sealed=True)
    history = case.history
    invoices = [
        *(PastInvoice("similar", text) for text in history.similar_invoices),
        *(PastInvoice("processed", text) for text in history.processed_invoices),
        *(PastInvoice("pending", text) for text in history.pending_invoices),
    ]
    check_off = DocumentName.POLICY_RULES in state.revealed and not case.policy.duplicate_check
    return HistoryCard(
        button,
        sealed=False,
        invoices=invoices,
        comments=list(history.comments),
        duplicate_check_off=check_off,
    )


def buttons_by_action(buttons: list[ActionButton]) -> dict[ActionType, ActionButton]:
    return {ActionType(button.action_type): button for button in buttons}


def money(value: Decimal, currency: str) -> str:
    """`EUR 50,000.00`."""
    return f"{currency} {value:,.2f}"


def percent(value: Decimal) -> str:
    """`2.5 %` with the digits it was given."""
    return f"{value.normalize():f} %"
