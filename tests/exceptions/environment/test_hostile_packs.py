"""Broken, huge, deep and wrongly encoded packs: refused with the reason, in bounded time and memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from exceptions.environment import MAX_PACK_BYTES, CasePackError, load_case_pack
from tests.exceptions.environment.case_builder import pack_dict

PACK = json.dumps(pack_dict())


def reason(content: bytes) -> str:
    with pytest.raises(CasePackError) as caught:
        load_case_pack(content)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_it_refuses_another_encoding(encoding: str) -> None:
    content = PACK.replace("Harrow", "Härrow").encode(encoding)
    assert "not UTF-8" in reason(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not readable as JSON"),
        (b"\x00", "not readable as JSON"),
        (b"{", "line 1"),
        (b'{"format": 1,}', "not readable as JSON"),
        (b"[1, 2] 3", "Extra data"),
        (b"null", "not a case pack"),
        (b"[]", "not a case pack"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": -Infinity}', "Infinity is not a number"),
        (b'{"name": "a", "name": "b"}', "'name' occurs twice"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number of 5000 characters"),
        (b'{"a": 1e' + b"9" * 100 + b"}", "a number of 102 characters"),
        (b"[" * 100 + b"]" * 100, "nested more than 20"),
        (b"[" * 1_000_000, "nested more than 20"),
        (b'{"a":' * 1_000_000, "nested more than 20"),
        (b"[" + b"0," * 2_100_000 + b"0]", "more than 2000000 values"),
        (b'{"cases": [' + b"{}," * 30_000 + b"{}]}", "more than 20000 cases"),
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(200)) + b"}", "more than 100 keys"),
        (b'"' + b"\\" * 1_000_001, "not readable as JSON"),
        (b'{"a": "' + b'\\"' * 1_000_000, "not readable as JSON"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_it_says_why_it_refuses(content: bytes, words: str) -> None:
    assert words in reason(content)


def test_it_does_not_take_brackets_in_a_text_for_nesting() -> None:
    pack = PACK.replace("Thank you", "[[[[{{{{" * 50)
    assert load_case_pack(pack.encode())[0].invoice.note.startswith("[[[[{{{{")


def test_it_refuses_a_pack_above_the_limit_without_reading_on(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(50 * MAX_PACK_BYTES)
    with pytest.raises(CasePackError, match="larger than 32 MiB"):
        load_case_pack(path)


@pytest.mark.parametrize("name", ["missing.json", ".", "a\x00b"])
def test_it_says_which_file_it_cannot_read(name: str, tmp_path: Path) -> None:
    with pytest.raises(CasePackError, match="cannot read"):
        load_case_pack(f"{tmp_path}/{name}")


def test_it_stops_after_many_problems() -> None:
    content = b'{"format": "invoiceguard.case-pack/1", "name": "a", "cases": [' + b"{}," * 19_000 + b"{}]}"
    with pytest.raises(CasePackError) as caught:
        load_case_pack(content)
    assert len(caught.value.errors) == 501
    assert "the rest was not read" in caught.value.errors[-1].message


#: Reads a pack in a process of its own and prints by how much that raised the peak of its memory, in MiB.
_MEASURE = """
import resource, sys
from exceptions.environment import CasePackError, load_case_pack
content = eval(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load_case_pack(content)
except CasePackError as error:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, str(error)[:300])
"""


@pytest.mark.parametrize(
    "recipe",
    [
        "b'[' + b'[],' * (32 * 2**20 // 3 - 2) + b'[]]'",
        "b'[' + b'[],' * 999_000 + b'[]]'",
        "b'{\"cases\":[' + b'{\"a\":{}},' * 18_000 + b'{}]}'",
        "b'{\"a\": \"' + '\\U0001f600'.encode() * (8 * 2**20 - 4) + b'\"}'",
        "b'\"' * (32 * 2**20)",
        "b'1' * (32 * 2**20)",
    ],
)
def test_it_refuses_in_bounded_memory(recipe: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, recipe], check=True, capture_output=True, text=True, timeout=100
    )
    grown, message = done.stdout.split(maxsplit=1)
    assert "refused" in message
    assert int(grown) < 512
