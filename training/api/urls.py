"""What training adds to /api/v1/."""

from django.urls import path

from training.api.datasets import DatasetDetail, DatasetList
from training.api.metrics import TrainingMetrics, TrainingMetricsCsv, TrainingMetricsNdjson
from training.api.runs import (
    CheckpointList,
    CheckpointRegister,
    RecipeList,
    TrainingClone,
    TrainingDetail,
    TrainingList,
    TrainingLog,
    TrainingResume,
    TrainingStop,
)

_RUN = "training-runs/<uuid:training_id>/"

urlpatterns = [
    path("training-recipes/", RecipeList.as_view(), name="api-training-recipes"),
    path("training-runs/", TrainingList.as_view(), name="api-training-runs"),
    path(_RUN, TrainingDetail.as_view(), name="api-training-run"),
    path(f"{_RUN}stop/", TrainingStop.as_view(), name="api-training-run-stop"),
    path(f"{_RUN}resume/", TrainingResume.as_view(), name="api-training-run-resume"),
    path(f"{_RUN}clone/", TrainingClone.as_view(), name="api-training-run-clone"),
    path(f"{_RUN}log/", TrainingLog.as_view(), name="api-training-run-log"),
    path(f"{_RUN}checkpoints/", CheckpointList.as_view(), name="api-training-run-checkpoints"),
    path(f"{_RUN}metrics/", TrainingMetrics.as_view(), name="api-training-run-metrics"),
    path(f"{_RUN}metrics.csv", TrainingMetricsCsv.as_view(), name="api-training-run-metrics-csv"),
    path(f"{_RUN}metrics.ndjson", TrainingMetricsNdjson.as_view(), name="api-training-run-metrics-ndjson"),
    path(
        "training-checkpoints/<uuid:checkpoint_id>/register/",
        CheckpointRegister.as_view(),
        name="api-training-checkpoint-register",
    ),
    path("training-datasets/", DatasetList.as_view(), name="api-training-datasets"),
    path("training-datasets/<uuid:dataset_id>/", DatasetDetail.as_view(), name="api-training-dataset"),
]
