"""What evaluation adds to the desk: the latest runs, and a place for the best models, fetched after the page."""

from typing import Any, Final

from django import template
from django.template import RequestContext

from evaluation.models import EvaluationRun
from exceptions import roles

register = template.Library()

RUNS_SHOWN: Final = 4


@register.inclusion_tag("evaluation/desk_summary.html", takes_context=True)
def models_summary(context: RequestContext) -> dict[str, Any]:
    """One query. The figures of the best models are not computed here: the desk must not wait for them."""
    if not context["user"].has_perm(roles.READ_EPISODES):
        return {"readable": False}
    runs = EvaluationRun.objects.filter(training_run=None).order_by("-created_at", "-id")[:RUNS_SHOWN]
    return {"readable": True, "runs": list(runs), "evaluates": context["user"].has_perm(roles.EVALUATE)}
