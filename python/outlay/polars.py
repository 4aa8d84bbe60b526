"""Polars: ``pl.col("prompt").outlay.tokens("o1-mini")`` after ``import outlay.polars``.

Every function is element by element, so that a lazy frame streams through it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outlay._ask import AsOf
from outlay._catalog import Catalog
from outlay._errors import missing
from outlay._kernels import Kernel, nothing
from outlay._profile import Profile

try:
    import polars as pl
except ImportError:
    raise missing("polars") from None

__all__ = ["Functions"]


def _type(function: str) -> Any:
    """The type of what a function answers."""
    return pl.Series("", nothing(function)).dtype


@pl.api.register_expr_namespace("outlay")
class Functions:
    """The functions of ``outlay.arrow`` on expressions."""

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def _map(self, function: str, constants: Mapping[str, Any]) -> pl.Expr:
        kernel = Kernel(function, constants)

        def over(series: pl.Series) -> pl.Series:
            return pl.Series(series.name, kernel(series))

        return self._expr.map_batches(over, return_dtype=_type(function), is_elementwise=True)

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
        return self._map("count_tokens", constants)

    def usage(self, *, task: str | None = "metadata.task", model: str | None = None) -> pl.Expr:
        """``outlay.arrow.usage`` of records in JSON."""
        return self._map("usage", {"task": task, "model": model})

    def charge(
        self, *, model: str | None = None, as_of: AsOf = None, catalog: Catalog | None = None
    ) -> pl.Expr:
        """``outlay.arrow.charge`` of records in JSON."""
        constants = {"model": model, "as_of": as_of, "catalog": catalog}
        return self._map("charge", constants)

    def cost(self, *, as_of: AsOf = None, catalog: Catalog | None = None) -> pl.Expr:
        """``outlay.arrow.cost`` of a struct of usage: ``pl.struct("model", "day", "prompt_tokens", ...).outlay.cost()``.

        The fields have the names of the arguments of ``outlay.arrow.cost``.
        """

        def over(series: pl.Series) -> pl.Series:
            from outlay import arrow

            columns = {field: series.struct.field(field) for field in series.struct.fields}
            found = arrow.cost(**columns, as_of=as_of, catalog=catalog)
            return pl.Series(series.name, found)

        return self._expr.map_batches(over, return_dtype=_type("cost"), is_elementwise=True)

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
        return self._map("plan", constants)
