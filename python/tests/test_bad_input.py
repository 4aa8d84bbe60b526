"""What no engine can count or price: an error of its row, or of the column where its type is wrong; the rest goes on."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

import outlay
from conftest import DAY
from outlay import arrow

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")

#: A model that is not known, a day on which the model was not there, and calls as they should be.
CALLS = {
    "model": ["o1-mini", "no-such-model", "o1-mini", None],
    "day": [date(2024, 10, 20), date(2024, 10, 20), date(2020, 1, 1), date(2024, 10, 20)],
    "prompt_tokens": [1000, 1000, 1000, 1000],
    "completion_tokens": [1000, 1000, 1000, 1000],
}
#: A word of the error of each.
ERRORS = [None, "no-such-model", "2020-01-01", "names no model"]


def agree(rows: list[Any]) -> None:
    """Whether rows of costs are those of `CALLS`: one is priced, and the others say why not."""
    for row, word in zip(rows, ERRORS, strict=True):
        assert (row["cost_usd"] is None) == (word is not None), row
        assert row["error"] is None if word is None else word in row["error"], row


class Other:
    """A catalogue as another version of the package, or a hand, may have pickled it."""

    def state(self) -> tuple[list[tuple[str, str]], str]:
        return [("overlay 1", '[[model]]\nid = "in-house"\n')], ""


def broken() -> outlay.Catalog:
    catalog = outlay.Catalog.__new__(outlay.Catalog)
    catalog.native = Other()  # type: ignore[assignment]
    return catalog


def test_pyarrow() -> None:
    agree(arrow.cost(*(pa.array(column) for column in CALLS.values())).to_pylist())


def test_empty_slices_of_every_library_are_empty_answers() -> None:
    pl = pytest.importorskip("polars", reason="polars is not installed")
    for texts in (pa.array(["one", "two"]).slice(2), pl.Series(["one", "two"]).slice(2)):
        assert len(arrow.count_tokens(texts)) == 0


def test_polars() -> None:
    pl = pytest.importorskip("polars", reason="polars is not installed")
    import outlay.polars  # noqa: F401

    def counted(series: Any) -> list[Any]:
        frame = pl.DataFrame({"text": series})
        found: list[Any] = frame.select(pl.col("text").outlay.count_tokens())["text"].to_list()
        return found

    agree(pl.DataFrame(CALLS).select(pl.struct(pl.all()).outlay.cost().alias("c"))["c"].to_list())
    kinds = pl.Series(["Hello!", None], dtype=pl.Categorical)
    assert [row and row["tokens"] for row in counted(kinds)] == [2, None]
    wrong = counted(pl.Series([b"fine", b"caf\xe9"]))
    assert wrong[0]["tokens"] == 1 and "0xe9 at offset 3" in wrong[1]["error"]
    assert "cast it to a string" in counted(pl.Series([1, 2]))[0]["error"]
    assert counted(pl.Series([], dtype=pl.String)) == []
    for nested in (pl.Series([["a"]]), pl.Series([{"a": "b"}])):
        with pytest.raises(Exception, match="`text`"):
            counted(nested)
    unknown = pl.DataFrame({"t": ["Hello!"]}).select(pl.col("t").outlay.count_tokens("no-such-model"))
    assert "no-such-model" in unknown["t"].to_list()[0]["error"]


def test_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    import outlay.duckdb

    con = duckdb.connect()
    outlay.duckdb.register(con)
    calls = pa.table(CALLS)
    con.register("calls", calls)
    cost = "outlay_cost(model, day, prompt_tokens, completion_tokens, null, null, null, null, null)"
    agree([row[0] for row in con.execute(f"select {cost} from calls").fetchall()])
    con.execute("create type words as enum ('Hello!'); create table kinds (text words)")
    con.execute("insert into kinds values ('Hello!'), (null)")
    found = con.execute("select outlay_tokens(text, 'o1-mini') from kinds").fetchall()
    assert found == [(2,), (None,)]
    assert con.execute("select sum(outlay_tokens(text, 'o1-mini')) from kinds where false").fetchall() == [(None,)]
    unknown = con.execute("select outlay_count_tokens('Hello!', 'no-such-model').error").fetchall()[0][0]
    assert "no-such-model" in unknown
    with pytest.raises(duckdb.Error, match="outlay_tokens"):
        con.execute("select outlay_tokens(['a'], 'o1-mini')").fetchall()


def test_spark(spark: Any) -> None:
    from pyspark.sql import functions as sql

    from outlay import spark as outlay_spark

    days = "model string, day date, prompt_tokens long, completion_tokens long"
    calls = spark.createDataFrame(list(zip(*CALLS.values(), strict=True)), days)
    costs = calls.select(outlay_spark.cost(*CALLS).alias("c")).collect()
    agree([row["c"] for row in costs])
    texts = spark.createDataFrame([("Hello!", 1, ["a"]), (None, 2, ["b"])], "t string, n long, a array<string>")
    counted = outlay_spark.count_tokens("n").alias("c")
    assert "cast it to a string" in texts.select(counted).first()["c"]["error"]
    none = texts.where("n > 9").select(sql.sum(outlay_spark.tokens("t"))).first()[0]
    assert none is None
    unknown = texts.select(outlay_spark.count_tokens("t", "no-such-model").alias("c")).first()["c"]
    assert "no-such-model" in unknown["error"]
    with pytest.raises(Exception, match="the column `text` is a List"):
        texts.select(outlay_spark.tokens("a")).collect()
    # A catalogue that does not parse on the worker ends the job, and says which and where.
    with pytest.raises(Exception, match="overlay 1"):
        texts.select(outlay_spark.count_tokens("t", as_of=DAY, catalog=broken())).collect()


@pytest.mark.parametrize(("module", "package"), [("polars", "polars"), ("duckdb", "duckdb"), ("spark", "pyspark")])
def test_a_missing_engine_is_named_with_its_remedy(module: str, package: str) -> None:
    code = f"import sys; sys.modules['{package}'] = None; import outlay.{module}"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert f"this needs {package}, which is not installed: `pip install {package}`" in found.stderr
