"""Documents: what was uploaded as it came, what hangs on a case version, and what the desk keeps for a supplier."""

from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from exceptions import environment
from exceptions.models.case import CaseVersion
from exceptions.models.keys import uuid7
from exceptions.ubl.documents import DocumentKind as TradeDocumentKind


class DocumentKind(models.TextChoices):
    INVOICE = "invoice", "Invoice"
    PURCHASE_ORDER = "purchase_order", "Purchase order"
    GOODS_RECEIPT = "goods_receipt", "Goods receipt"
    DESPATCH_ADVICE = "despatch_advice", "Despatch advice"


class UploadedDocument(models.Model):
    """A file as it was uploaded, byte for byte, with what was read from it. It waits until its trade is complete."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    file_name = models.CharField(max_length=255)
    source = models.BinaryField()
    kind = models.CharField(
        max_length=30, choices=[(kind.value, kind.words.capitalize()) for kind in TradeDocumentKind]
    )
    number = models.CharField(max_length=100)
    #: Order numbers that the document names (for an order, its own).
    order_numbers = ArrayField(models.CharField(max_length=100), default=list)
    #: Every number by which it may belong to a trade, with the kind it names: `order:PO-1`, `despatch:4711`.
    trade_keys = ArrayField(models.CharField(max_length=120), default=list)
    supplier_name = models.CharField(max_length=200, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["-uploaded_at"], name="uploaded_newest"),
            GinIndex(fields=["trade_keys"], name="uploaded_by_trade"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Document(models.Model):
    """One document of a case version, indexed for search and duplicate detection; never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case_version = models.ForeignKey(CaseVersion, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    number = models.CharField(max_length=100)
    supplier_id = models.CharField(max_length=100, blank=True)
    date = models.DateField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    body = models.JSONField()
    uploaded = models.ForeignKey(UploadedDocument, on_delete=models.PROTECT, null=True, related_name="documents")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case_version"],
                condition=models.Q(kind="invoice"),
                name="one_invoice_per_case_version",
            )
        ]
        indexes = [
            models.Index(fields=["kind", "number"], name="document_number"),
            models.Index(fields=["supplier_id", "total", "date"], name="document_duplicates"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class Supplier(models.Model):
    """The vendor profile and the matching policy that the desk keeps for a supplier; real cases are made with it."""

    supplier_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    risk_tier = models.CharField(
        max_length=10,
        choices=[(t.value, t.value) for t in environment.RiskTier],
        default=environment.RiskTier.MEDIUM,
    )
    duplicate_incidents = models.PositiveIntegerField(default=0)
    preferred = models.BooleanField(default=False)
    price_tolerance_pct = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    escalation_threshold = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    #: Fields of the policy that differ from the defaults of the case pack, decimals as strings.
    policy = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("edit_suppliers", "Can edit the vendor profiles and policies that the desk keeps")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_tolerance_pct__isnull=True) | models.Q(price_tolerance_pct__gte=Decimal(0)),
                name="supplier_tolerance_not_negative",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.supplier_id})"
