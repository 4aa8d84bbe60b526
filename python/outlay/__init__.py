"""Cost and context-budget planning of LLM calls, offline: counts, prices by date, caps, risks, logs.

Functions for one question (:func:`count`, :func:`estimate`, :func:`plan`, :func:`simulate`, :func:`compare`,
:func:`check`) and for logs (:func:`audit`, :func:`calibrate`) answer with the documents of the command line's JSON.
``outlay.arrow`` has the same for columns, ``outlay.spark``, ``outlay.polars`` and ``outlay.duckdb`` for engines.

Tokens are integers, money is in dollars, dates are days in UTC. Nothing uses the network.
"""

from __future__ import annotations

from outlay._catalog import Catalog
from outlay._document import Document
from outlay._errors import OutlayError, OutlayWarning
from outlay._outlay import __version__
from outlay._profile import Profile
from outlay.verbs import (
    audit,
    calibrate,
    check,
    compare,
    count,
    estimate,
    models,
    plan,
    simulate,
    tokens,
)

__all__ = [
    "Catalog",
    "Document",
    "OutlayError",
    "OutlayWarning",
    "Profile",
    "__version__",
    "audit",
    "calibrate",
    "check",
    "compare",
    "count",
    "estimate",
    "models",
    "plan",
    "simulate",
    "tokens",
]
