"""Primary keys that leave the system: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """A new UUIDv7, monotonic within a process."""
    return uuid_utils.compat.uuid7()
