"""Who may do what. Roles are groups; this table is the only place that says what a role may do (docs/roles.md
repeats it).
"""

from typing import Any, Final

PLAY: Final = "exceptions.play"
READ_EPISODES: Final = "exceptions.read_episodes"
VIEW_ANSWERS: Final = "exceptions.view_answers"
IMPORT_CASES: Final = "exceptions.import_cases"
UPLOAD_DOCUMENTS: Final = "exceptions.upload_documents"
EDIT_SUPPLIERS: Final = "exceptions.edit_suppliers"
EVALUATE: Final = "evaluation.evaluate"
MANAGE_PLAYERS: Final = "evaluation.manage_players"
TRAIN: Final = "training.train"

_REVIEWER: Final = frozenset({PLAY, READ_EPISODES, UPLOAD_DOCUMENTS})
_SUPERVISOR: Final = _REVIEWER | {VIEW_ANSWERS, EDIT_SUPPLIERS}

ROLES: Final[dict[str, frozenset[str]]] = {
    "reviewer": _REVIEWER,
    "supervisor": _SUPERVISOR,
    "admin": _SUPERVISOR | {IMPORT_CASES, EVALUATE, MANAGE_PLAYERS, TRAIN},
    "api_reader": frozenset({READ_EPISODES, VIEW_ANSWERS}),
}


def sync_roles(**_: Any) -> None:
    """Make the groups and give each exactly its permissions; runs after every migrate."""
    from django.contrib.auth.models import Group, Permission

    for role, names in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        codenames = [name.split(".", 1)[1] for name in names]
        group.permissions.set(
            Permission.objects.filter(
                content_type__app_label__in=["exceptions", "evaluation", "training"], codename__in=codenames
            )
        )
