"""Which order line a billed, received or despatched line speaks of, and the item code that they share."""

from __future__ import annotations

from dataclasses import dataclass, field

from exceptions.ubl.documents import TradeDocument, TradeLine
from exceptions.ubl.fields import MAX_IDENTIFIER
from exceptions.ubl.trade import TradeLog
from exceptions.ubl.wording import folded


@dataclass(slots=True, eq=False)
class OrderedItem:
    """An item of the order with the lines that order it, usually one."""

    code: str
    lines: list[TradeLine]
    matches: list[Match] = field(default_factory=list)

    @property
    def unit(self) -> str | None:
        return self.lines[0].quantity.unit

    @property
    def told_apart(self) -> bool:
        """Whether its lines get codes of their own: they differ in price, and all others say which one.

        Otherwise they share one code, and quantities are pooled under it.
        """
        return (
            len(self.lines) > 1
            and len({line.unit_price for line in self.lines}) > 1
            and all(match.order_line for match in self.matches)
        )

    def case_code(self, order_line: TradeLine | None, unit: str | None) -> str:
        """The code in the case; a line in another unit than the order's gets its own."""
        suffix = f" (line {order_line.id})" if order_line and self.told_apart else ""
        if unit and self.unit and unit != self.unit:
            suffix += f" in {unit}"
        return _fitting(self.code, suffix)


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """A line of another document, the item it was matched with, and the order line when that is clear."""

    line: TradeLine
    item: OrderedItem | None
    order_line: TradeLine | None
    own_code: str

    @property
    def case_code(self) -> str:
        return self.item.case_code(self.order_line, self.line.quantity.unit) if self.item else self.own_code


class OrderItems:
    """The items of one order, to match the lines of other documents with."""

    def __init__(self, order: TradeDocument, log: TradeLog) -> None:
        self._order = order
        self._log = log
        self._items: dict[str, OrderedItem] = {}
        self._item_of: dict[str, OrderedItem] = {}
        self._line_of = {line.id: line for line in order.lines}
        for line in order.lines:
            code = line.item.preferred
            if code is None:
                code = f"line {line.id}"
                log.inform(order, line.element, f"line {line.id} carries no item code; it is called “{code}”")
            item = self._items.setdefault(code, OrderedItem(code, []))
            item.lines.append(line)
            self._item_of[line.id] = item

    def order_code(self, line: TradeLine) -> str:
        """The case's code of a line of the order; to be asked after every other document was matched."""
        return self._item_of[line.id].case_code(line, line.quantity.unit)

    def match(self, document: TradeDocument, line: TradeLine, order_line_id: str | None) -> Match:
        """Match a line: by its reference to an order line first, then by item code.

        Codes are compared like with like (seller's, buyer's, standard, in this order), then each with each.
        What is unclear or contradictory is logged.
        """
        here = f"line {line.id}"
        if order_line_id is not None:
            if order_line := self._line_of.get(order_line_id):
                return self._by_reference(document, line, order_line)
            self._log.caution(
                document,
                line.element,
                f"{here} refers to order line {order_line_id}, which the order does not have",
            )
        found = self._by_code(line)
        items = {id(self._item_of[candidate.id]): self._item_of[candidate.id] for candidate in found}
        if len(items) == 1:
            item = next(iter(items.values()))
            return self._matched(document, line, item, found[0] if len(found) == 1 else None)
        if found:
            ids = ", ".join(candidate.id for candidate in found)
            self._log.caution(document, line.element, f"{here} may be any of the order lines {ids}: not matched")
        else:
            name = line.item.preferred or line.description or "no item code"
            self._log.caution(document, line.element, f"{here} ({name[:80]}) is not on order {self._order.number}")
        own = line.item.preferred or f"unknown item {line.id}"
        return Match(line, None, None, _fitting(own, " (not matched)") if own in self._items else own)

    def _by_reference(self, document: TradeDocument, line: TradeLine, order_line: TradeLine) -> Match:
        item = self._item_of[order_line.id]
        ours, theirs = order_line.item, line.item
        pairs = ((ours.seller, theirs.seller), (ours.buyer, theirs.buyer), (ours.standard, theirs.standard))
        stated = [(one, other) for one, other in pairs if one and other]
        if not theirs.all():
            self._log.inform(
                document,
                line.element,
                f"line {line.id} carries no item code; the order line's, {item.code}, is used",
            )
        elif not {folded(code) for code in ours.all()} & {folded(code) for code in theirs.all()}:
            # Codes of different kinds (the seller's here, the buyer's there) differ without a contradiction.
            say = self._log.caution if stated else self._log.inform
            say(
                document,
                line.element,
                f"line {line.id} refers to order line {order_line.id} but carries item code "
                f"{theirs.preferred}; the order's code {item.code} is used",
            )
        return self._matched(document, line, item, order_line)

    def _matched(
        self, document: TradeDocument, line: TradeLine, item: OrderedItem, order_line: TradeLine | None
    ) -> Match:
        unit = line.quantity.unit
        if unit is None and item.unit:
            self._log.inform(
                document,
                line.element,
                f"line {line.id} names no unit; read as {item.unit} like the order",
            )
        elif unit and item.unit and unit != item.unit:
            self._log.caution(
                document,
                line.element,
                f"line {line.id} is in {unit}, the order in {item.unit}: units are not converted, so its "
                f"{line.quantity} are kept apart as “{item.case_code(order_line, unit)}”",
            )
        match = Match(line, item, order_line, item.code)
        item.matches.append(match)
        return match

    def _by_code(self, line: TradeLine) -> list[TradeLine]:
        for kind in ("seller", "buyer", "standard"):
            wanted = getattr(line.item, kind)
            if wanted:
                found = [
                    candidate
                    for candidate in self._order.lines
                    if (code := getattr(candidate.item, kind)) and folded(code) == folded(wanted)
                ]
                if found:
                    return found
        wanted_codes = {folded(code) for code in line.item.all()}
        return [
            candidate
            for candidate in self._order.lines
            if wanted_codes & {folded(code) for code in candidate.item.all()}
        ]


def _fitting(code: str, suffix: str) -> str:
    """``code`` and ``suffix`` together, the code cut where both do not fit into a case's identifier."""
    room = MAX_IDENTIFIER - len(suffix)
    return (code if len(code) <= room else f"{code[: room - 1]}…") + suffix
