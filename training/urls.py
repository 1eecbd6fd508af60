"""Pages of training."""

from django.urls import path

from training.views import new_run, runs, study

urlpatterns = [
    path("study/", study.study_page, name="study"),
    path("study/<slug:chart>.csv", study.study_chart, name="study-chart"),
    path("training/", runs.run_list, name="training"),
    path("training/new/", new_run.run_new, name="training-new"),
    path("training/new/check/", new_run.run_checked, name="training-check"),
    path("training/<uuid:training_id>/", runs.run_page, name="training-run"),
    path("training/<uuid:training_id>/<slug:chart>.csv", runs.run_chart, name="training-chart"),
    path("training/<uuid:training_id>/stop/", runs.run_stopped, name="training-stop"),
    path("training/<uuid:training_id>/resume/", runs.run_resumed, name="training-resume"),
    path(
        "training/checkpoints/<uuid:checkpoint_id>/use/",
        runs.checkpoint_used,
        name="training-checkpoint-use",
    ),
]
