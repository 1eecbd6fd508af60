"""A run that is told to a folder of files: for machines without a database, to be brought in by `import_training_run`.

run.json                       recipe, base model, data, machine, times, status; written at every step
metrics.ndjson                 {"step", "name", "value"}, the last of a (step, name) counts
log.ndjson                     {"at", "level", "text"}
cases.json                     case pack of all cases that were played
episodes-<set>-<epoch>.ndjson  {"case", "seed", "rewards", "prompt", "answers": [...], "stop", "error"}
                               of the set holdout, select or test; test-<name> where there are several
checkpoints/                   the trainer's own
adapter/                       or the adapter that was tested, brought without its checkpoint
"""

import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from exceptions.environment import dump_case_pack, load_case_pack
from training.checkpoints import Checkpoint
from training.reporting import TrainingFailed

if TYPE_CHECKING:
    from evaluation.rollout import Rollout


#: How far a run is, as run.json has it.
_PROGRESS: Final = ("steps", "total_steps", "memory_bytes")


class FileReporter:
    """Writes what a trainer tells into `folder`; a run that stands there already goes on."""

    def __init__(
        self, folder: Path, *, about: Mapping[str, Any], tell: Callable[[str], None] = lambda words: None
    ) -> None:
        """Begin, or go on.

        Args:
            about: what stands in run.json beside times, machine and status.
            tell: is given every line of the log, and how far it is.

        Raises:
            TrainingFailed: another run stands in the folder, or this one has been trained to its end.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.stop_asked = False
        self._tell = tell
        before = _before(folder, about)
        self._worked_before = float(before.get("worked_seconds", 0))
        self._began = time.monotonic()
        self._about = {
            **about,
            "machine": _machine(),
            "started_at": before.get("started_at") or _now(),
            "status": "running",
            "worked_seconds": self._worked_before,
        }
        # Where the last step was made before, none follows that would say it again.
        self._about |= {name: before[name] for name in _PROGRESS if name in before}
        pack = folder / "cases.json"
        self._cases = {case.id: case for case in (load_case_pack(pack) if pack.exists() else ())}
        self._write_about()

    @property
    def checkpoints(self) -> Path:
        """The folder to give to the trainer."""
        return self.folder / "checkpoints"

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._append("metrics", [{"step": step, "name": name, "value": value} for name, value in values.items()])

    def log(self, text: str, level: str = "info") -> None:
        self._append("log", [{"at": _now(), "level": level, "text": text}])
        self._tell(text)

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        self._about |= {"steps": done, "total_steps": total, "memory_bytes": memory_bytes}
        self._write_about()
        speed = f", {tokens_per_second:,.0f} tokens/s" if tokens_per_second else ""
        self._tell(f"{done} of {total} steps{speed}, {self._about['worked_seconds'] / 60:.0f} min of work")

    def evaluated(self, epoch: int, set_name: str, rollouts: "Sequence[Rollout]") -> None:
        self._cases |= {one.case.id: one.case for one in rollouts}
        pack = dump_case_pack(self._cases.values(), "Cases played in training")
        (self.folder / "cases.json").write_text(json.dumps(pack, ensure_ascii=False))
        lines = [_episode(one) for one in rollouts]
        name = f"episodes-{set_name}-{epoch:04d}"
        (self.folder / f"{name}.ndjson").unlink(missing_ok=True)
        self._append(name, lines)

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """The trainer has written it."""

    def should_stop(self) -> bool:
        return self.stop_asked

    def ended(self, status: str, **about: Any) -> None:
        """Say how it ended: succeeded, failed or cancelled."""
        self._about |= {"status": status, "ended_at": _now(), **about}
        self._write_about()

    def _write_about(self) -> None:
        # At every step: of a run that is killed it is known how long it has worked.
        self._about["worked_seconds"] = round(self._worked_before + time.monotonic() - self._began, 1)
        unfinished = self.folder / "run.json.new"
        unfinished.write_text(json.dumps(self._about, indent=1, ensure_ascii=False))
        unfinished.replace(self.folder / "run.json")

    def _append(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with (self.folder / f"{name}.ndjson").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _before(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """What run.json says of the run so far; nothing where none has begun."""
    if not (folder / "run.json").exists():
        return {}
    before: dict[str, Any] = json.loads((folder / "run.json").read_text())
    if differ := [name for name in ("recipe", "base_model", "adapter") if before.get(name) != about.get(name)]:
        words = " and ".join(differ)
        raise TrainingFailed(f"Another run stands in {folder}, which has another {words}. Take another folder.")
    if before["status"] == "succeeded":
        raise TrainingFailed(f"The run in {folder} has been trained to its end. Take another folder.")
    return before


def _episode(one: "Rollout") -> dict[str, Any]:
    return {
        "case": one.case.id,
        "seed": one.play.conversation.seed,
        "rewards": one.play.env.scheme.name,
        "prompt": one.play.prompt.to_settings(),
        "stop": one.play.env.state.stop_reason,
        "error": one.play.error,
        "answers": [
            {
                "text": step.completion.text,
                "prompt_tokens": step.completion.prompt_tokens,
                "computed_tokens": step.completion.computed_tokens,
                "completion_tokens": step.completion.completion_tokens,
                "latency": round(step.completion.latency, 4),
                "stop": step.completion.stop,
            }
            for step in one.play.steps
        ],
    }


def _machine() -> str:
    words = [platform.system(), platform.machine()]
    try:
        import torch
    except ImportError:
        return " ".join(words)
    if torch.cuda.is_available():
        words.append(torch.cuda.get_device_name())
    else:
        words.append(f"{torch.get_num_threads()} CPU threads")
    return " ".join([*words, f"torch {torch.__version__}"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
