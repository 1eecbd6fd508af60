"""Static files under ASGI."""

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise ships no types
    """WhiteNoise, answering in one piece.

    Its own answers stream a file by a synchronous iterator, which Django under ASGI reads to the end before it sends
    anything, and warns of. The largest file is a few megabytes.
    """

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """The file, the asked part of it, or that it has not changed."""
        found = static_file.get_response(request.method, request.META)
        body = b""
        if found.file is not None:
            with found.file as file:
                body = file.read()
        response = HttpResponse(body, status=int(found.status))
        # What kind of file it is, is among the headers or not known.
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response
