"""Path parts that only match what can exist."""


class ReferenceConverter:
    """The reference of a case, as case packs may give it."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
