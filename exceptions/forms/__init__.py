"""What people type in or upload on the desk's pages."""

from exceptions.forms.supplier import SupplierForm
from exceptions.forms.uploads import JSON_FILES, XML_FILES, CasePackForm, DocumentsForm

__all__ = ["JSON_FILES", "XML_FILES", "CasePackForm", "DocumentsForm", "SupplierForm"]
