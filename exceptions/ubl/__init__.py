"""UBL 2.x business documents in: read one with `read_document`, join several to trades with `join_trade`."""

from exceptions.ubl.documents import DocumentKind, Identifier, IdentifierKind, Party, TradeDocument, TradeLine
from exceptions.ubl.errors import DocumentError
from exceptions.ubl.join import join_trade
from exceptions.ubl.reader import read_document
from exceptions.ubl.trade import JoinedTrade, SetAside, Severity, TradeJoin, TradeProblem, WaitingDocument
from exceptions.ubl.xml_tree import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "DocumentError",
    "DocumentKind",
    "Identifier",
    "IdentifierKind",
    "JoinedTrade",
    "Party",
    "SetAside",
    "Severity",
    "TradeDocument",
    "TradeJoin",
    "TradeLine",
    "TradeProblem",
    "WaitingDocument",
    "join_trade",
    "read_document",
]
