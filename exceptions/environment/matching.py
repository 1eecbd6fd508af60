"""The three comparisons: printed numbers against printed numbers, no currency converted, no text read.

Lines are matched by item code. Where a document names an item on several lines, quantities are pooled by item, since
orders are often billed in other portions than they were placed; prices are compared line by line, the k-th billed
line of an item with its k-th ordered line, or with the last one when there are fewer.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from exceptions.environment.case import Case, OrderLine
from exceptions.environment.fields import print_decimal

#: Two sums that differ by less than this are equal.
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference that a comparison found, for marks on the documents.

    `document` and `field` say which printed number is in question, `against` what it was held against: a document
    name, or `invoice` for the invoice's own arithmetic. `line` is the 1-based line of the invoice, None for the
    totals. `values` are printed decimals by name. `within_tolerance` is None where no tolerance applies.
    """

    field: str
    against: str
    line: int | None
    item_code: str | None
    values: dict[str, str]
    within_tolerance: bool | None
    message: str
    document: str = "invoice"

    def to_dict(self) -> dict[str, object]:
        """For JSON: the fields as they are."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(slots=True)
class Comparison:
    """What one comparison says: lines of text, and the differences among them."""

    lines: list[str] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines.append(text)

    def differ(self, discrepancy: Discrepancy) -> None:
        self.lines.append(discrepancy.message)
        self.discrepancies.append(discrepancy)


def percent(difference: Decimal, base: Decimal) -> Decimal | None:
    """`difference` in percent of `base`, unrounded; None when the base is zero."""
    return None if base == 0 else difference * 100 / base


def print_percent(value: Decimal | None) -> str:
    """Two decimal places at most: `12.5 %`, `8 %`; `n/a` where there was nothing to divide by."""
    if value is None:
        return "n/a"
    text = print_decimal(value.quantize(CENT))
    return text.rstrip("0").rstrip(".") + " %"


def compare_quantity(case: Case) -> Comparison:
    """Billed, ordered and accepted (summed over all receipts) by item.

    A discrepancy where more is billed than accepted, else where more is billed than ordered; its tolerance is taken in
    percent of the quantity it exceeds. Every receipt of the case counts, whatever order or date it names: to see
    that a receipt belongs to another delivery takes a reader.
    """
    ordered = _pooled((line.item_code, line.quantity) for line in case.purchase_order.lines)
    accepted = _pooled((line.item_code, line.accepted) for note in case.goods_receipts for line in note.lines)
    billed = _pooled((line.item_code, line.quantity) for line in case.invoice.lines)
    first_line = {line.item_code: n for n, line in reversed(list(enumerate(case.invoice.lines, start=1)))}
    comparison = Comparison()
    comparison.say("Billed/ordered/accepted" + ("" if case.goods_receipts else " (no receipt)"))
    for item, quantity in billed.items():
        on_order, in_store = ordered.get(item, Decimal(0)), accepted.get(item, Decimal(0))
        figures = f"{item} {print_decimal(quantity)}/{print_decimal(on_order)}/{print_decimal(in_store)}"
        if item not in ordered:
            figures += " (not on the order)"
        if quantity <= in_store and quantity <= on_order:
            comparison.say(f"{figures} ok")
            continue
        exceeded, document, base = (
            ("accepted", "goods_receipt_note", in_store)
            if quantity > in_store
            else ("ordered", "purchase_order", on_order)
        )
        share = percent(quantity - base, base)
        within = share is not None and share <= case.policy.quantity_tolerance_pct
        excess = f"{print_decimal(quantity - base)} over {exceeded}"
        comparison.differ(
            Discrepancy(
                field="quantity",
                against=document,
                line=first_line[item],
                item_code=item,
                values={
                    "billed": print_decimal(quantity),
                    "ordered": print_decimal(on_order),
                    "accepted": print_decimal(in_store),
                    "difference": print_decimal(quantity - base),
                },
                within_tolerance=within,
                message=f"{figures} {excess} ({print_percent(share)}), {_tolerance(within)}",
            )
        )
    return comparison


def compare_price(case: Case) -> Comparison:
    """Billed and ordered unit price by line; a discrepancy where they differ by more than the policy's tolerance."""
    order_lines: dict[str, list[OrderLine]] = {}
    for ordered_line in case.purchase_order.lines:
        order_lines.setdefault(ordered_line.item_code, []).append(ordered_line)
    comparison = Comparison()
    comparison.say("Unit price billed/ordered" + _currencies(case))
    seen: dict[str, int] = {}
    for number, line in enumerate(case.invoice.lines, start=1):
        earlier = seen.get(line.item_code, 0)
        seen[line.item_code] = earlier + 1
        candidates = order_lines.get(line.item_code)
        price = None if candidates is None else candidates[min(earlier, len(candidates) - 1)].unit_price
        difference = line.unit_price if price is None else line.unit_price - price
        variance = Decimal(0) if difference == 0 else percent(difference, price or Decimal(0))
        agreed = "none" if price is None else print_decimal(price)
        figures = f"{line.item_code} {print_decimal(line.unit_price)}/{agreed}"
        sign = "+" if difference > 0 else ""
        shown = "not on the order" if price is None else sign + print_percent(variance)
        if price is not None and variance is not None and abs(variance) <= case.policy.price_tolerance_pct:
            comparison.say(f"{figures} ok" if difference == 0 else f"{figures} {shown}, {_tolerance(True)}")
            continue
        comparison.differ(
            Discrepancy(
                field="unit_price",
                against="purchase_order",
                line=number,
                item_code=line.item_code,
                values={
                    "billed": print_decimal(line.unit_price),
                    "ordered": agreed,
                    "variance_pct": print_percent(variance),
                },
                within_tolerance=False,
                message=f"{figures} {shown}, {_tolerance(False)}",
            )
        )
    return comparison


def compare_totals(case: Case) -> Comparison:
    """Subtotal against the sum of lines and against the order's total; tax and total.

    That subtotal and tax add up to the total is checked too, to the same cent: a bill that asks for another amount
    than it explains is a discrepancy.
    """
    invoice = case.invoice
    lines_sum = sum((line.line_total for line in invoice.lines), Decimal(0))
    order_total = case.purchase_order.total
    comparison = Comparison()
    subtotal = print_decimal(invoice.subtotal)

    difference = invoice.subtotal - lines_sum
    text = f"Subtotal {subtotal}, lines sum {print_decimal(lines_sum)}"
    if abs(difference) < CENT:
        comparison.say(f"{text}: equal")
    else:
        values = {
            "subtotal": subtotal,
            "lines_sum": print_decimal(lines_sum),
            "difference": print_decimal(difference),
        }
        message = f"{text}: differ by {print_decimal(abs(difference))}"
        comparison.differ(Discrepancy("subtotal", "invoice", None, None, values, None, message))

    difference = invoice.subtotal - order_total
    text = f"Subtotal {subtotal}, PO total {print_decimal(order_total)}{_currencies(case)}"
    if difference == 0:
        comparison.say(f"{text}: equal")
    elif abs(difference) <= case.policy.total_tolerance:
        comparison.say(f"{text}: differ by {print_decimal(abs(difference))}, {_tolerance(True)}")
    else:
        values = {
            "subtotal": subtotal,
            "po_total": print_decimal(order_total),
            "difference": print_decimal(difference),
        }
        message = f"{text}: differ by {print_decimal(abs(difference))}, {_tolerance(False)}"
        comparison.differ(Discrepancy("subtotal", "purchase_order", None, None, values, False, message))

    explained = invoice.subtotal + invoice.tax
    text = f"Tax {print_decimal(invoice.tax)}, total {print_decimal(invoice.total)}"
    if abs(explained - invoice.total) < CENT:
        comparison.say(text)
    else:
        values = {"total": print_decimal(invoice.total), "subtotal_plus_tax": print_decimal(explained)}
        message = f"{text}, but subtotal + tax = {print_decimal(explained)}"
        comparison.differ(Discrepancy("total", "invoice", None, None, values, None, message))
    return comparison


def _pooled(quantities: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    pooled: dict[str, Decimal] = {}
    for item, quantity in quantities:
        pooled[item] = pooled.get(item, Decimal(0)) + quantity
    return pooled


def _tolerance(within: bool) -> str:
    return "within tolerance" if within else "outside tolerance"


def _currencies(case: Case) -> str:
    billed, ordered = case.invoice.currency, case.purchase_order.currency
    return "" if billed == ordered else f" (invoice in {billed}, PO in {ordered}, not converted)"
