"""The match grid and the totals: what was revealed, lines paired by item code, differences marked where they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from exceptions.environment import (
    ActionType,
    Case,
    Discrepancy,
    DocumentName,
    EpisodeState,
    GoodsReceipt,
    InvoiceLine,
    OrderLine,
    ReceiptLine,
)
from exceptions.views.workspace_context import (
    ActionButton,
    Cell,
    DocumentHead,
    LineCells,
    Mark,
    MatchGrid,
    MatchRow,
    Note,
    ReceiptCell,
    ReceiptHead,
    Severity,
    TotalRow,
    Totals,
    Verdict,
)

Line = TypeVar("Line", InvoiceLine, OrderLine, ReceiptLine)


def found_discrepancies(state: EpisodeState) -> list[Discrepancy]:
    """All differences that the comparisons so far have found, each once."""
    found: list[Discrepancy] = []
    for step in state.steps:
        found.extend(item for item in step.discrepancies if item not in found)
    return found


def performed(state: EpisodeState) -> set[ActionType]:
    """The actions that were validly taken."""
    return {step.action.action_type for step in state.steps if step.action is not None and step.valid}


def match_grid(case: Case, state: EpisodeState, buttons: dict[ActionType, ActionButton]) -> MatchGrid:
    """The grid. A document that is not revealed contributes nothing to it."""
    opened = set(state.revealed)
    invoice = case.invoice if DocumentName.INVOICE_LINE_ITEMS in opened else None
    order = case.purchase_order if DocumentName.PURCHASE_ORDER in opened else None
    receipts_open = DocumentName.GOODS_RECEIPT_NOTE in opened
    receipts = list(case.goods_receipts) if receipts_open else []
    found = found_discrepancies(state)
    notes = []
    if invoice and invoice.note.strip():
        notes.append(Note("Invoice note", invoice.note))
    notes.extend(Note(f"Receipt note {receipt.number}", receipt.note) for receipt in receipts if receipt.note.strip())
    return MatchGrid(
        invoice=DocumentHead(
            reveal=buttons[ActionType.INSPECT_INVOICE_LINE_ITEMS],
            sealed=invoice is None,
            number=case.invoice.number,
            dated=case.invoice.date,
        ),
        order=DocumentHead(
            reveal=buttons[ActionType.INSPECT_PURCHASE_ORDER],
            sealed=order is None,
            number=order.number if order else "",
            dated=order.date if order else None,
            facts=_order_facts(case) if order else [],
            warnings=_order_warnings(case) if order else [],
        ),
        receipt=DocumentHead(
            reveal=buttons[ActionType.INSPECT_GOODS_RECEIPT_NOTE],
            sealed=not receipts_open,
            absent="There is no goods receipt" if receipts_open and not receipts else "",
        ),
        receipts=[
            ReceiptHead(r.number, r.date, r.po_number, other_order=r.po_number != case.invoice.po_number)
            for r in receipts
        ],
        rows=_rows(
            invoice.lines if invoice else (),
            order.lines if order else (),
            receipts,
            _LineMarks(case, state, found),
        ),
        verdicts=_verdicts(found, performed(state)),
        notes=notes,
        currency=case.invoice.currency,
        order_currency=order.currency if order else "",
    )


def totals_card(case: Case, state: EpisodeState, button: ActionButton) -> Totals:
    """Subtotal, tax and total once the lines are open; what they are held against once they are compared."""
    compared = ActionType.COMPARE_TOTALS in performed(state)
    if DocumentName.INVOICE_LINE_ITEMS not in state.revealed and not compared:
        return Totals(sealed=True, compare=button, currency=case.invoice.currency)
    invoice, order = case.invoice, case.purchase_order
    if not compared:
        rows = [
            TotalRow("Subtotal", Cell(invoice.subtotal)),
            TotalRow("Tax", Cell(invoice.tax)),
            TotalRow("Total", Cell(invoice.total)),
        ]
        return Totals(sealed=False, compare=button, currency=invoice.currency, rows=rows)
    marks = {(d.field, d.against): d for d in found_discrepancies(state) if d.line is None}
    lines_sum = sum((line.line_total for line in invoice.lines), Decimal(0))
    order_currency = order.currency if order.currency != invoice.currency else ""
    tolerance = case.policy.total_tolerance if DocumentName.POLICY_RULES in state.revealed else None
    near_order = invoice.subtotal - order.total
    order_mark = _money_mark(marks.get(("subtotal", "purchase_order")), tolerance)
    if order_mark is None and near_order:
        order_mark = Mark("inside", "money", near_order, allowed=tolerance, allowed_unit="money")
    rows = [
        TotalRow(
            "Subtotal",
            Cell(invoice.subtotal, _money_mark(marks.get(("subtotal", "invoice")))),
            "sum of lines",
            lines_sum,
        ),
        TotalRow("Subtotal", Cell(invoice.subtotal, order_mark), "order", order.total, order_currency),
        TotalRow("Tax", Cell(invoice.tax)),
        TotalRow(
            "Total",
            Cell(invoice.total, _money_mark(marks.get(("total", "invoice")))),
            "subtotal and tax",
            invoice.subtotal + invoice.tax,
        ),
    ]
    return Totals(sealed=False, compare=button, currency=invoice.currency, rows=rows)


class _LineMarks:
    """Which numbers of which item are marked, and how."""

    def __init__(self, case: Case, state: EpisodeState, found: Sequence[Discrepancy]) -> None:
        policy_open = DocumentName.POLICY_RULES in state.revealed
        self._price_tolerance = case.policy.price_tolerance_pct if policy_open else None
        self._quantity_tolerance = case.policy.quantity_tolerance_pct if policy_open else None
        self._prices_compared = ActionType.COMPARE_PRICE in performed(state)
        self._quantities = {d.item_code: d for d in found if d.field == "quantity"}
        self._prices = {d.line: d for d in found if d.field == "unit_price"}

    def quantity(self, item_code: str, document: str) -> Mark | None:
        """The mark on a quantity: with figures on the invoice, plain on the document that it exceeds."""
        found = self._quantities.get(item_code)
        if found is None or document not in ("invoice", found.against):
            return None
        severity: Severity = "inside" if found.within_tolerance else "outside"
        if document != "invoice":
            return Mark(severity)
        words = "not accepted" if found.against == DocumentName.GOODS_RECEIPT_NOTE else "over the order"
        return Mark(severity, "quantity", Decimal(found.values["difference"]), words, self._quantity_tolerance)

    def price(
        self, number: int, line: InvoiceLine | None, ordered: OrderLine | None
    ) -> tuple[Mark | None, Mark | None]:
        """The marks on the billed and the ordered unit price of invoice line `number`."""
        if not self._prices_compared or line is None:
            return None, None
        found = self._prices.get(number)
        if found is not None:
            billed = Decimal(found.values["billed"])
            agreed = found.values["ordered"]
            if agreed == "none" or not Decimal(agreed):
                return Mark("outside", words="not on the order"), None
            variance = (billed - Decimal(agreed)) * 100 / Decimal(agreed)
            return Mark("outside", "percent", variance, allowed=self._price_tolerance), Mark("outside")
        if ordered is None or ordered.unit_price in (line.unit_price, 0):
            return None, None
        variance = (line.unit_price - ordered.unit_price) * 100 / ordered.unit_price
        return Mark("inside", "percent", variance, allowed=self._price_tolerance), Mark("inside")


def _rows(
    invoice: Sequence[InvoiceLine],
    order: Sequence[OrderLine],
    receipts: Sequence[GoodsReceipt],
    marks: _LineMarks,
) -> list[MatchRow]:
    billed, ordered = _by_item(invoice), _by_item(order)
    received = [_by_item(receipt.lines) for receipt in receipts]
    numbers = {id(line): number for number, line in enumerate(invoice, start=1)}
    items = dict.fromkeys([*billed, *ordered, *(item for receipt in received for item in receipt)])
    rows = []
    for item in items:
        depth = max(
            len(billed.get(item, ())), len(ordered.get(item, ())), *(len(lines.get(item, ())) for lines in received)
        )
        for position in range(depth):
            line, order_line = _at(billed, item, position), _at(ordered, item, position)
            billed_price, ordered_price = marks.price(
                numbers.get(id(line), 0), line, order_line or _last(ordered, item)
            )
            cells = [_receipt_cell(_at(receipt, item, position), marks) for receipt in received]
            rows.append(
                MatchRow(
                    item_code=item,
                    description=line.description if line else order_line.description if order_line else "",
                    invoice=_line_cells(line, marks.quantity(item, "invoice"), billed_price) if line else None,
                    order=_line_cells(order_line, marks.quantity(item, "purchase_order"), ordered_price)
                    if order_line
                    else None,
                    receipts=list(cells),
                    accepted=Cell(
                        sum((cell.accepted.value or Decimal(0) for cell in cells if cell), Decimal(0)),
                        marks.quantity(item, "goods_receipt_note"),
                    )
                    if len(receipts) > 1
                    else None,
                )
            )
    return rows


def _by_item(lines: Iterable[Line]) -> dict[str, list[Line]]:
    items: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        items[line.item_code].append(line)
    return dict(items)


def _at(lines: dict[str, list[Line]], item: str, position: int) -> Line | None:
    found = lines.get(item, [])
    return found[position] if position < len(found) else None


def _last(lines: dict[str, list[Line]], item: str) -> Line | None:
    found = lines.get(item)
    return found[-1] if found else None


def _line_cells(line: InvoiceLine | OrderLine, quantity: Mark | None, price: Mark | None) -> LineCells:
    return LineCells(
        quantity=Cell(line.quantity, quantity),
        unit_price=Cell(line.unit_price, price),
        line_total=Cell(line.line_total),
        unit=line.unit or "",
    )


def _receipt_cell(line: ReceiptLine | None, marks: _LineMarks) -> ReceiptCell | None:
    if line is None:
        return None
    mark = marks.quantity(line.item_code, "goods_receipt_note")
    return ReceiptCell(Cell(line.accepted, mark), line.received, line.rejected)


def _money_mark(found: Discrepancy | None, allowed: Decimal | None = None) -> Mark | None:
    if found is None:
        return None
    difference = found.values.get("difference")
    severity: Severity = "inside" if found.within_tolerance else "outside"
    return Mark(severity, "money", Decimal(difference) if difference else None, allowed=allowed, allowed_unit="money")


def _order_facts(case: Case) -> list[str]:
    order = case.purchase_order
    facts = [
        f"Supplier {order.supplier_id}",
        order.currency,
        "approved" if order.approved else "not approved",
    ]
    return [*facts, order.payment_terms] if order.payment_terms.strip() else facts


def _order_warnings(case: Case) -> list[str]:
    invoice, order = case.invoice, case.purchase_order
    warnings = []
    if not order.approved:
        warnings.append("The order is not approved.")
    if order.currency != invoice.currency:
        warnings.append(f"The invoice is in {invoice.currency}, the order in {order.currency}; nothing is converted.")
    return warnings


def _verdicts(found: Sequence[Discrepancy], done: set[ActionType]) -> list[Verdict]:
    verdicts = []
    for action, field, what in (
        (ActionType.COMPARE_QUANTITY, "quantity", "quantities"),
        (ActionType.COMPARE_PRICE, "unit_price", "prices"),
    ):
        if action not in done:
            continue
        outside = sum(1 for d in found if d.field == field and not d.within_tolerance)
        inside = sum(1 for d in found if d.field == field and d.within_tolerance)
        if outside:
            verdicts.append(Verdict("outside", f"{what}: {outside} outside tolerance"))
        if inside:
            verdicts.append(Verdict("inside", f"{what}: {inside} within tolerance"))
        if not outside and not inside:
            verdicts.append(Verdict("equal", f"{what} agree"))
    return verdicts
