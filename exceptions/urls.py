"""Pages of the desk."""

from django.urls import path

from exceptions.views import cases, desk, documents, episodes, generated_cases, suppliers, tokens, workspace

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("cases/", cases.queue, name="queue"),
    path("cases/import/", cases.import_pack, name="import-cases"),
    path("cases/generate/", generated_cases.generate, name="generate-cases"),
    path("cases/generate/pack/", generated_cases.generated_pack, name="generated-pack"),
    path("cases/<str:reference>/", workspace.workspace, name="workspace"),
    path("cases/<str:reference>/again/", workspace.again, name="workspace-again"),
    path("cases/<str:reference>/next/", workspace.next_one, name="workspace-next"),
    path("episodes/", episodes.episode_list, name="episodes"),
    path("episodes/<uuid:episode_id>/", episodes.episode_page, name="episode"),
    path("episodes/<uuid:episode_id>/step/", workspace.step, name="episode-step"),
    path("episodes/<uuid:episode_id>/submit/", workspace.submit, name="episode-submit"),
    path("episodes/<uuid:episode_id>/accept/", workspace.accept, name="episode-accept"),
    path("episodes/<uuid:episode_id>/revise/", workspace.revise, name="episode-revise"),
    path("episodes/<uuid:episode_id>/mode/", workspace.mode, name="episode-mode"),
    path("episodes/<uuid:episode_id>/lane/", workspace.lane, name="episode-lane"),
    path("episodes/<uuid:episode_id>/ask/", workspace.ask, name="episode-ask"),
    path("documents/", documents.document_list, name="documents"),
    path("documents/<uuid:document_id>/", documents.document_page, name="document"),
    path("documents/<uuid:document_id>/source/", documents.document_source, name="document-source"),
    path("suppliers/", suppliers.supplier_list, name="suppliers"),
    path("suppliers/<int:pk>/", suppliers.supplier_page, name="supplier"),
    path("tokens/", tokens.token_list, name="tokens"),
    path("tokens/<str:digest>/revoke/", tokens.token_revoke, name="token-revoke"),
]
