"""Episodes in a pandas frame, in five lines. Needs pandas, and `invoiceguard_client.py` from this folder beside it.

INVOICEGUARD_TOKEN=… python docs/examples/episodes_into_pandas.py http://127.0.0.1:8000 [player=expert …]
"""

import sys

import pandas
from invoiceguard_client import InvoiceGuard, flat

desk = InvoiceGuard(sys.argv[1])
filters = dict(argument.split("=", 1) for argument in sys.argv[2:])
frame = pandas.DataFrame(map(flat, desk.episodes(status="ended", **filters)))
print(frame.groupby("player")[["resolved", "score grounded-1", "score seed-1", "steps_used"]].mean().round(3))
