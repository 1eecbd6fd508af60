"""One's own tokens for the API: make one, see which there are, revoke one."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from knox.models import AuthToken

from exceptions.api.throttles import WindowThrottle
from exceptions.services import tokens
from exceptions.services.errors import DeskError
from exceptions.views.request import DeskRequest

LIFETIMES: Final = [("1", "one day"), ("30", "30 days"), ("90", "90 days"), ("365", "one year"), ("", "never")]


class TokenForm(forms.Form):
    """A new token."""

    days = forms.ChoiceField(choices=LIFETIMES, required=False, initial="30", label="Expires after")

    @property
    def lifetime(self) -> timedelta | None:
        """How long the token is good; None: until it is revoked."""
        days = self.cleaned_data["days"]
        return timedelta(days=int(days)) if days else None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: DeskRequest) -> HttpResponse:
    """Which scripts of mine may call? A POST makes a token and shows it, this once."""
    if request.method != "POST":
        return _page(request, TokenForm())
    if not WindowThrottle("tokens").counted(request):
        return render(request, "429.html", status=429)
    return _made(request, TokenForm(request.POST))


@require_POST
def token_revoke(request: DeskRequest, digest: str) -> HttpResponse:
    """Refuse a token from now on."""
    if not tokens.token_revoke(user=request.user, digest=digest):
        raise Http404("You have no such token; perhaps it was revoked in another tab.")
    messages.success(request, "Revoked. Whoever uses that token is refused from now on.")
    return redirect("tokens")


@sensitive_variables("token")
def _made(request: DeskRequest, form: TokenForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        token, expiry = tokens.token_create(user=request.user, lifetime=form.lifetime)
    except DeskError as refused:
        return _page(request, form, status=refused.status, refused=refused)
    return _page(request, TokenForm(), status=201, token=token, expiry=expiry)


def _page(request: DeskRequest, form: TokenForm, *, status: int = 200, **extra: Any) -> HttpResponse:
    now = timezone.now()
    rows = AuthToken.objects.filter(user=request.user).order_by("-created", "digest")
    context = {
        "form": form,
        "tokens": [(row, row.expiry is not None and row.expiry <= now) for row in rows],
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "exceptions/tokens.html", context | extra, status=status)
