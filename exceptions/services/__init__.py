"""Verbs that write, each in one transaction. Nothing of the business lives in views, serializers or save()."""
