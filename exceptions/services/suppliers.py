"""What the desk keeps about a supplier. Cases hold a copy: a change reaches only the cases that are made after it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from exceptions import environment
from exceptions.models import Supplier
from exceptions.services.errors import DeskError


class SupplierChanged(DeskError):
    """Somebody else saved the profile after it was read; nothing was stored."""

    status = 409
    title = "The profile was changed meanwhile"


@dataclass(frozen=True, slots=True)
class PolicyOverrides:
    """The policy fields that differ from the defaults; None leaves the default. Percentages in percent."""

    quantity_tolerance_pct: Decimal | None = None
    price_tolerance_pct: Decimal | None = None
    total_tolerance: Decimal | None = None
    duplicate_check: bool | None = None
    high_value_threshold: Decimal | None = None
    mandatory_escalation_above: Decimal | None = None

    def as_stored(self) -> dict[str, Any]:
        """Only what is set, decimals as strings."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in given.items()}


@dataclass(frozen=True, slots=True)
class SupplierProfile:
    """A vendor profile as somebody at the desk sets it."""

    risk_tier: environment.RiskTier
    duplicate_incidents: int
    preferred: bool
    price_tolerance_pct: Decimal | None
    escalation_threshold: Decimal | None
    policy: PolicyOverrides


@transaction.atomic
def supplier_profile_save(*, pk: int, profile: SupplierProfile, read_at: datetime) -> Supplier:
    """Save a profile that was read when its `updated_at` was `read_at`.

    Raises:
        SupplierChanged: it was saved by somebody else since.
    """
    supplier = Supplier.objects.select_for_update().get(pk=pk)
    if supplier.updated_at != read_at:
        raise SupplierChanged(
            "Somebody else saved this profile while you were changing it. Nothing of yours was stored: below is what "
            "you typed, beside it what is kept now. Save again to replace that."
        )
    supplier.risk_tier = profile.risk_tier
    supplier.duplicate_incidents = profile.duplicate_incidents
    supplier.preferred = profile.preferred
    supplier.price_tolerance_pct = profile.price_tolerance_pct
    supplier.escalation_threshold = profile.escalation_threshold
    supplier.policy = profile.policy.as_stored()
    environment.Policy.model_validate(supplier.policy)
    supplier.save()
    return supplier
