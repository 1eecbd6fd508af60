"""An adapter as a zip file that is sent while it is made, in memory that does not grow with its size."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from asgiref.sync import sync_to_async

from evaluation.players.adapters import ADAPTER_FILES

_BLOCK: Final = 1 << 18


class _Sink(io.RawIOBase):
    """What `ZipFile` writes to: cannot seek, and gives away what it has."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def archive_chunks(folder: Path, card: str) -> Iterator[bytes]:
    """A zip of the adapter in this folder and its card, in pieces. Weights do not compress: they are stored."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        archive.writestr(ZipInfo("README.md"), card)
        for name in ADAPTER_FILES:
            # Without a date, the same adapter gives the same bytes.
            with (folder / name).open("rb") as file, archive.open(ZipInfo(name), "w", force_zip64=True) as entry:
                while block := file.read(_BLOCK):
                    entry.write(block)
                    yield sink.take()
    yield sink.take()


async def streamed(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces for an asynchronous server: Django would read a synchronous iterator to its end before it sends."""
    following = sync_to_async(lambda: next(chunks, None))
    while (chunk := await following()) is not None:
        yield chunk
