"""Who a document names: suppliers and buyers with every identifier that it gives them."""

from __future__ import annotations

from exceptions.ubl.documents import Identifier, IdentifierKind, Party
from exceptions.ubl.fields import MAX_IDENTIFIER, DocumentSource, text_of
from exceptions.ubl.xml_tree import Element

# Roles in which each document names its supplier and its buyer, the one that counts first.
SUPPLIER_ROLES = (
    "cac:AccountingSupplierParty",
    "cac:SellerSupplierParty",
    "cac:DespatchSupplierParty",
)
BUYER_ROLES = (
    "cac:AccountingCustomerParty",
    "cac:BuyerCustomerParty",
    "cac:DeliveryCustomerParty",
)
IDENTIFIERS = (
    (IdentifierKind.LEGAL_ENTITY, "cac:PartyLegalEntity/cbc:CompanyID"),
    (IdentifierKind.PARTY, "cac:PartyIdentification/cbc:ID"),
    (IdentifierKind.ENDPOINT, "cbc:EndpointID"),
)


def read_supplier(source: DocumentSource) -> Party | None:
    """The supplier of a document, or None when it names none."""
    return _first_party(source, SUPPLIER_ROLES, "cbc:CustomerAssignedAccountID")


def read_buyer(source: DocumentSource) -> Party | None:
    """The buyer of a document, or None when it names none."""
    return _first_party(source, BUYER_ROLES, "cbc:SupplierAssignedAccountID")


def read_payee(source: DocumentSource) -> Party | None:
    """Who is to be paid when it is not the supplier (``cac:PayeeParty``), else None."""
    element = source.root.find("cac:PayeeParty")
    return None if element is None else _read_party(source, element, ())


def _first_party(source: DocumentSource, roles: tuple[str, ...], account: str) -> Party | None:
    for role in roles:
        element = source.root.find(role)
        if element is None:
            continue
        numbers = tuple(
            Identifier(IdentifierKind.ACCOUNT, value)
            for number in element.find_all(account)
            if (value := source.identifier(number))
        )
        party = _read_party(source, element.find("cac:Party"), numbers)
        if party:
            return party
    return None


def _read_party(source: DocumentSource, party: Element | None, accounts: tuple[Identifier, ...]) -> Party | None:
    found = list(accounts)
    name = None
    if party is not None:
        name = text_of(party, "cac:PartyName/cbc:Name") or text_of(party, "cac:PartyLegalEntity/cbc:RegistrationName")
        name = name or text_of(party, "cac:PartyTaxScheme/cbc:RegistrationName")
        for kind, path in IDENTIFIERS:
            found += [
                Identifier(kind, value, _scheme(element))
                for element in party.find_all(path)
                if (value := source.identifier(element))
            ]
        found += _tax_identifiers(source, party)
    order = list(IdentifierKind)
    identifiers = tuple(sorted(dict.fromkeys(found), key=lambda identifier: order.index(identifier.kind)))
    if not name and not identifiers:
        return None
    return Party(name or identifiers[0].value, identifiers)


def _tax_identifiers(source: DocumentSource, party: Element) -> list[Identifier]:
    found = []
    for scheme in party.find_all("cac:PartyTaxScheme"):
        company = scheme.find("cbc:CompanyID")
        if company is not None and (value := source.identifier(company)):
            stated = _scheme(company) or text_of(scheme, "cac:TaxScheme/cbc:ID")
            found.append(Identifier(IdentifierKind.TAX, value, stated))
    return found


def _scheme(identifier: Element) -> str | None:
    return identifier.attributes.get("schemeID", "").strip()[:MAX_IDENTIFIER] or None
