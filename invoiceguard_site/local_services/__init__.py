"""The PostgreSQL and the Valkey that `make run` and the tests start from wheels, when no other server is
named.

Which wheels they are is decided in `postgres.py` and `valkey.py` and nowhere else. The addresses are
computed, never looked up, so that settings can be read before anything runs.
"""

from invoiceguard_site.local_services.addresses import embedded_broker_url, embedded_database_url

__all__ = ["embedded_broker_url", "embedded_database_url"]
