"""Data sets: what there is, and a new one."""

from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions import roles
from exceptions.api.endpoint import Endpoint, PagedEndpoint, read_body
from exceptions.api.permissions import holds
from training.api.records import DatasetRecord, DatasetRequest, dataset_record
from training.models import DatasetKind, TrainingDataset
from training.services.datasets import dataset_make


class DatasetFilter(django_filters.FilterSet):
    """Narrows the list of data sets."""

    kind = django_filters.ChoiceFilter(choices=DatasetKind.choices)

    class Meta:
        model = TrainingDataset
        fields: list[str] = []


class DatasetList(PagedEndpoint[TrainingDataset]):
    """All data sets, and a new one."""

    rates = {"POST": "trainings"}
    filterset_class = DatasetFilter
    queryset = TrainingDataset.objects.all()

    def get_permissions(self) -> list[BasePermission]:
        """Reading is for everybody who reads episodes, making is not."""
        return [holds(roles.TRAIN if self.request.method == "POST" else roles.READ_EPISODES)()]

    def get_queryset(self) -> QuerySet[TrainingDataset]:
        return TrainingDataset.objects.order_by("-created_at", "-pk")

    def record(self, row: TrainingDataset) -> DatasetRecord:
        return dataset_record(row)

    @extend_schema(
        operation_id="training_datasets_list", summary="List data sets", tags=["training"], responses=DatasetRecord
    )
    def get(self, request: Request) -> Response:
        """Newest first."""
        return self.list(request)

    @extend_schema(
        operation_id="training_datasets_make",
        summary="Make a data set",
        tags=["training"],
        request=DatasetRequest,
        responses={201: DatasetRecord},
        examples=[
            OpenApiExample(
                "Generated", value={"kind": "generated", "spec": {"case_count": 60, "case_seed": 7}}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Stored under the hash of its traces: the same ones once more answer with the data set that is there."""
        body = read_body(request, DatasetRequest)
        dataset = dataset_make(kind=body.kind, spec=body.spec, name=body.name, user=self.user)
        headers = {"Location": reverse("api-training-dataset", args=[dataset.pk])}
        return Response(dataset_record(dataset).model_dump(mode="json"), status=201, headers=headers)


class DatasetDetail(Endpoint):
    """One data set."""

    permission_classes = [holds(roles.READ_EPISODES)]

    @extend_schema(
        operation_id="training_datasets_retrieve", summary="A data set", tags=["training"], responses=DatasetRecord
    )
    def get(self, request: Request, dataset_id: UUID) -> Response:
        """What it was made from; its traces hold answers and are read by workers only."""
        return Response(dataset_record(get_object_or_404(TrainingDataset, pk=dataset_id)).model_dump(mode="json"))
