"""Addresses under /api/v1/."""

from django.urls import path, re_path, register_converter

from exceptions.api.case_packs import CasePackImport
from exceptions.api.cases import CaseDetail, CaseList
from exceptions.api.converters import ReferenceConverter
from exceptions.api.documents import DocumentUpload
from exceptions.api.episodes import EpisodeDetail, EpisodeList
from exceptions.api.export import EpisodeExport
from exceptions.api.reference_pages import NothingHere, SchemaDocument, SwaggerPages
from exceptions.api.sessions import SessionDetail, SessionList, SessionStep

register_converter(ReferenceConverter, "reference")

urlpatterns = [
    path("cases/", CaseList.as_view(), name="api-cases"),
    path("cases/<reference:reference>/", CaseDetail.as_view(), name="api-case"),
    path("case-packs/", CasePackImport.as_view(), name="api-case-packs"),
    path("documents/", DocumentUpload.as_view(), name="api-documents"),
    path("episodes/", EpisodeList.as_view(), name="api-episodes"),
    path("episodes/export/", EpisodeExport.as_view(), name="api-episodes-export"),
    path("episodes/<uuid:episode_id>/", EpisodeDetail.as_view(), name="api-episode"),
    path("sessions/", SessionList.as_view(), name="api-sessions"),
    path("sessions/<uuid:session_id>/", SessionDetail.as_view(), name="api-session"),
    path("sessions/<uuid:session_id>/step/", SessionStep.as_view(), name="api-session-step"),
    path("schema/", SchemaDocument.as_view(), name="api-schema"),
    path("docs/", SwaggerPages.as_view(), name="api-docs"),
    re_path(r"", NothingHere.as_view(), name="api-nothing"),
]
