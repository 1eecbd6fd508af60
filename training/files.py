"""A run that is told to a folder of files: for machines without a database, to be brought in by `import_training_run`.

run.json                       recipe, base model, data, machine, times, status
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
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exceptions.environment import Case, dump_case_pack
from training.checkpoints import Checkpoint

if TYPE_CHECKING:
    from evaluation.rollout import Rollout


class FileReporter:
    """Writes what a trainer tells into `folder`."""

    def __init__(self, folder: Path, *, about: Mapping[str, Any]) -> None:
        """`about`: what stands in run.json beside times, machine and status."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.stop_asked = False
        self._about = {**about, "machine": _machine(), "started_at": _now(), "status": "running"}
        self._cases: dict[str, Case] = {}
        self._write_about()

    @property
    def checkpoints(self) -> Path:
        """The folder to give to the trainer."""
        return self.folder / "checkpoints"

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        self._append("metrics", [{"step": step, "name": name, "value": value} for name, value in values.items()])

    def log(self, text: str, level: str = "info") -> None:
        self._append("log", [{"at": _now(), "level": level, "text": text}])

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        self._about |= {"steps": done, "total_steps": total, "memory_bytes": memory_bytes}

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
        (self.folder / "run.json").write_text(json.dumps(self._about, indent=1, ensure_ascii=False))

    def _append(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        with (self.folder / f"{name}.ndjson").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


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
