"""What a document that cannot be read is answered with."""


class DocumentError(Exception):
    """A document that cannot be read.

    Attributes:
        document: the name the document came under (usually a file name).
        element: path of the element at fault, such as ``Invoice/cac:InvoiceLine[2]/cbc:ID``, or None
            when the whole file is at fault.
        line: line of that element in the file, counted from 1, or None when it is unknown.
        problem: what is wrong, one sentence.
        remedy: what to do about it, one sentence.
    """

    def __init__(
        self, document: str, problem: str, remedy: str, *, element: str | None = None, line: int | None = None
    ) -> None:
        self.document = document
        self.element = element
        self.line = line
        self.problem = problem
        self.remedy = remedy
        super().__init__(document, problem, remedy, element, line)

    def __str__(self) -> str:
        place = self.document
        if self.line is not None:
            place += f", line {self.line}"
        if self.element is not None:
            place += f", {self.element}"
        return f"{place}: {self.problem} {self.remedy}"
