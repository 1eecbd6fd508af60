"""What has to be true before a run is accepted: asked of the worker's machine, without loading anything."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from evaluation.players.adapters import adapter_sha256, fetch_adapter
from evaluation.players.configs import AdapterConfig, LocalModelConfig
from evaluation.players.protocol import PlayerError
from exceptions.models import Worker
from training.grpo.recipes import GrpoRecipe
from training.machine import Machine, disk_free, machine_here
from training.memory import ModelSize, checkpoints_bytes, model_size, training_memory
from training.models import TrainingMachine
from training.recipes import SftRecipe, practice_words

#: Where runs are trained: with the local models, one job at a time for each device.
QUEUE: Final = "gpu"
_NEEDED: Final = ("torch", "transformers", "peft", "accelerate")
#: Share of the memory that a run may take.
_USABLE: Final = 0.9
_SPARE_DISK: Final = 200 << 20
_GB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """One question. `ok` is None where it cannot be told before a worker begins."""

    name: str
    ok: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Preflight:
    """All checks, with what a run is expected to take (bytes) where that can be told."""

    machine: Machine
    checks: list[Check]
    memory: int | None
    disk: int | None

    @property
    def refusal(self) -> str:
        """Why the run cannot be accepted; empty when it can."""
        return " ".join(check.words for check in self.checks if check.ok is False)


def preflight(
    recipe: SftRecipe | GrpoRecipe,
    base: LocalModelConfig,
    adapter: AdapterConfig | None = None,
    machine: Machine | None = None,
) -> Preflight:
    """Ask everything about this recipe on this base model; `machine`: that of whoever would train, if not a worker."""
    served = machine is not None
    if machine is None:
        found = training_machine()
        served, machine = found is not None, found or machine_here(settings.TRAINING_DIR)
    here = machine.host == machine_here(settings.TRAINING_DIR).host
    files, size = _model(base, here)
    memory = None if size is None else training_memory(recipe, size, on_gpu=machine.gpu_memory is not None)
    disk = None if size is None else checkpoints_bytes(recipe, size)
    checks = [
        _worker(served),
        _packages(recipe, machine),
        files,
        _start(recipe, adapter, here),
        _memory(memory, machine),
        _disk(disk, machine, here),
        _cases(recipe),
    ]
    return Preflight(machine, checks, memory, disk)


def training_machine() -> Machine | None:
    """The machine of a worker that trains and was seen lately; None when there is none."""
    lately = timezone.now() - timedelta(seconds=settings.WORKER_LOST_SECONDS)
    alive = Worker.objects.filter(last_seen__gte=lately, queues__contains=[QUEUE]).values("name")
    newest = TrainingMachine.objects.filter(worker__in=alive).order_by("-seen_at").first()
    return Machine.model_validate(newest.facts) if newest else None


def machine_seen(*, worker: str) -> None:
    """Record what the machine of this worker has."""
    facts = machine_here(settings.TRAINING_DIR).model_dump(mode="json")
    TrainingMachine.objects.update_or_create(worker=worker, defaults={"facts": facts, "seen_at": timezone.now()})


def _worker(served: bool) -> Check:
    if served:
        return Check("worker", True, f"A worker of queue {QUEUE} is there.")
    return Check("worker", None, f"No worker of queue {QUEUE} is there now; the run waits until one comes.")


def _packages(recipe: SftRecipe | GrpoRecipe, machine: Machine) -> Check:
    missing = [name for name in _NEEDED if name not in machine.packages]
    if missing:
        install = "install the extra: pip install 'invoiceguard[models]'"
        return Check("packages", False, f"{machine.host} lacks {', '.join(missing)}; {install}.")
    if recipe.precision == "nf4" and machine.gpu_memory is None:
        return Check("packages", False, "4-bit weights need CUDA, which is not there; choose another precision.")
    if recipe.precision == "nf4" and "bitsandbytes" not in machine.packages:
        return Check("packages", False, "4-bit weights need bitsandbytes: pip install bitsandbytes.")
    versions = ", ".join(f"{name} {machine.packages[name]}" for name in _NEEDED[:3])
    return Check("packages", True, f"{versions} on {machine.words.split(', torch')[0]}.")


def _model(base: LocalModelConfig, here: bool) -> tuple[Check, ModelSize | None]:
    name = base.base_model
    try:
        size = model_size(name)
    except PlayerError as error:
        if not here:
            return Check("model", None, f"{name} is not on this machine; the worker looks on its own."), None
        return Check("model", False, str(error)), None
    if here and name.startswith(("/", ".")) and not Path(name).exists():
        return Check("model", False, f"There is no {name} on this machine; give a folder that is there."), None
    millions = f", {size.parameters / 1e6:,.0f} million weights" if size else ""
    return Check("model", True if here else None, f"{name}{millions}."), size


def _start(recipe: SftRecipe | GrpoRecipe, adapter: AdapterConfig | None, here: bool) -> Check:
    if adapter is None:
        if isinstance(recipe, GrpoRecipe) and recipe.starts_from == "adapter":
            return Check("start", False, f"{recipe.title} goes on from a trained model: choose one to start from.")
        return Check("start", True, "Starts with a new adapter.")
    if isinstance(recipe, GrpoRecipe) and recipe.starts_from != "adapter":
        return Check("start", False, f"{recipe.title} begins with the base model: choose no model to start from.")
    try:
        found = adapter.sha256
        if adapter.path is None:
            fetch_adapter(adapter.sha256)
        elif here:
            found = adapter_sha256(Path(adapter.path))
    except PlayerError as error:
        return Check("start", False if here or adapter.path is None else None, str(error))
    if found != adapter.sha256:
        return Check("start", False, f"The adapter {adapter.path} was altered since its player was registered.")
    return Check("start", True, f"Starts with the adapter {adapter.sha256[:12]}.")


def _memory(needed: int | None, machine: Machine) -> Check:
    if needed is None:
        return Check("memory", None, "How much memory it takes shows when the worker has loaded the model.")
    have = machine.device_memory
    words = f"About {needed / _GB:.1f} GB of {have / _GB:.0f} GB memory."
    if needed <= have * _USABLE:
        return Check("memory", True, words)
    return Check(
        "memory",
        False,
        f"{words[:-1]} are too much: set gradient_checkpointing, lower micro_batch_tokens, or take a smaller model.",
    )


def _disk(needed: int | None, machine: Machine, here: bool) -> Check:
    if needed is None:
        return Check("disk", None, "How large its checkpoints are shows when the worker has loaded the model.")
    free = disk_free(settings.TRAINING_DIR) if here else machine.disk_free
    words = f"About {needed / _GB:.1f} GB for checkpoints, {free / _GB:.0f} GB free."
    if needed + _SPARE_DISK <= free:
        return Check("disk", True, words)
    return Check("disk", False, f"{words[:-1]}: make room on the disk of {machine.host}.")


def _cases(recipe: SftRecipe | GrpoRecipe) -> Check:
    if recipe.source == "catalogue":
        return Check("cases", True, "18 cases of the catalogue; 4 are held out.")
    # Thirty families of cases are not loaded for a page that makes none.
    from exceptions.generator import FAMILIES

    families = recipe.families if isinstance(recipe, SftRecipe) else None
    if unknown := sorted(set(families or ()) - set(FAMILIES)):
        return Check("cases", False, f"There is no family {', '.join(unknown)}; known: {', '.join(FAMILIES)}.")
    seeds, practised = {recipe.case_seed}, ""
    if isinstance(recipe, SftRecipe):
        seeds.update(kind.seed for kind in recipe.practice.values() if kind.count)
        practised = practice_words(recipe.model_dump())
    if recipe.select_seed in seeds:
        return Check(
            "cases", False, f"It would be selected by the cases it is trained on: both have seed {recipe.select_seed}."
        )
    return Check(
        "cases",
        True,
        f"{recipe.case_count:,} generated cases of seed {recipe.case_seed}{practised}; "
        f"selected by {recipe.select_count:,} of seed {recipe.select_seed}.",
    )
