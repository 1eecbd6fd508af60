"""What a trainer tells, on its way into the database.

The trainer's own thread writes nothing: it leaves what it has to tell here, and the thread that renews the lease writes
it once a second. So a database that is away for a while stops no training; what could not be written waits.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils import timezone

from evaluation.lane import reviewer_waits, waiting_lanes_play
from evaluation.players.adapters import ADAPTER_FILES
from exceptions.environment import Case
from exceptions.services.errors import LeaseLost
from training.adapters.storage import store_adapter
from training.checkpoints import Checkpoint
from training.journal import Evaluated, Journal, read_journal
from training.models import RecipeKind, TrainingRun
from training.services.evaluations import PlayedEpisode, leased_evaluation_store
from training.services.preflight import QUEUE
from training.services.records import CheckpointRecord, LogRecord, ProgressRecord, Told, told_store

if TYPE_CHECKING:
    from evaluation.rollout import Rollout

log = structlog.get_logger(__name__)
#: Called with each progress: optimizer steps done, of so many, tokens per second, bytes.
OnProgress = Callable[[int, int, float | None, int | None], None]


class DatabaseReporter:
    """The `training.reporting.Reporter` of a leased run."""

    def __init__(
        self,
        run: TrainingRun,
        token: UUID,
        *,
        worker: str,
        serves_lanes: bool = False,
        on_progress: OnProgress | None = None,
    ) -> None:
        """`serves_lanes`: play what reviewers wait for between two steps, because nobody else plays on this device."""
        self._run, self._token, self._worker = run, token, worker
        self._serves_lanes, self._on_progress = serves_lanes, on_progress
        self._told = Told(phase="Loading the model")
        self._evaluated: list[Evaluated] = []
        self._journal: Journal | None = None
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._written_at = time.monotonic()
        self._evaluation_began = timezone.now()
        self._began: tuple[datetime, int] | None = None
        self._a_lane_waits = threading.Event()
        #: Somebody wants the run to end.
        self.stop_requested = threading.Event()
        #: This process is to end, and leaves the run to another.
        self.leaving = threading.Event()
        #: The lease is somebody else's.
        self.lost = threading.Event()

    @contextmanager
    def keeping_a_journal(self, folder: Path, cases: Sequence[Case]) -> Iterator[None]:
        """Tell again what was told of the run before, then write down all that is told while the block runs.

        `cases` are those that its evaluations play.
        """
        earlier = read_journal(folder, cases)
        stored = set(self._run.evaluations.values_list("epoch", "set_name"))
        with self._lock:
            self._told.metrics = earlier.metrics | self._told.metrics
            self._evaluated += [one for key, one in earlier.evaluations.items() if key not in stored]
        self._journal = Journal(folder)
        try:
            yield
        finally:
            self._journal.close()
            self._journal = None

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        if self._journal is not None:
            self._journal.metrics(step, values)
        with self._lock:
            self._told.metrics |= {(name, step): value for name, value in values.items()}

    def log(self, text: str, level: str = "info") -> None:
        with self._lock:
            self._told.log.append(LogRecord(timezone.now(), level, text))

    def phase(self, words: str) -> None:
        """What it is doing now, in a few words."""
        with self._lock:
            self._told.phase = words

    def progress(self, done: int, total: int, *, tokens_per_second: float | None, memory_bytes: int | None) -> None:
        now = timezone.now()
        self._began = self._began or (now, done)
        with self._lock:
            self._told.progress = ProgressRecord(done, total, tokens_per_second, memory_bytes, *self._began)
            self._told.phase = self._phase_at(done, total)
        # An evaluation begins where the last step ended.
        self._evaluation_began = now
        if self._on_progress is not None:
            self._on_progress(done, total, tokens_per_second, memory_bytes)

    def evaluated(self, epoch: int, set_name: str, rollouts: "Sequence[Rollout]") -> None:
        episodes = [
            PlayedEpisode(
                case=one.case,
                state=one.play.env.state,
                costs=[step.cost for step in one.play.steps],
                rewards=one.play.env.scheme.name,
                settings=one.play.prompt.to_settings() | {"seed": one.play.conversation.seed},
                error=one.play.error,
            )
            for one in rollouts
        ]
        one = Evaluated(epoch, set_name, episodes, began=self._evaluation_began, ended=timezone.now())
        if self._journal is not None:
            self._journal.evaluated(one)
        with self._lock:
            self._evaluated.append(one)
            self._told.phase = "Training"
        self.log(_in_words(self._run, epoch, set_name, rollouts))

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Adapters of epochs go into the storage here, in the trainer's thread: that may take longer than a lease.

        Raises:
            AdapterNotStored: the storage is full or does not answer.
        """
        kept = checkpoint.kind == "epoch"
        size = store_adapter(checkpoint.folder).size if kept else _size(checkpoint.folder)
        record = CheckpointRecord(
            checkpoint.kind,
            checkpoint.epoch,
            checkpoint.step,
            checkpoint.scores,
            checkpoint.sha256,
            kept,
            size,
            timezone.now(),
        )
        with self._lock:
            self._told.checkpoints.append(record)

    def should_stop(self) -> bool:
        """Asked between optimizer steps, and between turns: where a reviewer's lane can be served."""
        if self._a_lane_waits.is_set() and not self._ending():
            self._a_lane_waits.clear()
            self._serve_lanes()
        return self._ending()

    def tell(self) -> bool:
        """Write what there is to tell and renew the lease. False: the lease was lost, and the run must be left.

        Raises:
            DatabaseError: the database does not answer; what is to be told is kept.
        """
        with self._writing:
            try:
                while self._store_evaluation():
                    pass
                if self._store_told():
                    self.stop_requested.set()
            except LeaseLost:
                self.lost.set()
                return False
        if self._serves_lanes and reviewer_waits(QUEUE):
            self._a_lane_waits.set()
        return True

    def _store_evaluation(self) -> bool:
        with self._lock:
            first = self._evaluated[0] if self._evaluated else None
        if first is None:
            return False
        leased_evaluation_store(
            run_id=self._run.pk,
            token=self._token,
            epoch=first.epoch,
            set_name=first.set_name,
            episodes=first.episodes,
            began=first.began,
            ended=first.ended,
        )
        with self._lock:
            self._evaluated.pop(0)
        return True

    def _store_told(self) -> bool:
        now = time.monotonic()
        with self._lock:
            told, self._told = self._told, Told(phase=self._told.phase)
        try:
            stop = told_store(run_id=self._run.pk, token=self._token, told=told, seconds=now - self._written_at)
        except BaseException:
            with self._lock:
                self._told.put_back(told)
            raise
        self._written_at = now
        return stop

    def _serve_lanes(self) -> None:
        try:
            played = waiting_lanes_play(queue=QUEUE, worker=self._worker)
        except (DatabaseError, LeaseLost) as error:
            log.warning("a lane could not be served", error=str(error))
        else:
            log.info("went on after serving lanes", run=str(self._run.pk), episodes=played)
        finally:
            free_connection()

    def _ending(self) -> bool:
        return self.stop_requested.is_set() or self.leaving.is_set() or self.lost.is_set()

    def _phase_at(self, done: int, total: int) -> str:
        config: dict[str, Any] = self._run.config
        supervised = self._run.kind == RecipeKind.SFT
        rounds = int(config["epochs"] if supervised else config["iterations"])
        ended, left = divmod(done * rounds, max(total, 1))
        if supervised and done and not left:
            return f"Evaluating after epoch {ended} of {rounds}"
        return f"{'Epoch' if supervised else 'Iteration'} {min(ended + 1, rounds)} of {rounds}"


def _in_words(run: TrainingRun, epoch: int, set_name: str, rollouts: "Sequence[Rollout]") -> str:
    from training.holdout import resolved

    right = sum(resolved(one.play.env) for one in rollouts)
    word = "epoch" if run.kind == RecipeKind.SFT else "iteration"
    when = f"After {word} {epoch}" if epoch else "Before training"
    return f"{when}: {right} of {len(rollouts)} cases of the set “{set_name}” resolved."


def free_connection() -> None:
    """Give this thread's connection back: nobody needs it for as long as a model is trained."""
    if not connection.in_atomic_block:
        close_old_connections()


def _size(folder: Path) -> int:
    return sum((folder / name).stat().st_size for name in ADAPTER_FILES)
