"""The three comparisons: printed numbers against printed numbers, no currency converted, no text read.

Lines are matched by item code. Where a document names an item on several lines, quantities are pooled by
item, since orders are often billed in other portions than they were placed; prices are compared line by
line, the k-th billed line of an item with its k-th ordered line, or with the last one when there are fewer.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from decimal import Context, Decimal, localcontext

from exceptions.environment.case import Case, OrderLine
from exceptions.environment.fields import brief_decimal, print_decimal

#: Two sums that differ by less than this are equal.
CENT = Decimal("0.01")
#: Sums over all lines that a case can have stay exact, and a share of two extreme quantities can be printed.
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference that a comparison found, for marks on the documents.

    `document` and `field` say which printed number is in question, `against` what it was held against: a
    document name, or `invoice` for the invoice's own arithmetic. `line` is the 1-based line of the invoice,
    None for the totals. `values` are printed decimals by name. `within_tolerance` is None where no
    tolerance applies. `message` is the whole comparison in words, `finding` what a summary says of it.
    """

    field: str
    against: str
    line: int | None
    item_code: str | None
    values: dict[str, str]
    within_tolerance: bool | None
    message: str
    finding: str
    document: str = "invoice"

    def to_dict(self) -> dict[str, object]:
        """For JSON: the fields as they are."""
        return asdict(self)


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


def _exactly(compare: Callable[[Case], Comparison]) -> Callable[[Case], Comparison]:
    @functools.wraps(compare)
    def exact(case: Case) -> Comparison:
        with localcontext(_EXACT):
            return compare(case)

    return exact


def percent(difference: Decimal, base: Decimal) -> Decimal | None:
    """`difference` in percent of `base`, unrounded; None when the base is zero."""
    return None if base == 0 else difference * 100 / base


def print_percent(value: Decimal | None) -> str:
    """Two decimal places at most: `12.5 %`, `8 %`; `n/a` where there was nothing to divide by."""
    if value is None:
        return "n/a"
    text = print_decimal(value.quantize(CENT))
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " %"


@_exactly
def compare_quantity(case: Case) -> Comparison:
    """Billed, ordered and accepted (summed over all receipts) by item.

    A discrepancy where more is billed than accepted, else where more is billed than ordered; its tolerance
    is taken in percent of the quantity it exceeds. Every receipt of the case counts, whatever order or date
    it names: to see that a receipt belongs to another delivery takes a reader.
    """
    ordered = _pooled((line.item_code, line.quantity) for line in case.purchase_order.lines)
    accepted = _pooled((line.item_code, line.accepted) for note in case.goods_receipts for line in note.lines)
    billed = _pooled((line.item_code, line.quantity) for line in case.invoice.lines)
    first_line = {line.item_code: n for n, line in reversed(list(enumerate(case.invoice.lines, start=1)))}
    comparison = Comparison()
    comparison.say("Billed/ordered/accepted" + ("" if case.goods_receipts else " (no receipt)"))
    for item, quantity in billed.items():
        on_order, in_store = ordered.get(item, Decimal(0)), accepted.get(item, Decimal(0))
        figures = f"{item} {brief_decimal(quantity)}/{brief_decimal(on_order)}/{brief_decimal(in_store)}"
        if item not in ordered:
            figures += " (not on the order)"
        if quantity <= in_store and quantity <= on_order:
            comparison.say(f"{figures} ok")
            continue
        over_accepted = quantity > in_store
        base = in_store if over_accepted else on_order
        share = percent(quantity - base, base)
        within = share is not None and share <= case.policy.quantity_tolerance_pct
        excess = f"{brief_decimal(quantity - base)} over {'accepted' if over_accepted else 'ordered'}"
        values = _values(billed=quantity, ordered=on_order, accepted=in_store, difference=quantity - base)
        text = f"{figures}: {excess} ({print_percent(share)}), {_tolerance(within)}"
        comparison.differ(
            Discrepancy(
                field="quantity",
                against="goods_receipt_note" if over_accepted else "purchase_order",
                line=first_line[item],
                item_code=item,
                values=values,
                within_tolerance=within,
                message=text,
                finding=f"{item} {excess}, {_tolerance(within)}",
            )
        )
    return comparison


@_exactly
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
        agreed = "none" if price is None else brief_decimal(price)
        figures = f"{line.item_code} {brief_decimal(line.unit_price)}/{agreed}"
        sign = "+" if difference > 0 and variance is not None else ""
        shown = "not on the order" if price is None else sign + print_percent(variance)
        if price is not None and variance is not None and abs(variance) <= case.policy.price_tolerance_pct:
            comparison.say(f"{figures} ok" if difference == 0 else f"{figures}: {shown}, {_tolerance(True)}")
            continue
        values = _values(billed=line.unit_price) | ({} if price is None else _values(ordered=price))
        if variance is not None and price is not None:
            values["variance_pct"] = print_decimal(variance.quantize(CENT))
        text = f"{figures}: {shown}, {_tolerance(False)}"
        comparison.differ(
            Discrepancy(
                field="unit_price",
                against="purchase_order",
                line=number,
                item_code=line.item_code,
                values=values,
                within_tolerance=False,
                message=text,
                finding=f"{line.item_code} {shown}, {_tolerance(False)}",
            )
        )
    return comparison


@_exactly
def compare_totals(case: Case) -> Comparison:
    """Subtotal against the sum of lines and against the order's total; tax and total.

    That subtotal and tax add up to the total is checked too, to the same cent: a bill that asks for another
    amount than it explains is a discrepancy.
    """
    invoice = case.invoice
    lines_sum = sum((line.line_total for line in invoice.lines), Decimal(0))
    order_total = case.purchase_order.total
    comparison = Comparison()
    subtotal = f"Subtotal {brief_decimal(invoice.subtotal)}"

    difference = invoice.subtotal - lines_sum
    if abs(difference) < CENT:
        subtotal += " = sum of lines"
    else:
        text = f"{subtotal}, lines sum to {brief_decimal(lines_sum)}: {_apart(difference)}"
        values = _values(subtotal=invoice.subtotal, lines_sum=lines_sum, difference=difference)
        finding = f"subtotal and sum of lines {_apart(difference)}"
        comparison.differ(_of_totals("subtotal", "invoice", values, None, text, finding))

    difference = invoice.subtotal - order_total
    within = abs(difference) <= case.policy.total_tolerance
    if difference == 0:
        comparison.say(f"{subtotal} = PO total{_currencies(case)}")
    else:
        total = f"PO total {brief_decimal(order_total)}{_currencies(case)}"
        text = f"{subtotal}, {total}: {_apart(difference)}, {_tolerance(within)}"
        if within:
            comparison.say(text)
        else:
            values = _values(subtotal=invoice.subtotal, po_total=order_total, difference=difference)
            finding = f"subtotal and PO total {_apart(difference)}, {_tolerance(False)}"
            comparison.differ(_of_totals("subtotal", "purchase_order", values, False, text, finding))

    explained = invoice.subtotal + invoice.tax
    text = f"Tax {brief_decimal(invoice.tax)}, total {brief_decimal(invoice.total)}"
    if abs(explained - invoice.total) < CENT:
        comparison.say(text)
    else:
        text += f", but subtotal + tax = {brief_decimal(explained)}"
        values = _values(total=invoice.total, subtotal_plus_tax=explained, difference=invoice.total - explained)
        finding = f"total and subtotal + tax {_apart(invoice.total - explained)}"
        comparison.differ(_of_totals("total", "invoice", values, None, text, finding))
    return comparison


def _of_totals(
    field: str, against: str, values: dict[str, str], within: bool | None, message: str, finding: str
) -> Discrepancy:
    return Discrepancy(field, against, None, None, values, within, message, finding)


def _apart(difference: Decimal) -> str:
    return f"differ by {brief_decimal(abs(difference))}"


def _values(**numbers: Decimal) -> dict[str, str]:
    return {name: print_decimal(number) for name, number in numbers.items()}


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
