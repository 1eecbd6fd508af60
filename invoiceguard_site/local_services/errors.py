"""What can keep the local services from starting."""


class LocalServiceError(Exception):
    """A local service that cannot start: the message names it, says why, and what to do."""
