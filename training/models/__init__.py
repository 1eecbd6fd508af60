"""Training runs and all that they leave: metrics, log, checkpoints, evaluations, data sets, lineage of models."""

from training.models.checkpoint import CheckpointKind, ModelLineage, TrainingCheckpoint
from training.models.dataset import DatasetKind, TrainingDataset, dataset_storage
from training.models.evaluation import EvaluatedSet, TrainingEvaluation
from training.models.hub_transfer import Direction, HubTransfer
from training.models.machine import TrainingMachine
from training.models.record import LogLevel, TrainingLogLine, TrainingMetric
from training.models.run import RecipeKind, TrainingRun

__all__ = [
    "CheckpointKind",
    "DatasetKind",
    "Direction",
    "EvaluatedSet",
    "HubTransfer",
    "LogLevel",
    "ModelLineage",
    "RecipeKind",
    "TrainingCheckpoint",
    "TrainingDataset",
    "TrainingEvaluation",
    "TrainingLogLine",
    "TrainingMachine",
    "TrainingMetric",
    "TrainingRun",
    "dataset_storage",
]
