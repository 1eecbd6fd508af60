"""Health check of the web container: status 0 when `/healthz` here answers 200. Argument: the port."""

import http.client
import os
import sys


def main(port: int) -> int:
    """Ask as a host that the site answers to; `/healthz` is exempt from the redirect to HTTPS."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        response = connection.getresponse()
    except OSError as error:
        print(f"port {port} does not answer: {error}")
        return 1
    if response.status != http.client.OK:
        print(f"/healthz answered {response.status}: {response.read(500).decode(errors='replace')}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
