"""The desk: what needs me?"""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from exceptions import roles
from exceptions.filters import TODO
from exceptions.selectors.agreement import agreement_with
from exceptions.selectors.desk import Group, first_to_do, left_off, own_episodes, workload_of
from exceptions.selectors.documents import waiting_trades
from exceptions.selectors.episode_list import episode_rows
from exceptions.services.lane import lane_players
from exceptions.views.episodes import listed
from exceptions.views.request import DeskRequest

EPISODES_SHOWN: Final = 8
STARTED_SHOWN: Final = 5
CURRENCIES_SHOWN: Final = 3
WAITING_SHOWN: Final = 5


@require_safe
def desk(request: DeskRequest) -> HttpResponse:
    """Where everybody lands: open to every account, and says what to do to one that may do nothing yet."""
    user = request.user
    if not user.has_perm(roles.PLAY):
        return render(request, "exceptions/desk_without_play.html")
    work = workload_of(user, timezone.localdate())
    context = {
        "work": work,
        "next": first_to_do(user) if work.todo else None,
        "started": left_off(user, STARTED_SHOWN),
        "by_age": [(group, _queue_url(group)) for group in work.by_age],
        "by_size": [(group, _queue_url(group)) for group in work.by_size],
        "latest": [listed(row) for row in episode_rows(own_episodes(user), user, EPISODES_SHOWN).rows],
        "waiting": waiting_trades(limit=WAITING_SHOWN) if user.has_perm(roles.UPLOAD_DOCUMENTS) else [],
        "agreement": agreement_with(user, lane_players()),
        "todo": TODO,
        "currencies_shown": f":{CURRENCIES_SHOWN}",
        "other_currencies": sum(part.count for part in work.by_currency[CURRENCIES_SHOWN:]),
    }
    return render(request, "exceptions/desk.html", context)


def _queue_url(group: Group) -> str:
    return f"{reverse('queue')}?{urlencode({'state': TODO} | group.filters)}"
