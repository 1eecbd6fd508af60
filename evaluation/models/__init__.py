"""Evaluation runs: who is to play what, how far it is, and which episode came of it."""

from evaluation.models.run import EvaluationEntry, EvaluationRun, RunStatus

__all__ = ["EvaluationEntry", "EvaluationRun", "RunStatus"]
