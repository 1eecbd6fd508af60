"""Started by `torchrun` in a test: train, and write the metrics to a file.

two_processes.py BASE FOLDER METRICS
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from exceptions.catalogue import load_catalogue  # noqa: E402 - the path comes first
from tests.training.core.conftest import Recorder  # noqa: E402
from training.processes import Processes  # noqa: E402
from training.recipes import SFT_RECIPES  # noqa: E402
from training.sft import train_sft  # noqa: E402
from training.traces import catalogue_split, catalogue_traces  # noqa: E402

base, folder, metrics = map(Path, sys.argv[1:4])
recipe = SFT_RECIPES["full-trace"].model_copy(
    update={"epochs": 2, "traces_per_step": 4, "learning_rate": 1e-2, "micro_batch_tokens": 1, "max_new_tokens": 8}
)
train, holdout = catalogue_split(load_catalogue())
recorder = Recorder()
train_sft(
    recipe,
    base_model=str(base),
    folder=folder,
    reporter=recorder,
    traces=catalogue_traces(train[:10], [3]),
    select=holdout[:1],
    device="cpu",
    threads=1,
)
if recorder.values:
    told = {f"{name}@{step}": value for (step, name), value in recorder.lasting.items()}
    metrics.write_text(json.dumps(told | {"processes": Processes.start().count}))
