"""What the processes write: into a log file each, and with a name before every line onto the terminal."""

import sys
from pathlib import Path
from typing import TextIO

_LOG_MAX_BYTES = 5_000_000
_COLOURS = (36, 33, 32, 35, 34, 31)
_NAME_WIDTH = 10


class Terminal:
    """The one place that writes to the terminal, line by line: lines of several processes never mix."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self._stream = stream
        self._coloured = stream.isatty()
        self._colours: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """Write one line that `name` said."""
        label = f"{name:<{_NAME_WIDTH}} |"
        if self._coloured:
            colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
            label = f"\x1b[{colour}m{label}\x1b[0m"
        self.plain(f"{label} {text}")

    def plain(self, text: str) -> None:
        """Write `text` as it is. A terminal that was closed is no reason to stop the processes."""
        try:
            print(text, file=self._stream, flush=True)
        except BrokenPipeError:
            self._stream = Path("/dev/null").open("w")  # noqa: SIM115 - kept open for as long as the process lives


class ProcessLog:
    """The log file of one process; a large one is put aside, once, when the next start opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LOG_MAX_BYTES:
            path.replace(path.with_suffix(".log.1"))
        self._file = path.open("ab")
        self._unfinished = b""

    def take(self, chunk: bytes) -> list[str]:
        """Store what was read and return the lines that it completed."""
        self._file.write(chunk)
        self._file.flush()
        *lines, self._unfinished = (self._unfinished + chunk).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in lines]

    def tail(self, lines: int = 20) -> str:
        """Return the last `lines` lines."""
        return "\n".join(self.path.read_text(errors="replace").splitlines()[-lines:])

    def close(self) -> None:
        """Close the file."""
        self._file.close()
