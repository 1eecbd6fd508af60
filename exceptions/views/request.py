"""The request as every view of the desk gets it, and lists whose whole state is their address."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails


class DeskRequest(HttpRequest):
    """A request behind `LoginRequiredMiddleware`: its user is signed in."""

    user: User
    htmx: HtmxDetails


def asked(request: HttpRequest) -> QueryDict:
    """What the address asks for, without the fields of the form that were left empty."""
    query = request.GET.copy()
    for name in [name for name in query if not query.get(name, "").strip()]:
        del query[name]
    return query


def render_list(request: DeskRequest, *, page: str, fragment: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page; or its list alone, when htmx asks because a filter changed, with the address to show for it."""
    query = asked(request)
    alone = bool(request.htmx) and not request.htmx.history_restore_request
    response = render(request, fragment if alone else page, context | {"asked": query, "alone": alone})
    if alone:
        push_url(response, f"{request.path}?{query.urlencode()}" if query else request.path)
    patch_vary_headers(response, ["HX-Request"])
    return response
