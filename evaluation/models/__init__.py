"""Evaluation runs (who is to play what, how far it is, which episode came of it), and the keys of API players."""

from evaluation.models.run import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.models.secret import PlayerSecret

__all__ = ["EvaluationEntry", "EvaluationRun", "PlayerSecret", "RunStatus"]
