"""One supplier joins under one id; a supplier who pretends to be another shows."""

import pytest

from exceptions.ubl import Identifier, IdentifierKind, JoinedTrade, Party
from exceptions.ubl.identity import compare_parties, supplier_ids
from tests.exceptions.ubl.document_builder import Who, invoice, join, order


def trade_of(ordered: Who, billed: Who) -> JoinedTrade:
    (trade,) = join(order(supplier=ordered), invoice(supplier=billed)).trades
    return trade


def ids(trade: JoinedTrade) -> tuple[str, str]:
    return trade.purchase_order.supplier_id, trade.invoice.supplier_id


def said(trade: JoinedTrade) -> list[str]:
    return [comment for comment in trade.comments if "supplier" in comment]


def test_the_buyers_account_number_for_the_supplier_comes_first() -> None:
    trade = trade_of(Who(account="V-1", tax="GB 123 45"), Who(account="v-1", tax="GB12345"))

    assert ids(trade) == ("V-1", "V-1")
    assert said(trade) == []


def test_identifiers_are_compared_where_both_documents_have_the_same_kind_and_scheme() -> None:
    ordered = Who(account="V-1", party_id=("GLN", "579"), tax="GB1")
    billed = Who(account=None, party_id=("DUNS", "123"), tax="GB1")

    assert ids(trade_of(ordered, billed)) == ("V-1", "V-1")
    assert said(trade_of(ordered, billed)) == []


def test_a_known_account_number_with_another_tax_number_shows_in_the_ids() -> None:
    trade = trade_of(Who(account="V-1", tax="GB1"), Who(account="V-1", tax="GB7"))

    assert ids(trade) == ("V-1", "GB7")
    assert said(trade) == [
        "Invoice INV-1: the supplier's identity differs: the order has tax registration (VAT) GB1, "
        "the invoice tax registration (VAT) GB7."
    ]


def test_an_almost_equal_account_number_stays_visible() -> None:
    assert ids(trade_of(Who(account="V-2201"), Who(account="V-22O1"))) == ("V-2201", "V-22O1")


def test_another_endpoint_alone_does_not_change_who_the_supplier_is() -> None:
    trade = trade_of(Who(endpoint=("0088", "1")), Who(endpoint=("0088", "2")))

    assert ids(trade) == ("V-2201", "V-2201")
    assert said(trade) == ["Invoice INV-1: the supplier's endpoint differs: the order has 1, the invoice 2."]


def test_suppliers_that_share_no_kind_of_identifier_keep_their_own_and_it_is_said() -> None:
    trade = trade_of(Who(account="V-1"), Who(account=None, tax="GB1"))

    assert ids(trade) == ("V-1", "GB1")
    assert "cannot be compared by identifier" in said(trade)[0]


def test_an_invoice_without_any_identifier_is_not_taken_for_the_orders_supplier() -> None:
    trade = trade_of(Who(), Who(account=None))

    assert ids(trade) == ("V-2201", "Bramley Packaging Ltd")
    assert "the invoice none" in said(trade)[0]


def test_an_order_that_only_names_its_supplier_is_compared_by_name() -> None:
    nameless = Who(account=None)

    assert ids(trade_of(nameless, Who())) == ("Bramley Packaging Ltd", "Bramley Packaging Ltd")
    assert ids(trade_of(nameless, Who(name="Bramley Pack"))) == ("Bramley Packaging Ltd", "V-2201")


def test_another_name_is_said() -> None:
    trade = trade_of(Who(), Who(name="Bramley Holdings"))

    assert ids(trade) == ("V-2201", "V-2201")
    assert said(trade) == [
        "Invoice INV-1: the supplier's name differs: the order has Bramley Packaging Ltd, the invoice Bramley Holdings."
    ]


@pytest.mark.parametrize("billed", [Who(account="V-9", name="Somebody"), Who(account="V-1", tax="GB7"), Who()])
def test_whatever_the_invoice_says_the_profile_is_that_of_the_orders_supplier(billed: Who) -> None:
    trade = trade_of(Who(account="V-1", tax="GB1"), billed)

    assert (trade.supplier.id, trade.supplier.name) == ("V-1", "Bramley Packaging Ltd")
    assert trade.purchase_order.supplier_id == trade.supplier.id


@pytest.mark.parametrize(
    ("ours", "theirs", "agree"),
    [
        (Identifier(IdentifierKind.PARTY, "1", "GLN"), Identifier(IdentifierKind.PARTY, "1", None), True),
        (Identifier(IdentifierKind.PARTY, "1", "GLN"), Identifier(IdentifierKind.ENDPOINT, "1", "GLN"), True),
        (Identifier(IdentifierKind.PARTY, "1", "GLN"), Identifier(IdentifierKind.PARTY, "1", "DUNS"), False),
        (Identifier(IdentifierKind.ACCOUNT, "1"), Identifier(IdentifierKind.TAX, "1"), False),
    ],
)
def test_equal_values_agree_only_where_they_mean_the_same(ours: Identifier, theirs: Identifier, agree: bool) -> None:
    assert bool(compare_parties(Party("A", (ours,)), Party("A", (theirs,))).agreeing) is agree


def test_one_of_several_identifiers_of_a_kind_is_enough_to_agree() -> None:
    first = Party("A", tuple(Identifier(IdentifierKind.PARTY, value) for value in "12"))
    second = Party("A", tuple(Identifier(IdentifierKind.PARTY, value) for value in "23"))

    assert compare_parties(first, second).differing == ()
    assert supplier_ids(first, second) == ("1", "1")
