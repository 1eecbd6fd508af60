"""What evaluation adds to /api/v1/."""

from django.urls import path

from evaluation.api.case_sets import CaseFamilies, CaseSets
from evaluation.api.comparisons import ComparisonDetail
from evaluation.api.players import PlayerDetail, PlayerList
from evaluation.api.runs import RunDetail, RunList, RunResume, RunStop

urlpatterns = [
    path("case-sets/", CaseSets.as_view(), name="api-case-sets"),
    path("case-families/", CaseFamilies.as_view(), name="api-case-families"),
    path("comparisons/", ComparisonDetail.as_view(), name="api-comparisons"),
    path("players/", PlayerList.as_view(), name="api-players"),
    path("players/<slug:slug>/", PlayerDetail.as_view(), name="api-player"),
    path("evaluation-runs/", RunList.as_view(), name="api-evaluation-runs"),
    path("evaluation-runs/<uuid:run_id>/", RunDetail.as_view(), name="api-evaluation-run"),
    path("evaluation-runs/<uuid:run_id>/stop/", RunStop.as_view(), name="api-evaluation-run-stop"),
    path("evaluation-runs/<uuid:run_id>/resume/", RunResume.as_view(), name="api-evaluation-run-resume"),
]
