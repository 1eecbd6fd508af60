"""Files that people upload, checked by name, number and size before anything is read."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from exceptions import environment

#: What a browser offers first when a file is chosen; what a file really is, its content decides.
XML_FILES: Final = ".xml,text/xml,application/xml"
JSON_FILES: Final = ".json,application/json"


class CasePackForm(forms.Form):
    """One case pack."""

    pack = forms.FileField(
        label="Case pack",
        error_messages={
            "required": "Choose a file first.",
            "missing": "Choose a file first.",
            "empty": "The file is empty. Choose a case pack: JSON with format, name and cases.",
        },
    )

    def clean_pack(self) -> "UploadedFile[Any]":
        """Refuse what is too large by its size alone."""
        pack: UploadedFile[Any] = self.cleaned_data["pack"]
        limit = min(settings.UPLOAD_MAX_BYTES, environment.MAX_PACK_BYTES)
        if _size(pack) > limit:
            raise forms.ValidationError(
                f"{pack.name} has {filesizeformat(_size(pack))}, and {filesizeformat(limit)} is the most that is read. "
                "Split it into several packs; each is imported by itself.",
                code="too_large",
            )
        return pack


class ManyFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once, each checked like a single one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files, each a Django `UploadedFile`."""
        if not isinstance(data, Sequence) or isinstance(data, str) or not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(ManyFilesField, self).clean(file, initial) for file in data]


class DocumentsForm(forms.Form):
    """Trade documents: all that belong together, or one after the other."""

    documents = ManyFilesField(
        label="Documents",
        error_messages={
            "required": "Choose at least one file first.",
            "missing": "Choose at least one file first.",
            "max_length": "A file name has more than 255 characters; shorten it.",
        },
        max_length=255,
        allow_empty_file=True,  # said per file by whoever reads it
    )

    def clean_documents(self) -> "list[UploadedFile[Any]]":
        """Refuse too many files, and more bytes than are read at once."""
        files: list[UploadedFile[Any]] = self.cleaned_data["documents"]
        if len(files) > settings.UPLOAD_MAX_FILES:
            raise forms.ValidationError(
                f"{len(files)} files at once; {settings.UPLOAD_MAX_FILES} is the most. Upload them in parts: what has "
                "come in before is joined with what comes later.",
                code="too_many",
            )
        total = sum(_size(file) for file in files)
        if total > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                f"Together the files have {filesizeformat(total)}, and "
                f"{filesizeformat(settings.UPLOAD_MAX_BYTES)} is the most that is read at once. Upload them one after "
                "the other.",
                code="too_large",
            )
        return files


def _size(file: "UploadedFile[Any]") -> int:
    return file.size or 0
