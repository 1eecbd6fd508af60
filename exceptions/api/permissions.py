"""Who may call an endpoint, by the table in `exceptions.roles`."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from exceptions import roles

if TYPE_CHECKING:
    from rest_framework.views import APIView


def holds(*permissions: str) -> type[BasePermission]:
    """A permission class for whoever holds at least one of these permissions; the refusal names the roles that do."""
    names = sorted(role for role, held in roles.ROLES.items() if held & set(permissions))

    class Holds(BasePermission):
        message = f"This needs one of the roles {', '.join(names)}; ask an admin of the desk for one."

        def has_permission(self, request: Request, view: "APIView") -> bool:
            return any(request.user.has_perm(permission) for permission in permissions)

    return Holds
