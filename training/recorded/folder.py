"""A run that was told to a folder of files (`training.files`), as lines."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from evaluation.players.adapters import ADAPTER_FILES, adapter_sha256
from training.checkpoints import Checkpoint, all_checkpoints
from training.recorded.lines import (
    FORMAT,
    CaseLine,
    CheckpointLine,
    EpisodeLine,
    Line,
    LogLine,
    MetricLine,
    RecordingRefused,
    RunLine,
)

_SPEED = "train/tokens_per_second"


def folder_lines(folder: Path) -> Iterator[Line]:
    """The lines of the run in this folder.

    Raises:
        RecordingRefused: a file is missing or damaged, or the run has not ended.
    """
    try:
        about = json.loads((folder / "run.json").read_text())
        curves = _curves(folder / "metrics.ndjson")
        log = list(_rows(folder / "log.ndjson"))
        yield _run(about, curves, log)
        for name, points in sorted(curves.items()):
            yield MetricLine(name=name, points=sorted(points.items()))
        for row in log:
            yield LogLine(**row)
        tests = sorted(folder.glob("episodes-test*.ndjson"))
        brought = _adapter(folder, about, curves, tests)
        for checkpoint in all_checkpoints(folder / "checkpoints"):
            # Of the one that was brought by itself there may be a copy in other numbers.
            if brought is None or (checkpoint.kind, checkpoint.epoch) != (brought.kind, brought.epoch):
                yield _checkpoint(folder, checkpoint)
        if brought is not None:
            yield brought
        pack = folder / "cases.json"
        for case in json.loads(pack.read_text())["cases"] if pack.exists() else ():
            yield CaseLine(case=case)
        for path in sorted(folder.glob("episodes-*.ndjson")):
            yield from _episodes(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        words = str(error) if not isinstance(error, ValidationError) else str(error.errors(include_url=False)[0])
        raise RecordingRefused(f"{folder} is no folder of a training run: {words}. Nothing was loaded.") from error


def _run(about: dict[str, Any], curves: dict[str, dict[int, float | None]], log: list[dict[str, Any]]) -> RunLine:
    if about.get("status") not in ("succeeded", "failed", "cancelled"):
        raise RecordingRefused(f"The run stands at “{about.get('status')}”: only one that has ended is brought in.")
    started = datetime.fromisoformat(about["started_at"])
    ended = datetime.fromisoformat(about["ended_at"])
    config, speeds = about["recipe"], [value for value in curves.get(_SPEED, {}).values() if value]
    steps = max((step for name, points in curves.items() if name == "train/lr" for step in points), default=0)
    return RunLine(
        format=FORMAT,
        id=_id(about, started),
        name=about.get("name") or _name(about),
        config=config,
        base_model=about["base_model"],
        adapter=about.get("adapter", ""),
        status=about["status"],
        error=about.get("error") or ("It failed without saying why." if about["status"] == "failed" else ""),
        code_version=about.get("code_version", ""),
        machine=about.get("machine", ""),
        started_at=started,
        ended_at=ended,
        done=about.get("steps") or steps,
        total=about.get("total_steps") or steps,
        tokens_per_second=sum(speeds) / len(speeds) if speeds else None,
        memory_bytes=about.get("memory_bytes"),
        worked_seconds=about.get("worked_seconds") or (ended - started).total_seconds(),
    )


def _name(about: dict[str, Any]) -> str:
    """As a run that was launched here would be called, with the name that it had there."""
    config = about["recipe"]
    there = f", {about['id']}" if about.get("id") else ""
    return f"{config['title']}, {about['base_model']}, seed {config['seed']}{there}"


def _id(about: dict[str, Any], started: datetime) -> UUID:
    """A UUIDv7 of the start, the same each time that the folder is brought in (RFC 9562, 5.7)."""
    told = json.dumps([about.get("id"), about["recipe"], about["started_at"]], sort_keys=True).encode()
    value = int.from_bytes(sha256(told).digest()[:16], "big")
    value = (int(started.timestamp() * 1000) << 80) | (value & ((1 << 80) - 1))
    value = value & ~(0xF << 76) | (7 << 76)
    return UUID(int=value & ~(0x3 << 62) | (2 << 62))


def _curves(path: Path) -> dict[str, dict[int, float | None]]:
    """Values by name and step; of a (name, step) that was told twice, as after an interruption, the last."""
    found: defaultdict[str, dict[int, float | None]] = defaultdict(dict)
    for row in _rows(path):
        value = row["value"]
        # Python writes NaN and Infinity, which are no JSON, and reads them again.
        finite = value is not None and abs(float(value)) < float("inf")
        found[row["name"]][int(row["step"])] = float(value) if finite else None
    return found


def _checkpoint(folder: Path, checkpoint: Checkpoint) -> CheckpointLine:
    written = (checkpoint.folder / "checkpoint.json").stat().st_mtime
    files = [path for name in ADAPTER_FILES if (path := checkpoint.folder / name).exists()]
    # Weights that were left where they were trained.
    whole = len(files) == len(ADAPTER_FILES)
    return CheckpointLine(
        kind=checkpoint.kind,
        epoch=checkpoint.epoch,
        step=checkpoint.step,
        scores=dict(checkpoint.scores),
        sha256=checkpoint.sha256,
        size=sum(path.stat().st_size for path in files),
        at=datetime.fromtimestamp(written, UTC),
        folder=str(checkpoint.folder.relative_to(folder)) if whole else "",
    )


def _adapter(
    folder: Path, about: dict[str, Any], curves: dict[str, dict[int, float | None]], tests: list[Path]
) -> CheckpointLine | None:
    """The adapter that was brought without its checkpoint, in `adapter/`: that of the epoch that was tested, else of
    the last one.
    """
    if not (folder / "adapter").is_dir():
        return None
    epoch = _epoch(tests[0]) if tests else max(curves.get("eval/score", {0: None}))
    scores = {name: points.get(epoch) for name, points in curves.items() if name.startswith("eval/")}
    return CheckpointLine(
        kind="epoch",
        epoch=epoch,
        step=about.get("steps") or 0,
        scores={name: value for name, value in scores.items() if value is not None},
        sha256=adapter_sha256(folder / "adapter"),
        size=sum((folder / "adapter" / name).stat().st_size for name in ADAPTER_FILES),
        at=datetime.fromisoformat(about["ended_at"]),
        folder="adapter",
    )


def _epoch(path: Path) -> int:
    """`episodes-test-twins-0003.ndjson` → 3."""
    return int(path.stem.rpartition("-")[2])


def _episodes(path: Path) -> Iterator[EpisodeLine]:
    # There may be several tests, each with a name of its own behind the word.
    set_name, epoch = path.stem.split("-")[1], _epoch(path)
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    for row in _rows(path):
        yield EpisodeLine(epoch=epoch, set=set_name, at=at, **row)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(line) for line in file)
