"""Spark, classic and Connect: columns, SQL functions, sums and profiles.

The functions take columns or their names and answer columns, as those of ``pyspark.sql.functions`` do::

    from outlay import spark as outlay_spark

    prompts.select(outlay_spark.tokens("prompt", "o1-mini"))
    outlay_spark.audit(logs, record="value", by=["model", "day"]).show()

Workers need ``outlay`` and pyarrow 14 or later. Spark 4.1 hands Arrow over as it is; older ones go through pandas,
except in :func:`token_rows`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from outlay._ask import AsOf
from outlay._catalog import Catalog
from outlay._errors import OutlayError, missing
from outlay._kernels import Kernel, columns, today
from outlay._profile import Profile

try:
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql import functions as sql
    from pyspark.sql import types
except ImportError:
    raise missing("pyspark") from None

__all__ = [
    "audit",
    "billed",
    "charge",
    "cost",
    "count_tokens",
    "observation",
    "plan",
    "profile_rows",
    "register",
    "token_rows",
    "tokens",
    "usage",
]


def _function(kernel: Kernel) -> Any:
    """A function of Spark over whole columns."""
    answer = columns(kernel.function) if kernel.field is None else "bigint"
    if hasattr(sql, "arrow_udf"):

        def over_arrow(*given: Any) -> Any:
            return kernel(*given)

        with warnings.catch_warnings():
            # The kind is said, because hints would load pyarrow where the function is defined.
            warnings.simplefilter("ignore", UserWarning)
            return sql.arrow_udf(over_arrow, answer, sql.ArrowUDFType.SCALAR)

    def over_pandas(*given: Any) -> Any:
        import pyarrow

        found = kernel(*(pyarrow.Array.from_pandas(column) for column in given))
        if pyarrow.types.is_struct(found.type):
            return pyarrow.RecordBatch.from_struct_array(found).to_pandas()
        return found.to_pandas()

    return sql.pandas_udf(over_pandas, answer, sql.PandasUDFType.SCALAR)


def _catalog(catalog: Catalog | None) -> Catalog:
    """The catalogue of this machine, which workers may not have."""
    return Catalog() if catalog is None else catalog


def _apply(kernel: Kernel, *given: Any) -> Column:
    found: Column = _function(kernel)(*given)
    return found


def tokens(
    text: Any,
    model: str | Column = "o1-mini",
    *,
    chat: bool = False,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Column:
    """The tokens of texts, bigint; null where the text is null or there is an error, which :func:`count_tokens` names."""
    return _counted(text, model, chat, as_of, catalog, "tokens")


def count_tokens(
    text: Any,
    model: str | Column = "o1-mini",
    *,
    chat: bool = False,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Column:
    """``outlay.arrow.count_tokens`` as a column."""
    return _counted(text, model, chat, as_of, catalog, None)


def token_rows(
    frame: DataFrame,
    text: str | Column,
    model: str = "o1-mini",
    *,
    keep: Sequence[str | Column] = (),
    chat: bool = False,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> DataFrame:
    """The columns ``keep`` of a frame, and ``tokens``, bigint: those of ``text``, as :func:`tokens` counts them.

    The way that takes a cluster the least: for a column function Spark keeps a copy of the rows until the answers come
    back, and here the texts go to the workers and nowhere else.
    """
    constants = {"chat": chat, "as_of": as_of or today(), "catalog": _catalog(catalog), "model": model}
    kernel = Kernel("count_tokens", constants, field="tokens")
    kept = frame.select(*keep).schema.fields
    if "tokens" in (field.name for field in kept):
        raise OutlayError("`keep` has a column `tokens`, which is the name of what is counted", "give it another name")
    names = [*(field.name for field in kept), "tokens"]

    def over_batches(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for batch in batches:
            *others, texts = batch.columns
            yield pyarrow.RecordBatch.from_arrays([*others, kernel(texts)], names)

    answer = types.StructType([*kept, types.StructField("tokens", types.LongType())])
    texts = sql.col(text) if isinstance(text, str) else text
    return frame.select(*keep, texts.alias("tokens")).mapInArrow(over_batches, answer)


def _counted(
    text: Any,
    model: str | Column,
    chat: bool,
    as_of: AsOf,
    catalog: Catalog | None,
    field: str | None,
) -> Column:
    constants = {"chat": chat, "as_of": as_of or today(), "catalog": _catalog(catalog)}
    if isinstance(model, str):
        return _apply(Kernel("count_tokens", {**constants, "model": model}, field=field), text)
    return _apply(Kernel("count_tokens", constants, field=field), text, model)


def usage(record: Any, *, task: str | None = "metadata.task", model: str | None = None) -> Column:
    """``outlay.arrow.usage`` as a column."""
    return _apply(Kernel("usage", {"task": task, "model": model}), record)


def cost(
    model: Any,
    day: Any,
    prompt_tokens: Any,
    completion_tokens: Any,
    cached_tokens: Any = None,
    cache_write_tokens: Any = None,
    cache_write_extended_tokens: Any = None,
    reasoning_tokens: Any = None,
    service_tier: Any = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Column:
    """``outlay.arrow.cost`` as a column; each argument is a column, or its name."""
    given = [model, day, prompt_tokens, completion_tokens, cached_tokens, cache_write_tokens]
    given += [cache_write_extended_tokens, reasoning_tokens, service_tier]
    given = [sql.lit(None).cast("string") if column is None else column for column in given]
    kernel = Kernel("cost", {"as_of": as_of, "catalog": _catalog(catalog)})
    return _apply(kernel, *given)


def charge(
    record: Any, *, model: str | None = None, as_of: AsOf = None, catalog: Catalog | None = None
) -> Column:
    """``outlay.arrow.charge`` as a column."""
    constants = {"model": model, "as_of": as_of, "catalog": _catalog(catalog)}
    return _apply(Kernel("charge", constants), record)


def billed(
    record: Any,
    *,
    task: str | None = "metadata.task",
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Column:
    """``outlay.arrow.billed`` as a column."""
    constants = {"task": task, "model": model, "as_of": as_of, "catalog": _catalog(catalog)}
    return _apply(Kernel("billed", constants), record)


def plan(
    prompt_tokens: Any,
    model: str | Column = "o1-mini",
    *,
    profile: Profile | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    **call: Any,
) -> Column:
    """``outlay.arrow.plan`` as a column."""
    constants = {
        "profile": profile,
        "as_of": as_of or today(),
        "catalog": _catalog(catalog),
        **call,
    }
    if isinstance(model, str):
        return _apply(Kernel("plan", {**constants, "model": model}), prompt_tokens)
    return _apply(Kernel("plan", constants), prompt_tokens, model)


def observation(
    record: Any,
    *,
    task: str | None = "metadata.task",
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Column:
    """``outlay.arrow.observation`` as a column."""
    constants = {
        "task": task,
        "model": model,
        "as_of": as_of or today(),
        "catalog": _catalog(catalog),
    }
    return _apply(Kernel("observation", constants), record)


def register(
    spark: SparkSession,
    prefix: str = "outlay_",
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> list[str]:
    """Registers the functions for SQL, and answers their names.

    ``outlay_tokens(text, model)`` is a bigint; ``outlay_count_tokens(text, model)``, ``outlay_usage(record)``,
    ``outlay_charge(record)``, ``outlay_billed(record)``, ``outlay_cost(model, day, prompt_tokens, completion_tokens,
    cached_tokens, cache_write_tokens, cache_write_extended_tokens, reasoning_tokens, service_tier)`` and
    ``outlay_plan(prompt_tokens, model)`` are structs. ``as_of`` is the day of calls without one, and that of models.
    """
    shared = {"catalog": _catalog(catalog)}
    dated = {**shared, "as_of": as_of or today()}
    priced = {**shared, "as_of": as_of}
    functions = {
        "tokens": Kernel("count_tokens", dated, field="tokens"),
        "count_tokens": Kernel("count_tokens", dated),
        "usage": Kernel("usage", {}),
        "charge": Kernel("charge", priced),
        "billed": Kernel("billed", priced),
        "cost": Kernel("cost", priced),
        "plan": Kernel("plan", dated),
    }
    for name, kernel in functions.items():
        spark.udf.register(prefix + name, _function(kernel))
    return [prefix + name for name in functions]


def _once(rows: DataFrame) -> DataFrame:
    """Each response once; rows without a response to tell them by are responses of their own."""
    known = rows.where("response is not null").dropDuplicates(["response"])
    return known.unionByName(rows.where("response is null"))


def audit(
    logs: DataFrame,
    record: str = "value",
    by: Sequence[str] = ("model",),
    *,
    task: str | None = "metadata.task",
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    once: bool = True,
) -> DataFrame:
    """What logged calls cost, by ``model``, ``day`` and ``task``: one row for each group.

    ``record`` is the column with one JSON record for each row. With ``once`` a response that was logged twice counts
    once; rows without an id all count. ``calls`` have a cost; ``cost_usd`` is their sum and ``wasted_usd`` that of
    empty answers. ``unpriced`` calls have no price, ``lacking`` ones cost more than is known, and ``invalid`` rows
    could not be read: where these are above 0, the sum is too small.
    """
    keys = [by] if isinstance(by, str) else list(by)
    wrong = [key for key in keys if key not in ("model", "day", "task")]
    if wrong:
        raise OutlayError(f"calls are not grouped by `{wrong[0]}`", "the keys are model, day and task")
    column = billed(record, task=task, model=model, as_of=as_of, catalog=catalog)
    rows = logs.select(column.alias("row")).select("row.usage.*", "row.cost")
    calls = _once(rows.where("outcome = 'call'")) if once else rows.where("outcome = 'call'")
    calls = calls.unionByName(rows.where("error is not null"))
    calls = calls.withColumn("model", sql.coalesce("cost.model_id", "model"))
    requests = sql.coalesce("requests", sql.lit(1))
    priced = sql.col("cost.cost_usd").isNotNull()

    def number(condition: Column) -> Column:
        return sql.sum(sql.when(condition, requests).otherwise(0))

    return calls.groupBy(*keys).agg(
        number(priced).alias("calls"),
        sql.sum("prompt_tokens").alias("prompt_tokens"),
        sql.sum("completion_tokens").alias("completion_tokens"),
        sql.sum("reasoning_tokens").alias("reasoning_tokens"),
        sql.sum("cost.cost_usd").alias("cost_usd"),
        sql.sum(sql.when(sql.col("empty"), sql.col("cost.cost_usd"))).alias("wasted_usd"),
        number(sql.col("cost.error").isNotNull()).alias("unpriced"),
        number(sql.col("cost.lacking").isNotNull()).alias("lacking"),
        number(sql.col("error").isNotNull()).alias("invalid"),
    )


def profile_rows(
    logs: DataFrame,
    record: str = "value",
    *,
    task: str | None = "metadata.task",
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    once: bool = True,
) -> DataFrame:
    """The histogram of logged completions; ``outlay.Profile.of_rows(rows.toArrow())`` is their profile.

    Arguments are those of :func:`audit`. Rows of several days or tables add up, so that only new days need counting.
    """
    column = observation(record, task=task, model=model, as_of=as_of, catalog=catalog)
    rows = logs.select(column.alias("row")).select("row.*").where("model is not null")
    rows = _once(rows) if once else rows
    keys = ["model", "task", "completion_tokens", "censored", "reasoning_tokens", "content_tokens"]
    return rows.groupBy(*keys).agg(
        sql.count(sql.lit(1)).alias("count"),
        sql.min("day").alias("first_day"),
        sql.max("day").alias("last_day"),
    )
