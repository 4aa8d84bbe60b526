"""Every engine answers what the command line answers: totals to the picodollar, histograms row for row."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import outlay
from conftest import java
from outlay import arrow
from records import POISON, prompts, records

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
import pyarrow.dataset  # noqa: E402
import pyarrow.parquet  # noqa: E402

ROWS = 6_000


def write(table: Any, path: Path, rows: int) -> None:
    """Writes a Parquet file; Spark's snappy takes a machine that has musl beside glibc for one of musl."""
    pa.parquet.write_table(table, path, row_group_size=rows, compression="zstd")


class Reference:
    """The data on the disk, and what the command line says of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prompts = [text for text in prompts(ROWS) if text]
        self.records = records(ROWS)
        self.log = folder / "log.jsonl"
        self.log.write_text("\n".join(self.records), encoding="utf-8")
        half = len(self.prompts) // 2
        for name, texts in (("a", self.prompts[:half]), ("b", self.prompts[half:])):
            path = folder / "prompts" / f"{name}.parquet"
            path.parent.mkdir(exist_ok=True)
            write(pa.table({"prompt": texts}), path, 500)
        write(pa.table({"value": self.records}), folder / "log.parquet", 1000)
        requests = "\n".join(
            json.dumps({"messages": [{"role": "user", "content": text}]}) for text in self.prompts
        )
        counted = self.cli("count", "-", "--as", "batch", "-m", "o1-mini", given=requests)
        if not counted["results"]:
            counted = self.cli("count", "-", "-m", "o1-mini", given=requests)
        self.tokens = counted["total"]["content_tokens"]
        audited = self.cli("audit", str(self.log))
        self.cost = Decimal(audited["total"]["cost_usd"])
        self.calls = audited["total"]["calls"]
        self.by_model = {row["model"]: Decimal(row["cost_usd"]) for row in audited["results"]}
        self.profile = outlay.calibrate(self.log).profile
        usage = arrow.usage(pa.array(self.records))
        fields = [usage.field(at) for at in range(usage.type.num_fields)]
        self.usage = pa.table(dict(zip(usage.type.names, fields)))
        write(self.usage, folder / "usage.parquet", 1000)

    @staticmethod
    def cli(*arguments: str, given: str = "") -> Any:
        command = [sys.executable, "-m", "outlay", *arguments, "--json"]
        found = subprocess.run(command, input=given.encode(), capture_output=True, check=False)
        assert found.stdout, found.stderr
        return json.loads(found.stdout)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(tmp_path_factory.mktemp("engines"))


def once(usage: Any) -> list[Any]:
    """The places of the rows that are responses of their own."""
    seen: set[Any] = set()
    places = []
    for at, response in enumerate(usage["response"].to_pylist()):
        if response is None or response not in seen:
            seen.add(response)
            places.append(at)
    return places


def cost_of(table: Any) -> Decimal:
    table = table.take(once(table))
    found = arrow.cost(
        *(table[name] for name in ("model", "day", "prompt_tokens", "completion_tokens", "cached_tokens"))
    )
    assert found.field("error").null_count == len(table)
    total: Decimal = pa.compute.sum(found.field("cost_usd")).as_py()
    return total


def test_pyarrow(reference: Reference) -> None:
    data = pa.dataset.dataset(reference.folder / "prompts")
    found = sum(
        pa.compute.sum(arrow.count_tokens(batch.column(0)).field("tokens")).as_py()
        for batch in data.to_batches()
    )
    assert found == reference.tokens
    assert cost_of(reference.usage) == reference.cost
    scanned = outlay.audit(pa.dataset.dataset(reference.folder / "log.parquet").scanner().to_reader())
    assert Decimal(scanned["total"]["cost_usd"]) == reference.cost


def test_polars(reference: Reference) -> None:
    pl = pytest.importorskip("polars", reason="polars is not installed")
    import outlay.polars  # noqa: F401

    lazy = pl.scan_parquet(reference.folder / "prompts/*.parquet")
    tokens = lazy.select(pl.col("prompt").outlay.tokens("o1-mini").sum()).collect(engine="streaming")
    assert tokens.item() == reference.tokens
    usage = pl.read_parquet(reference.folder / "usage.parquet")
    is_known = pl.col("response").is_not_null()
    calls = pl.concat([usage.filter(is_known).unique("response"), usage.filter(~is_known)])
    columns = ["model", "day", "prompt_tokens", "completion_tokens", "cached_tokens"]
    cost = calls.select(pl.struct(columns).outlay.cost().struct.field("cost_usd").sum()).item()
    assert cost == reference.cost
    charged = pl.read_parquet(reference.folder / "log.parquet").select(
        pl.col("value").outlay.charge().alias("cost")
    )
    assert charged.select(pl.col("cost").struct.field("error").null_count()).item() == len(charged)
    frame = pl.read_parquet(reference.folder / "log.parquet")
    assert Decimal(outlay.audit(frame)["total"]["cost_usd"]) == reference.cost
    planned = pl.DataFrame({"n": [400, None]}).select(pl.col("n").outlay.plan("o1-mini", as_of="2024-10-20"))
    assert planned["n"].struct.field("max_completion_tokens").to_list() == [25000, None]
    poison = pl.DataFrame({"r": [text for text, *_ in POISON]}).select(pl.col("r").outlay.usage())
    assert poison["r"].struct.field("outcome").to_list() == [outcome for _, outcome, _ in POISON]


def test_duckdb(reference: Reference) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    import outlay.duckdb

    con = duckdb.connect()
    names = outlay.duckdb.register(con)
    assert "outlay_tokens" in names
    prompts_ = f"'{reference.folder}/prompts/*.parquet'"
    tokens = con.execute(f"select sum(outlay_tokens(prompt, 'o1-mini')) from {prompts_}").fetchall()[0][0]
    assert tokens == reference.tokens
    cost = con.execute(
        f"""
        with calls as (
            select distinct on (response) * from '{reference.folder}/usage.parquet' where response is not null
            union all by name
            select * from '{reference.folder}/usage.parquet' where response is null)
        select sum(outlay_cost(model, day, prompt_tokens, completion_tokens, cached_tokens, null, null, null, null).cost_usd)
        from calls
        """
    ).fetchall()[0][0]
    assert cost == reference.cost
    streamed = outlay.audit(con.sql(f"select value from '{reference.folder}/log.parquet'"))
    assert Decimal(streamed["total"]["cost_usd"]) == reference.cost
    con.execute("create table poison (r varchar)")
    con.executemany("insert into poison values (?)", [[text] for text, *_ in POISON])
    outcomes = con.execute("select outlay_usage(r).outcome from poison").fetchall()
    assert [row[0] for row in outcomes] == [outcome for _, outcome, _ in POISON]


def test_datafusion(reference: Reference) -> None:
    datafusion = pytest.importorskip("datafusion", reason="datafusion is not installed")
    count = datafusion.udf(
        lambda text: arrow.count_tokens(text).field("tokens"),
        [pa.string()],
        pa.int64(),
        "immutable",
        "outlay_tokens",
    )
    context = datafusion.SessionContext()
    context.register_udf(count)
    context.register_parquet("prompts", str(reference.folder / "prompts"))
    found = context.sql("select sum(outlay_tokens(arrow_cast(prompt, 'Utf8'))) as n from prompts").to_pydict()
    assert found["n"] == [reference.tokens]


def test_spark(reference: Reference, spark: Any) -> None:
    _spark(reference, spark)


def _spark(reference: Reference, spark: Any) -> None:
    from pyspark.sql import functions as sql

    from outlay import spark as outlay_spark

    prompts_ = spark.read.parquet(str(reference.folder / "prompts"))
    tokens = prompts_.select(sql.sum(outlay_spark.tokens("prompt", "o1-mini"))).first()[0]
    assert tokens == reference.tokens
    marked = prompts_.select("prompt", sql.length("prompt").alias("length"))
    rows = outlay_spark.token_rows(marked, "prompt", keep=["length", (sql.col("length") + 1).alias("more")])
    assert rows.columns == ["length", "more", "tokens"]
    sums = rows.select(sql.sum("tokens"), sql.sum(sql.col("more") - sql.col("length"))).first()
    assert tuple(sums) == (reference.tokens, len(reference.prompts))
    outlay_spark.register(spark)
    prompts_.createOrReplaceTempView("prompts")
    assert (
        spark.sql("select sum(outlay_tokens(prompt, 'o1-mini')) from prompts").first()[0] == reference.tokens
    )
    logs = spark.read.parquet(str(reference.folder / "log.parquet"))
    audited = outlay_spark.audit(logs).collect()
    assert {row["model"]: row["cost_usd"] for row in audited} == reference.by_model
    assert sum(row["calls"] for row in audited) == reference.calls
    assert all(row["unpriced"] == row["invalid"] == row["lacking"] == 0 for row in audited)
    # `dropDuplicates` on a null id would keep one of all of them.
    everything = outlay_spark.audit(logs, once=False).collect()
    assert sum(row["calls"] for row in everything) == len(reference.records)
    rows = outlay_spark.profile_rows(logs).toArrow()
    assert outlay.Profile.of_rows(rows, "own logs: log.jsonl") == reference.profile
    usage = spark.read.parquet(str(reference.folder / "usage.parquet")).where("response is not null")
    usage = usage.dropDuplicates(["response"])
    columns = ("model", "day", "prompt_tokens", "completion_tokens", "cached_tokens")
    costs = usage.select(outlay_spark.cost(*columns).alias("c")).select(sql.sum("c.cost_usd")).first()[0]
    named = reference.usage.filter(pa.compute.is_valid(reference.usage["response"]))
    assert costs == cost_of(named)


def test_spark_goes_on_over_bad_rows(spark: Any) -> None:
    from pyspark.sql import functions as sql

    from outlay import spark as outlay_spark

    texts = [(text,) for text, *_ in POISON] + [(None,), (records(1)[0],)]
    frame = spark.createDataFrame(texts, "value string")
    found = [row["u"] for row in frame.select(outlay_spark.usage("value").alias("u")).collect()]
    assert [row["outcome"] for row in found] == [*(outcome for _, outcome, _ in POISON), None, "call"]
    # Spark hands a string over that is not UTF-8.
    wrong = spark.sql("select cast(unhex('636166e9') as string) as value")
    counted = wrong.select(outlay_spark.count_tokens("value").alias("c")).first()["c"]
    assert counted["tokens"] is None and "UTF-8" in counted["error"]
    audited = outlay_spark.audit(frame, by=["model"]).collect()
    assert sum(row["invalid"] for row in audited) == len(POISON)
    with pytest.raises(outlay.OutlayError, match="`hour`"):
        outlay_spark.audit(frame, by=["hour"])
    bare = outlay_spark.token_rows(wrong.unionByName(spark.sql("select 'a' as value")), sql.col("value"))
    assert [row["tokens"] for row in bare.collect()] == [None, 1]
    with pytest.raises(outlay.OutlayError, match="`tokens`"):
        outlay_spark.token_rows(wrong, "value", keep=[sql.lit(1).alias("tokens")])


def test_spark_prices_with_the_catalogue_of_the_driver(spark: Any) -> None:
    from outlay import spark as outlay_spark

    frame = spark.createDataFrame([("o1-mini", 400)], "model string, n long")
    found = frame.select(
        outlay_spark.plan("n", "o1-mini", as_of="2024-10-20", catalog=outlay.Catalog()).alias("p")
    )
    assert found.first()["p"]["max_completion_tokens"] == 25000


CONNECT = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from pyspark.sql import SparkSession
import test_engines

spark = (
    SparkSession.builder.remote("local[2]")
    .config("spark.connect.grpc.binding.address", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
test_engines._spark(test_engines.Reference(Path({folder!r})), spark)
print("equal")
spark.stop()
"""


def test_spark_connect(tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    pytest.importorskip("grpc", reason="Spark Connect needs grpcio, of pyspark[connect]")
    if why := java():
        pytest.skip(why)
    # A session of Connect does not go together with a classic one in one process.
    code = CONNECT.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )
    assert found.stdout.endswith("equal\n"), found.stdout + found.stderr[-4000:]


def test_a_pipe_of_duckdb_into_the_command_line(reference: Reference, cli: Any) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    out = reference.folder / "usage.csv"
    duckdb.connect().execute(
        f"""copy (select id, model, day, prompt_tokens, cached_tokens, completion_tokens
            from '{reference.folder}/usage.parquet') to '{out}' (format csv, header)"""
    )
    found = cli("audit", "-", "--json", given=out.read_text(encoding="utf-8"))
    assert Decimal(json.loads(found.stdout)["total"]["cost_usd"]) == reference.cost
