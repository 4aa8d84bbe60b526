"""Column functions as objects that travel to workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone
from typing import Any

from outlay import arrow

#: The columns of each function's answer, in SQL.
DOLLARS = "decimal(28,12)"
COUNT = "tokens bigint, fidelity string, error string"
USAGE = (
    "outcome string, id string, model string, day date, service_tier string, prompt_tokens bigint, "
    "cached_tokens bigint, cache_write_tokens bigint, cache_write_extended_tokens bigint, "
    "completion_tokens bigint, reasoning_tokens bigint, content_tokens bigint, finish string, "
    "truncated boolean, empty boolean, answers bigint, requests bigint, max_completion_tokens bigint, "
    "effort string, task string, beyond string, error string"
)
COST = (
    f"model_id string, input_usd {DOLLARS}, cached_input_usd {DOLLARS}, cache_write_usd {DOLLARS}, "
    f"output_usd {DOLLARS}, other_usd {DOLLARS}, cost_usd {DOLLARS}, saved_usd {DOLLARS}, "
    "rates_from date, lacking string, error string"
)
BILLED = f"usage struct<{USAGE}>, cost struct<{COST}>"
PLAN = (
    "max_completion_tokens bigint, room bigint, binding string, status string, length_risk double, "
    f"empty_risk double, expected_usd {DOLLARS}, worst_usd {DOLLARS}, error string"
)
OBSERVATION = (
    "model string, task string, completion_tokens bigint, censored boolean, reasoning_tokens bigint, "
    "content_tokens bigint, id string, prompt_tokens bigint, day date, left_out string, error string"
)


class Kernel:
    """A function of ``outlay.arrow`` with its constants, which pickles by name."""

    def __init__(self, function: str, constants: Mapping[str, Any], *, field: str | None = None) -> None:
        self.function = function
        self.constants = dict(constants)
        #: The one column of the answer that is wanted.
        self.field = field

    def __call__(self, *columns: Any) -> Any:
        found = getattr(arrow, self.function)(*columns, **self.constants)
        return found if self.field is None else found.field(self.field)


def today() -> date:
    """The day that workers take for today: that of the machine which asks."""
    return datetime.now(timezone.utc).date()
