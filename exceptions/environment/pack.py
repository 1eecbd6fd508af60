"""Case packs: how cases enter and leave the system."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from exceptions.environment.case import Case
from exceptions.environment.fields import shown
from exceptions.environment.strict_json import JsonRefused, read_json

PACK_FORMAT = "invoiceguard.case-pack/1"
MAX_PACK_BYTES = 32 * 2**20
MAX_PACK_CASES = 20_000
#: A pack has five levels (pack, cases, case, document, lines); the rest is for saying which field is wrong.
MAX_PACK_DEPTH = 20
MAX_PACK_VALUES = 2_000_000
#: Reading stops after so many problems: nobody reads more, and each one costs memory.
MAX_PROBLEMS = 500

_PACK_FIELDS = ("format", "name", "cases")
_MESSAGES = {
    "extra_forbidden": "unknown field",
    "missing": "missing field",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must look like {pattern}",
    "string_unicode": "contains half of a surrogate pair",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "enum": "must be {expected}",
    "string_too_long": "longer than {max_length} characters",
}


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One thing that is wrong: the case (its id, or its place such as `cases[3]`), the path in it, what is
    wrong.

    `case` is empty for a problem of the pack itself; `path` is empty for one of the whole case.
    """

    case: str
    path: str
    message: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.case, self.path) if part)
        return f"{place}: {self.message}" if place else self.message


class CasePackError(ValueError):
    """A pack that was refused, with everything that is wrong with it."""

    def __init__(self, errors: Iterable[PackProblem]) -> None:
        self.errors = list(errors)
        count = len(self.errors)
        heading = "The case pack was refused" if count == 1 else f"The case pack was refused, {count} problems"
        super().__init__("\n".join((f"{heading}:", *(f"- {problem}" for problem in self.errors))))


def load_case_pack(source: Path | str | Mapping[str, Any] | bytes) -> list[Case]:
    """The cases of a pack, in its order: all of them, or none and the reasons.

    `source` is a path (Path or str), the pack's JSON as UTF-8 bytes (with or without a byte order mark), or
    the decoded object.

    Raises:
        CasePackError: the pack cannot be read or any part of it is wrong.
    """
    return _read_pack(source if isinstance(source, Mapping) else _decode(_pack_bytes(source)))


def dump_case_pack(cases: Iterable[Case], name: str) -> dict[str, Any]:
    """The pack as an object for `json.dumps`: decimals as strings, dates ISO 8601. Ground truth is included."""
    return {
        "format": PACK_FORMAT,
        "name": name,
        "cases": [case.model_dump(mode="json") for case in cases],
    }


def _refuse(message: str) -> CasePackError:
    return CasePackError([PackProblem("", "", message)])


def _pack_bytes(source: Path | str | bytes) -> bytes:
    if not isinstance(source, bytes):
        try:
            with Path(source).open("rb") as file:
                source = file.read(MAX_PACK_BYTES + 1)
        except (OSError, ValueError) as error:
            raise _refuse(f"cannot read {str(source)[:300]}: {error}") from error
    if len(source) > MAX_PACK_BYTES:
        raise _refuse(f"larger than {MAX_PACK_BYTES // 2**20} MiB; split it into several packs")
    return source


def _decode(content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refuse(f"not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    try:
        return read_json(text, max_depth=MAX_PACK_DEPTH, max_values=MAX_PACK_VALUES)
    except JsonRefused as error:
        raise _refuse(f"not readable as JSON: {error}") from None


def _read_pack(pack: Any) -> list[Case]:
    if not isinstance(pack, Mapping):
        raise _refuse('not a case pack: expected an object with "format", "name" and "cases"')
    problems = [PackProblem("", shown(str(key)), "unknown field") for key in pack if key not in _PACK_FIELDS][:10]
    problems += [PackProblem("", key, "missing field") for key in _PACK_FIELDS if key not in pack]
    if "format" in pack and pack["format"] != PACK_FORMAT:
        problems.append(PackProblem("", "format", f'must be "{PACK_FORMAT}"'))
    name = pack.get("name", "-")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 200:
        problems.append(PackProblem("", "name", "must be a text of 1 to 200 characters"))
    entries = pack.get("cases", [])
    if not isinstance(entries, list | tuple):
        problems.append(PackProblem("", "cases", "must be a list of cases"))
        entries = []
    if len(entries) > MAX_PACK_CASES:
        raise CasePackError([*problems, PackProblem("", "cases", f"more than {MAX_PACK_CASES} cases")])
    cases: list[Case] = []
    for position, entry in enumerate(entries):
        try:
            cases.append(Case.model_validate(entry))
        except ValidationError as error:
            problems.extend(_case_problems(_case_name(entry, position), error))
        if len(problems) >= MAX_PROBLEMS:
            problems[MAX_PROBLEMS:] = [PackProblem("", "", "too many problems; the rest was not read")]
            raise CasePackError(problems)
    problems.extend(_named_twice(entries))
    if problems:
        raise CasePackError(problems)
    return cases


def _case_name(entry: Any, position: int) -> str:
    case_id = entry.get("id") if isinstance(entry, Mapping) else None
    return shown(case_id, 120) if isinstance(case_id, str) and case_id else f"cases[{position}]"


def _case_problems(case: str, error: ValidationError) -> Iterator[PackProblem]:
    details = error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
    parents = {detail["loc"][:depth] for detail in details for depth in range(1, len(detail["loc"]))}
    for detail in details:
        # Pydantic counts only the entries that are right: a list with a wrong entry is not also too short.
        if detail["type"] != "too_short" or detail["loc"] not in parents:
            yield PackProblem(case, field_path(detail["loc"]), problem_message(detail))


def _named_twice(entries: Iterable[Any]) -> Iterator[PackProblem]:
    for field in ("id", "reference"):
        first: dict[str, int] = {}
        for position, entry in enumerate(entries):
            value = entry.get(field) if isinstance(entry, Mapping) else None
            if not isinstance(value, str):
                continue
            if value in first:
                yield PackProblem(
                    _case_name(entry, position),
                    field,
                    f"cases[{position}] has the {field} of cases[{first[value]}]",
                )
            first.setdefault(value, position)


def field_path(location: tuple[int | str, ...]) -> str:
    """`invoice.lines[0].quantity` for pydantic's ("invoice", "lines", 0, "quantity")."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{shown(part)}" if path else shown(part)
    return path


def problem_message(detail: ErrorDetails) -> str:
    """Pydantic's finding in the words of the desk."""
    template = _MESSAGES.get(detail["type"])
    if template is None:
        return detail["msg"]
    return template.format(**detail.get("ctx", {}))
