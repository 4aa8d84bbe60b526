"""Polars: ``pl.col("prompt").outlay.tokens("o1-mini")`` after ``import outlay.polars``.

Every function is element by element, so that a lazy frame streams through it.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from outlay._ask import AsOf
from outlay._catalog import Catalog
from outlay._kernels import Kernel
from outlay._profile import Profile

__all__ = ["Functions"]

_DOLLARS = pl.Decimal(28, 12)
_COUNT = pl.Struct({"tokens": pl.Int64, "fidelity": pl.String, "error": pl.String})
_USAGE = pl.Struct(
    {
        "outcome": pl.String,
        "id": pl.String,
        "model": pl.String,
        "day": pl.Date,
        "service_tier": pl.String,
        "prompt_tokens": pl.Int64,
        "cached_tokens": pl.Int64,
        "cache_write_tokens": pl.Int64,
        "cache_write_extended_tokens": pl.Int64,
        "completion_tokens": pl.Int64,
        "reasoning_tokens": pl.Int64,
        "content_tokens": pl.Int64,
        "finish": pl.String,
        "truncated": pl.Boolean,
        "empty": pl.Boolean,
        "answers": pl.Int64,
        "requests": pl.Int64,
        "max_completion_tokens": pl.Int64,
        "effort": pl.String,
        "task": pl.String,
        "beyond": pl.String,
        "error": pl.String,
    }
)
_COST = pl.Struct(
    {
        "model_id": pl.String,
        "input_usd": _DOLLARS,
        "cached_input_usd": _DOLLARS,
        "cache_write_usd": _DOLLARS,
        "output_usd": _DOLLARS,
        "other_usd": _DOLLARS,
        "cost_usd": _DOLLARS,
        "saved_usd": _DOLLARS,
        "rates_from": pl.Date,
        "lacking": pl.String,
        "error": pl.String,
    }
)
_PLAN = pl.Struct(
    {
        "max_completion_tokens": pl.Int64,
        "room": pl.Int64,
        "binding": pl.String,
        "status": pl.String,
        "length_risk": pl.Float64,
        "empty_risk": pl.Float64,
        "expected_usd": _DOLLARS,
        "worst_usd": _DOLLARS,
        "error": pl.String,
    }
)


@pl.api.register_expr_namespace("outlay")
class Functions:
    """The functions of ``outlay.arrow`` on expressions."""

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def _map(self, kernel: Kernel, answer: Any) -> pl.Expr:
        def over(series: pl.Series) -> pl.Series:
            return pl.Series(series.name, kernel(series)).cast(answer)

        return self._expr.map_batches(over, return_dtype=answer, is_elementwise=True)

    def tokens(
        self,
        model: str = "o1-mini",
        *,
        chat: bool = False,
        as_of: AsOf = None,
        catalog: Catalog | None = None,
    ) -> pl.Expr:
        """The tokens of texts, Int64; null where there is an error, which :meth:`count_tokens` names."""
        return self.count_tokens(model, chat=chat, as_of=as_of, catalog=catalog).struct.field("tokens")

    def count_tokens(
        self,
        model: str = "o1-mini",
        *,
        chat: bool = False,
        as_of: AsOf = None,
        catalog: Catalog | None = None,
    ) -> pl.Expr:
        """``outlay.arrow.count_tokens`` of texts."""
        constants = {"model": model, "chat": chat, "as_of": as_of, "catalog": catalog}
        return self._map(Kernel("count_tokens", constants), _COUNT)

    def usage(self, *, task: str | None = "metadata.task", model: str | None = None) -> pl.Expr:
        """``outlay.arrow.usage`` of records in JSON."""
        return self._map(Kernel("usage", {"task": task, "model": model}), _USAGE)

    def charge(
        self, *, model: str | None = None, as_of: AsOf = None, catalog: Catalog | None = None
    ) -> pl.Expr:
        """``outlay.arrow.charge`` of records in JSON."""
        constants = {"model": model, "as_of": as_of, "catalog": catalog}
        return self._map(Kernel("charge", constants), _COST)

    def cost(self, *, as_of: AsOf = None, catalog: Catalog | None = None) -> pl.Expr:
        """``outlay.arrow.cost`` of a struct of usage: ``pl.struct("model", "day", "prompt_tokens", ...).outlay.cost()``.

        The fields have the names of the arguments of ``outlay.arrow.cost``.
        """

        def over(series: pl.Series) -> pl.Series:
            from outlay import arrow

            columns = {field: series.struct.field(field) for field in series.struct.fields}
            found = arrow.cost(**columns, as_of=as_of, catalog=catalog)
            return pl.Series(series.name, found).cast(_COST)

        return self._expr.map_batches(over, return_dtype=_COST, is_elementwise=True)

    def plan(
        self,
        model: str = "o1-mini",
        *,
        profile: Profile | None = None,
        as_of: AsOf = None,
        catalog: Catalog | None = None,
        **call: Any,
    ) -> pl.Expr:
        """``outlay.arrow.plan`` of prompt tokens."""
        constants = {"model": model, "profile": profile, "as_of": as_of, "catalog": catalog, **call}
        return self._map(Kernel("plan", constants), _PLAN)
