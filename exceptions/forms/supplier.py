"""The vendor profile and the matching policy that the desk keeps for a supplier."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms

from exceptions import environment
from exceptions.models import Supplier
from exceptions.selectors.suppliers import POLICY_NAMES
from exceptions.services.suppliers import PolicyOverrides, SupplierProfile

DEFAULT_POLICY: Final = environment.Policy()


def _policy_decimal(name: str) -> forms.DecimalField:
    in_percent = name.endswith("_pct")
    return _decimal(
        f"{POLICY_NAMES[name]}, %" if in_percent else POLICY_NAMES[name],
        digits=7 if in_percent else 15,
        placeholder=f"{getattr(DEFAULT_POLICY, name):f}",
    )


def _decimal(label: str, *, digits: int, placeholder: str, help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_digits=digits,
        decimal_places=4,
        help_text=help_text,
        widget=forms.TextInput(
            attrs={
                "class": "input input-num",
                "inputmode": "decimal",
                "placeholder": placeholder,
                "autocomplete": "off",
            }
        ),
        error_messages={"invalid": "Not a number. Write it with a point and no spaces, such as 2500.00."},
    )


class SupplierForm(forms.Form):
    """A vendor profile and the policy fields that differ from the defaults. An empty field means the default."""

    read_at = forms.CharField(widget=forms.HiddenInput)
    risk_tier = forms.ChoiceField(
        label="Risk",
        choices=[(tier.value, tier.value.capitalize()) for tier in environment.RiskTier],
        widget=forms.Select(attrs={"class": "select"}),
    )
    duplicate_incidents = forms.IntegerField(
        label="Duplicate incidents",
        min_value=0,
        max_value=1_000_000,
        help_text="How often a bill of theirs came twice.",
        widget=forms.NumberInput(attrs={"class": "input input-num"}),
    )
    preferred = forms.BooleanField(label="Preferred supplier", required=False)
    vendor_price_tolerance_pct = _decimal(
        "Own price tolerance, %",
        digits=7,
        placeholder="none agreed",
        help_text="Agreed with this supplier. The price comparison uses the policy; reviewers weigh this themselves.",
    )
    escalation_threshold = _decimal(
        "Escalate above",
        digits=15,
        placeholder="no threshold",
        help_text="In the invoice’s currency. The vendor profile warns when a total exceeds it.",
    )
    quantity_tolerance_pct = _policy_decimal("quantity_tolerance_pct")
    price_tolerance_pct = _policy_decimal("price_tolerance_pct")
    total_tolerance = _policy_decimal("total_tolerance")
    high_value_threshold = _policy_decimal("high_value_threshold")
    mandatory_escalation_above = _policy_decimal("mandatory_escalation_above")
    duplicate_check = forms.ChoiceField(
        label=POLICY_NAMES["duplicate_check"],
        required=False,
        choices=[
            ("", f"Default ({'on' if DEFAULT_POLICY.duplicate_check else 'off'})"),
            ("on", "On"),
            ("off", "Off"),
        ],
        widget=forms.Select(attrs={"class": "select"}),
    )

    def clean_read_at(self) -> datetime:
        """When the profile that was changed had been saved last."""
        try:
            return datetime.fromisoformat(self.cleaned_data["read_at"])
        except ValueError:
            raise forms.ValidationError("The page is too old. Reload it and try again.", code="invalid") from None

    @staticmethod
    def initial_from(supplier: Supplier) -> dict[str, Any]:
        """What the form shows for a supplier."""
        kept = dict(supplier.policy)
        check = kept.pop("duplicate_check", None)
        return {
            "read_at": supplier.updated_at.isoformat(),
            "risk_tier": supplier.risk_tier,
            "duplicate_incidents": supplier.duplicate_incidents,
            "preferred": supplier.preferred,
            "vendor_price_tolerance_pct": _plain(supplier.price_tolerance_pct),
            "escalation_threshold": _plain(supplier.escalation_threshold),
            "duplicate_check": "" if check is None else "on" if check else "off",
            **kept,
        }

    @property
    def profile(self) -> SupplierProfile:
        """What a valid form says."""
        data = self.cleaned_data
        return SupplierProfile(
            risk_tier=environment.RiskTier(data["risk_tier"]),
            duplicate_incidents=data["duplicate_incidents"],
            preferred=data["preferred"],
            price_tolerance_pct=data["vendor_price_tolerance_pct"],
            escalation_threshold=data["escalation_threshold"],
            policy=PolicyOverrides(
                duplicate_check={"on": True, "off": False}.get(data["duplicate_check"]),
                **{name: data[name] for name in POLICY_NAMES if name != "duplicate_check"},
            ),
        )


def _plain(value: Decimal | None) -> str:
    """`5.0000` → `5`."""
    if value is None:
        return ""
    whole, _, fraction = f"{value:f}".partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole
