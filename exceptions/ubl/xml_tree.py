"""Untrusted XML into a small tree: bounded in size, depth and number of elements, without DTD or entities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesNSImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from exceptions.ubl.errors import DocumentError

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 100_000
MAX_TEXT = 20_000
MAX_NAME = 200
MAX_NAMESPACE = 1000
# Longest stretch without a tag or text, in bytes: what one giant tag or comment can make the parser hold.
MAX_SILENCE = 256 * 1024
CHUNK = 64 * 1024

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
PREFIXES = {
    UBL + "CommonBasicComponents-2": "cbc",
    UBL + "CommonAggregateComponents-2": "cac",
}
DECLARED_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
# The one control character that XML allows and the desk's texts do not.
DELETE = "\x7f"
ATTACHMENT = "cbc:EmbeddedDocumentBinaryObject"


@dataclass(slots=True, eq=False)
class Element:
    """An element of a document.

    ``tag`` is ``cbc:…`` or ``cac:…`` by namespace, whatever prefix the file uses, and ``other:…`` for every
    other namespace. ``attributes`` holds those without a namespace; ``line`` counts from 1; ``place`` is the
    element's number among its parent's children of the same tag, from 1.
    """

    tag: str
    line: int
    attributes: dict[str, str]
    parent: Element | None
    place: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def find_all(self, path: str) -> Iterator[Element]:
        """Elements below this one along a path such as ``cac:Item/cbc:Name``, in document order."""
        step, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == step:
                if rest:
                    yield from child.find_all(rest)
                else:
                    yield child

    def find(self, path: str) -> Element | None:
        """The first element along a path, or None."""
        return next(self.find_all(path), None)

    @property
    def path(self) -> str:
        """Where the element stands, such as ``Invoice/cac:InvoiceLine[2]/cbc:ID``."""
        if self.parent is None:
            return self.tag.partition(":")[2]
        alone = self.place == 1 and sum(1 for _ in islice(self.parent.find_all(self.tag), 2)) == 1
        return f"{self.parent.path}/{self.tag}" + ("" if alone else f"[{self.place}]")


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A parsed document: the namespace and the local name of its root element, and the tree."""

    namespace: str
    name: str
    root: Element


def parse_xml(data: bytes, document: str) -> XmlDocument:
    """Read the bytes of a document into a tree.

    Raises:
        DocumentError: the file is empty, larger than ``MAX_BYTES``, nested deeper than ``MAX_DEPTH``,
            has more than ``MAX_ELEMENTS`` elements, a text longer than ``MAX_TEXT`` characters, a DTD, an
            encoding that does not hold, or is not well-formed.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(
            document,
            f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.",
            "Send it without attachments, or split it.",
        )
    if not data.strip():
        raise DocumentError(document, "The file is empty.", "Send the document again.")
    parser = DefusedExpatParser(namespaceHandling=1, forbid_dtd=True)
    builder = _TreeBuilder(document, parser)
    parser.setContentHandler(builder)
    try:
        for start in range(0, len(data), CHUNK):
            parser.feed(data[start : start + CHUNK])
            builder.hear(start + CHUNK)
    except SAXParseException as error:
        raise _malformed(document, data, error) from error
    except DefusedXmlException as error:
        raise DocumentError(
            document,
            "The file has a document type declaration (DTD) or declares entities.",
            "Business documents need neither: send it without a DOCTYPE.",
            line=parser.getLineNumber(),
        ) from error
    except (ValueError, LookupError) as error:
        raise _undecodable(document, str(error)) from error
    try:
        parser.close()
    except SAXParseException as error:
        raise DocumentError(
            document,
            "The file ends in the middle of the document.",
            "It was cut off on its way: send it again.",
            line=error.getLineNumber(),
        ) from error
    return builder.document()


def _malformed(document: str, data: bytes, error: SAXParseException) -> DocumentError:
    reason = error.getMessage()
    if "encoding" in reason or ("invalid token" in reason and _claims_utf8_wrongly(data)):
        return _undecodable(document, reason, error.getLineNumber())
    return DocumentError(
        document,
        f"The file is not well-formed XML ({reason}).",
        "Export it again as UBL 2.x XML; other formats are not read.",
        line=error.getLineNumber(),
    )


def _claims_utf8_wrongly(data: bytes) -> bool:
    declared = DECLARED_ENCODING.search(data[:200])
    if declared and declared[1].lower() != b"utf-8":
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _undecodable(document: str, reason: str, line: int | None = None) -> DocumentError:
    return DocumentError(
        document,
        f"The encoding of the file cannot be read ({reason}).",
        "Save it in the encoding that its first line declares; UTF-8 is the safe choice.",
        line=line,
    )


class _TreeBuilder(ContentHandler):
    """Builds the tree while the parser reads and stops it at the first limit that is passed."""

    def __init__(self, document: str, position: Locator) -> None:
        super().__init__()
        self._document = document
        self._position = position
        self._read: XmlDocument | None = None
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._twins: list[dict[str, int]] = []
        self._text_length = 0
        self._elements = 0
        self._events = 0
        self._heard_events = 0
        self._heard_bytes = 0

    def document(self) -> XmlDocument:
        if self._read is None:
            raise DocumentError(self._document, "The file holds no element.", "Send the document again.")
        return self._read

    def hear(self, bytes_read: int) -> None:
        """Stop when the parser has swallowed ``MAX_SILENCE`` bytes without reporting anything."""
        if self._events != self._heard_events:
            self._heard_events, self._heard_bytes = self._events, bytes_read
        elif bytes_read - self._heard_bytes >= MAX_SILENCE:
            raise self._refusal(
                f"There are more than {MAX_SILENCE:,} bytes without an element or a text.",
                "Send the document without that long tag or comment.",
            )

    def startPrefixMapping(self, prefix: str | None, uri: str | None) -> None:  # noqa: N802 - SAX calls it so
        if uri and len(uri) > MAX_NAMESPACE:
            # The parser writes a namespace out at every element: a long one costs minutes.
            raise self._refusal(f"A namespace is longer than {MAX_NAMESPACE} characters.", "Check the export.")

    def startElementNS(  # noqa: N802 - SAX calls it so
        self, name: tuple[str | None, str], qname: str | None, attrs: AttributesNSImpl
    ) -> None:
        self._events += 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise self._refusal(
                f"The document has more than {MAX_ELEMENTS:,} elements.", "Split it into several documents."
            )
        if len(self._open) == MAX_DEPTH:
            raise self._refusal(
                f"The elements are nested more than {MAX_DEPTH} deep.",
                "No UBL document needs that: check the export.",
            )
        # A namespace that contains white space makes the parser report more than two parts.
        namespace, local = " ".join(part or "" for part in name[:-1]), name[-1]
        if len(local) > MAX_NAME:
            raise self._refusal(f"An element's name is longer than {MAX_NAME} characters.", "Check the export.")
        # Foreign namespaces are not kept: a long one, repeated in every tag, would multiply the file's size.
        tag = f"{PREFIXES.get(namespace, 'other')}:{local}"
        parent = self._open[-1] if self._open else None
        twins = self._twins[-1] if self._open else {}
        twins[tag] = twins.get(tag, 0) + 1
        element = Element(
            tag=tag,
            line=self._line(),
            attributes={key[-1]: value for key, value in attrs.items() if key[0] is None},
            parent=parent,
            place=twins[tag],
        )
        if parent is None:
            self._read = XmlDocument(namespace, local, element)
        else:
            parent.children.append(element)
        self._open.append(element)
        self._texts.append([])
        self._twins.append({})
        self._text_length = 0

    def characters(self, content: str) -> None:
        self._events += 1
        if not self._open or not self._open[-1].tag.startswith("cbc:") or self._open[-1].tag == ATTACHMENT:
            return
        self._text_length += len(content)
        if self._text_length > MAX_TEXT:
            raise self._refusal(
                f"The text is longer than {MAX_TEXT:,} characters.",
                "Shorten it, or send it as an attachment.",
            )
        self._texts[-1].append(content)

    def endElementNS(  # noqa: N802 - SAX calls it so
        self, name: tuple[str | None, str], qname: str | None
    ) -> None:
        self._events += 1
        self._twins.pop()
        self._open.pop().text = " ".join("".join(self._texts.pop()).replace(DELETE, " ").split())

    def _line(self) -> int:
        return self._position.getLineNumber() or 1

    def _refusal(self, problem: str, remedy: str) -> DocumentError:
        here = self._open[-1] if self._open else None
        return DocumentError(
            self._document,
            problem,
            remedy,
            element=here.path if here else None,
            line=self._line(),
        )
