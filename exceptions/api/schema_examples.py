"""Examples of whole answers, put together from the examples of their fields."""

from collections.abc import Mapping
from typing import Any, Final

_REF: Final = "#/components/schemas/"


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    """A value that the schema describes.

    `components` are the schemas by name. A field's own first example is taken as it is; what has none is built from its
    parts: an object from its properties, a list of one element, a choice by its first.
    """
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(components[schema["$ref"].removeprefix(_REF)], components)
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: example_of(inner, components) for name, inner in schema.get("properties", {}).items()}
        case "array":
            return [example_of(schema["items"], components)]
    raise ValueError(f"give this an example, there is none to be made for it: {schema}")
