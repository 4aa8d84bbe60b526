"""DuckDB: ``outlay.duckdb.register(con)``, then ``select sum(outlay_tokens(prompt, 'o1-mini')) from 's3://…'``."""

from __future__ import annotations

import inspect
from typing import Any

from outlay._ask import AsOf
from outlay._catalog import Catalog
from outlay._errors import missing
from outlay._kernels import Kernel, columns, today

try:
    import duckdb
except ImportError:
    raise missing("duckdb") from None

__all__ = ["register"]


def _struct(function: str) -> str:
    """The type of what a function answers, in DuckDB's SQL."""
    return f"struct({columns(function).replace(' string', ' varchar')})"


def register(
    con: duckdb.DuckDBPyConnection,
    prefix: str = "outlay_",
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> list[str]:
    """Registers the functions with a connection, and answers their names.

    ``outlay_tokens(text, model)`` is a bigint, null where there is an error; ``outlay_count_tokens(text, model)``,
    ``outlay_usage(record)``, ``outlay_charge(record)``, ``outlay_cost(model, day, prompt_tokens, completion_tokens,
    cached_tokens, cache_write_tokens, cache_write_extended_tokens, reasoning_tokens, service_tier)`` and
    ``outlay_plan(prompt_tokens, model)`` are structs with an ``error``. ``as_of`` is the day of calls without one,
    and that of models. pyarrow must be installed.
    """
    dated = {"catalog": catalog, "as_of": as_of or today()}
    priced = {"catalog": catalog, "as_of": as_of}
    text, whole = "varchar", "bigint"
    usage = [text, "date", whole, whole, whole, whole, whole, whole, text]
    functions: dict[str, tuple[Kernel, list[str], str]] = {
        "tokens": (Kernel("count_tokens", dated, field="tokens"), [text, text], whole),
        "count_tokens": (Kernel("count_tokens", dated), [text, text], _struct("count_tokens")),
        "usage": (Kernel("usage", {}), [text], _struct("usage")),
        "charge": (Kernel("charge", priced), [text], _struct("charge")),
        "cost": (Kernel("cost", priced), usage, _struct("cost")),
        "plan": (Kernel("plan", dated), [whole, text], _struct("plan")),
    }
    for name, (kernel, parameters, answer) in functions.items():
        _create(con, prefix + name, kernel, parameters, answer)
    return [prefix + name for name in functions]


def _create(
    con: duckdb.DuckDBPyConnection,
    name: str,
    kernel: Kernel,
    parameters: list[str],
    answer: str,
) -> None:
    def over(*given: Any) -> Any:
        return kernel(*given)

    # DuckDB looks at how many parameters a function has.
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    names = [inspect.Parameter(f"column_{at}", kind) for at in range(len(parameters))]
    over.__signature__ = inspect.Signature(names)  # type: ignore[attr-defined]
    con.create_function(
        name,
        over,
        [duckdb.sqltype(parameter) for parameter in parameters],
        duckdb.sqltype(answer),
        type="arrow",
        null_handling="special",
        side_effects=False,
    )
