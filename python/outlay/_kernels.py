"""Column functions as objects that travel to workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone
from typing import Any

from outlay import _outlay, arrow

#: How many columns a function needs, where that is not one.
_NEEDED = {"cost": 4}


def nothing(function: str) -> Any:
    """What a function of ``outlay.arrow`` answers for a missing row: one null of its type."""
    return getattr(arrow, function)(*[None] * _NEEDED.get(function, 1))


def columns(function: str) -> str:
    """The columns of what a function answers, as SQL declares them."""
    return _outlay.columns(nothing(function))


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
