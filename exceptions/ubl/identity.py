"""Whether two documents name the same party, told by identifiers of the same kind and scheme.

A forged invoice repeats the number that the buyer knows and differs in another, so every comparable
identifier counts, not only the first that agrees.
"""

from __future__ import annotations

from dataclasses import dataclass

from exceptions.ubl.documents import Identifier, IdentifierKind, Party
from exceptions.ubl.wording import folded


@dataclass(frozen=True, slots=True)
class PartyComparison:
    """Identifiers of the first party that the second confirms, and comparable pairs that differ."""

    agreeing: tuple[Identifier, ...]
    differing: tuple[tuple[Identifier, Identifier], ...]

    @property
    def contradictions(self) -> tuple[tuple[Identifier, Identifier], ...]:
        """The differing pairs that say who the party is; where its messages go to may change."""
        return tuple(pair for pair in self.differing if pair[0].kind is not IdentifierKind.ENDPOINT)


def compare_parties(first: Party, second: Party) -> PartyComparison:
    """Compare two parties identifier by identifier, the most telling kind first.

    Identifiers are comparable when kind and scheme are the same; upper and lower case and white space do
    not count. The same value agrees also where only one document names the scheme, or where the kinds differ
    under one named scheme.
    """
    agreeing: list[Identifier] = []
    differing: list[tuple[Identifier, Identifier]] = []
    for ours in first.identifiers:
        if any(_same(ours, theirs) for theirs in second.identifiers):
            agreeing.append(ours)
            continue
        rivals = [theirs for theirs in second.identifiers if _comparable(ours, theirs)]
        confirmed = any(
            _comparable(ours, sibling) and any(_same(sibling, rival) for rival in rivals)
            for sibling in first.identifiers
        )
        if rivals and not confirmed:
            differing.append((ours, rivals[0]))
    return PartyComparison(tuple(agreeing), tuple(differing))


def supplier_ids(order: Party, invoice: Party) -> tuple[str, str]:
    """The supplier ids of order and invoice in a case: equal when the documents name one supplier.

    The order's is always its most telling identifier, so that one supplier keeps one profile. The invoice's is the
    same when an identifier agrees and none contradicts; else the most telling one that contradicts, or, with
    nothing to compare, the invoice's own.
    """
    comparison = compare_parties(order, invoice)
    if comparison.contradictions:
        return order.id, comparison.contradictions[0][1].value
    if comparison.agreeing or (not order.identifiers and same_name(order, invoice)):
        return order.id, order.id
    return order.id, invoice.id


def same_name(first: Party, second: Party) -> bool:
    """Whether the names are the same but for upper and lower case and white space."""
    return folded(first.name) == folded(second.name)


def describe_difference(first: Party, second: Party, role: str) -> list[str]:
    """What a reviewer must know about a party as the order (``first``) and the invoice name it."""
    comparison = compare_parties(first, second)
    said = [
        f"the {role}'s identity differs: the order has {ours}, the invoice {theirs}"
        for ours, theirs in comparison.contradictions
    ]
    said += [
        f"the {role}'s endpoint differs: the order has {ours.value}, the invoice {theirs.value}"
        for ours, theirs in comparison.differing
        if ours.kind is IdentifierKind.ENDPOINT
    ]
    if not comparison.agreeing and not comparison.differing:
        said.append(
            f"the {role} cannot be compared by identifier: the order has {_listed(first)}, "
            f"the invoice {_listed(second)}"
        )
    if first.has_name and second.has_name and not same_name(first, second):
        said.append(f"the {role}'s name differs: the order has {first.name}, the invoice {second.name}")
    return said


def _listed(party: Party) -> str:
    return ", ".join(str(identifier) for identifier in party.identifiers) or "none"


def _comparable(first: Identifier, second: Identifier) -> bool:
    return first.kind is second.kind and folded(first.scheme or "") == folded(second.scheme or "")


def _same(first: Identifier, second: Identifier) -> bool:
    if folded(first.value) != folded(second.value):
        return False
    one_scheme = folded(first.scheme or "") == folded(second.scheme or "")
    if first.kind is second.kind:
        return one_scheme or not (first.scheme and second.scheme)
    return one_scheme and bool(first.scheme)
