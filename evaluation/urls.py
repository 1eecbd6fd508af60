"""Pages about who played and how well."""

from django.urls import path

from evaluation.views import compare, player_actions, players, runs

urlpatterns = [
    path("compare/", compare.compare, name="compare"),
    path("compare/best/", compare.compare_best, name="compare-best"),
    path("compare/<slug:table>.csv", compare.compare_table, name="compare-table"),
    path("evaluations/", runs.run_list, name="evaluations"),
    path("evaluations/new/", runs.run_new, name="evaluation-new"),
    path("evaluations/<uuid:run_id>/", runs.run_page, name="evaluation"),
    path("evaluations/<uuid:run_id>/stop/", runs.run_stopped, name="evaluation-stop"),
    path("evaluations/<uuid:run_id>/resume/", runs.run_resumed, name="evaluation-resume"),
    path("models/", players.player_list, name="players"),
    path("models/new/", players.player_new, name="player-new"),
    path("models/<slug:slug>/", players.player_page, name="player"),
    path("models/<slug:slug>/change/", players.player_changed, name="player-change"),
    path("models/<slug:slug>/retire/", player_actions.player_retired, name="player-retire"),
    path("models/<slug:slug>/return/", player_actions.player_returned, name="player-return"),
    path("models/<slug:slug>/key/", player_actions.player_key_saved, name="player-key"),
    path("models/<slug:slug>/key/clear/", player_actions.player_key_cleared, name="player-key-clear"),
    path("models/<slug:slug>/try/", player_actions.endpoint_tried, name="player-try"),
]
