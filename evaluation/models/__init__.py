"""Evaluation runs (who is to play what, how far it is, which episode came of it), and keys."""

from evaluation.models.run import EvaluationEntry, EvaluationRun, RunStatus
from evaluation.models.secret import HubToken, PlayerSecret

__all__ = ["EvaluationEntry", "EvaluationRun", "HubToken", "PlayerSecret", "RunStatus"]
