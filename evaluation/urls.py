"""Pages about who played and how well."""

from django.urls import path

from evaluation.views import runs

urlpatterns = [
    path("evaluations/", runs.run_list, name="evaluations"),
    path("evaluations/new/", runs.run_new, name="evaluation-new"),
    path("evaluations/<uuid:run_id>/", runs.run_page, name="evaluation"),
    path("evaluations/<uuid:run_id>/stop/", runs.run_stopped, name="evaluation-stop"),
    path("evaluations/<uuid:run_id>/resume/", runs.run_resumed, name="evaluation-resume"),
]
