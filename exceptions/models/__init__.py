"""What the desk remembers. Postgres holds it, and its constraints and triggers hold the rules."""

from exceptions.models.case import Case, CaseVersion, GroundTruthRecord
from exceptions.models.document import Document, DocumentKind, Supplier, UploadedDocument
from exceptions.models.episode import (
    Episode,
    EpisodeMode,
    EpisodeOrigin,
    EpisodeStatus,
    Grade,
    Revision,
    Step,
    settings_condition,
)
from exceptions.models.player import Player, PlayerKind, PlayerVersion, Worker, kinds_on, queue_of

__all__ = [
    "Case",
    "CaseVersion",
    "Document",
    "DocumentKind",
    "Episode",
    "EpisodeMode",
    "EpisodeOrigin",
    "EpisodeStatus",
    "Grade",
    "GroundTruthRecord",
    "Player",
    "PlayerKind",
    "PlayerVersion",
    "Revision",
    "Step",
    "Supplier",
    "UploadedDocument",
    "Worker",
    "kinds_on",
    "queue_of",
    "settings_condition",
]
