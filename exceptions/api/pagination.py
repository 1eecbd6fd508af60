"""Cursor pagination, newest first."""

from typing import Any
from uuid import UUID

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class CreatedCursorPagination(CursorPagination):
    """Newest first, by a cursor: what is added while a client pages neither repeats a row nor hides one.

    The position is the primary key: a UUIDv7 sorts by the time it was made, and no two rows share one.
    """

    ordering = ("-id",)
    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    page_size_query_description = "Rows of a page, 1 to 200."
    cursor_query_description = "From `next` or `previous` of an earlier page."
    invalid_cursor_message = "This cursor is not one that the desk made; begin again without it."

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuse a cursor whose position is no key: the database would refuse it less kindly."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            try:
                UUID(str(cursor.position))
            except ValueError:
                raise NotFound(self.invalid_cursor_message) from None
        return cursor

    def get_page_size(self, request: Request) -> int:
        """Say what is wrong with a page size instead of using another one."""
        given = request.query_params.get(self.page_size_query_param)
        if given is None:
            return self.page_size
        if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= self.max_page_size:
            raise ValidationError({self.page_size_query_param: [f"must be 1 to {self.max_page_size}"]})
        return int(given)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page as OpenAPI 3.1."""
        link = {"type": ["string", "null"], "format": "uri"}
        example = "https://desk.example.com/api/v1/episodes/?cursor=cD0wMTk"
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link | {"description": "Address of the next page; null on the last.", "examples": [example]},
                "previous": link
                | {"description": "Address of the page before; null on the first.", "examples": [None]},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """`cursor` and `page_size`, with the bounds of the latter."""
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] = {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                }
        return parameters
