"""What a service refuses, in words that a page and a problem document can show as they are."""


class DeskError(Exception):
    """Something the desk refuses. `status` is the HTTP status that fits, `title` what happened, the message what to
    do.
    """

    status = 400
    title = "This cannot be done"


class EpisodeEnded(DeskError):
    status = 409
    title = "The episode has ended"


class StepConflict(DeskError):
    """Another tab, a double click or a second client was there first; nothing was stored."""

    status = 409
    title = "The episode went on elsewhere"


class NotYours(DeskError):
    status = 403
    title = "Not yours"


class LeaseLost(DeskError):
    """The worker that plays an episode no longer holds its lease; it must stop."""

    status = 409
    title = "The lease is lost"
