#!/usr/bin/env python3
"""What counting and pricing columns costs in each engine, against a tiktoken UDF and litellm.

    python benches/engines/measure.py                           # small: some minutes on two cores
    python benches/engines/measure.py --megabytes 1200 --calls 1500000
    python benches/engines/measure.py --scale 1,4,16 --engines polars,duckdb
    python benches/engines/measure.py --engines spark-cluster,spark-connect --skew

Data are made first, the same for the same arguments, in Parquet files below --data. CPU seconds are those of the
whole process tree, user and system, which other work on the machine hardly changes; wall seconds it does. Each engine
is measured in a process of its own, warm unless --cold: ours is the least of five runs after three, which is when Java
has compiled what it runs; tiktoken, which counts the same prompts, runs once after those and a first thousand. Both are
called in the same way: in Spark by `mapInArrow`, in the row `spark-sql` as functions of SQL. Totals are compared: a wrong
one ends the run.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "tests"))

#: How many prompts warm a tiktoken UDF, which reads its vocabulary then.
FIRST = 1_000
#: How often ours is run before it is measured, and then.
WARMING = 3
RUNS = 5


def vocabulary_of_tiktoken() -> None:
    """Lets tiktoken find its vocabulary without a network where litellm, which brings it, is installed."""
    found = importlib.util.find_spec("litellm")
    if found is not None and found.origin is not None:
        folder = Path(found.origin).parent / "litellm_core_utils" / "tokenizers"
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(folder))
    # Nor does litellm look for prices of today.
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


def cpu() -> float:
    """CPU seconds of this process and everything below it, ended or not."""
    ticks = os.sysconf("SC_CLK_TCK")
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        pid = int(entry.name)
        children.setdefault(int(fields[1]), []).append(pid)
        # utime, stime, and those of children that were waited for.
        used[pid] = sum(int(field) for field in fields[11:15]) / ticks
    total, waiting = 0.0, [os.getpid()]
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0.0)
        waiting += children.get(pid, [])
    return total


def make(folder: Path, megabytes: int, calls: int, skew: bool) -> None:
    """Prompts of lognormal lengths and records of calls, in files of 50 MB and 100,000 rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from records import record

    done = folder / "done.json"
    wanted = {"megabytes": megabytes, "calls": calls, "skew": skew}
    if done.exists() and json.loads(done.read_text()) == wanted:
        return
    for name in ("prompts", "logs", "first"):
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        for old in target.glob("*.parquet"):
            old.unlink()

    def write(table: pa.Table, path: Path) -> None:
        # Spark's snappy takes a machine that has musl beside glibc for one of musl.
        pq.write_table(table, path, row_group_size=10_000, compression="zstd")

    draw = random.Random(7)
    sources = sorted(Path(__file__).resolve().parents[2].glob("**/*.rs"))
    sources += sorted(Path(__file__).resolve().parents[2].glob("docs/**/*.md"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources if "target" not in path.parts)
    size = 50_000_000

    def prompt(longest: int) -> str:
        length = min(int(draw.lognormvariate(7.2, 1.0)), longest)
        start = draw.randrange(len(text) - length)
        # A number that is new in each prompt, as ids and dates are.
        return f"Request {draw.randrange(10**9)}: {text[start : start + length]}"

    left = megabytes * 1_000_000
    number = 0
    while left > 0:
        rows, held = [], 0
        while held < min(size, left):
            row = prompt(60_000)
            rows.append(row)
            held += len(row.encode())
        if skew and number == 0:
            rows += [text[:2_000_000]] * 5
        table = pa.table({"prompt": rows})
        write(table, folder / "prompts" / f"{number:04d}.parquet")
        if number == 0:
            write(table.slice(0, FIRST), folder / "first" / "0000.parquet")
        left -= held
        number += 1
    for first in range(0, calls, 100_000):
        rows = [json.dumps(record(draw, at)) for at in range(first, min(first + 100_000, calls))]
        write(pa.table({"value": rows}), folder / "logs" / f"{first:08d}.parquet")
    done.write_text(json.dumps(wanted))


def facts(folder: Path) -> dict[str, Any]:
    """How much there is, and the totals that every engine must find: those of the kernels alone."""
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    import outlay
    from outlay import arrow

    found: dict[str, Any] = {}
    table = ds.dataset(folder / "prompts").to_table()
    arrow.count_tokens(table["prompt"].slice(0, FIRST))
    before = cpu()
    tokens = pc.sum(arrow.count_tokens(table["prompt"]).field("tokens")).as_py()
    found["prompts"] = {
        "tokens": tokens,
        "cpu": cpu() - before,
        "mb": pc.sum(pc.binary_length(table["prompt"])).as_py() / 1e6,
        "rows": len(table),
    }
    table = ds.dataset(folder / "logs").to_table()
    before = cpu()
    audited = outlay.audit(table)
    found["logs"] = {
        "cost": audited["total"]["cost_usd"],
        "cpu": cpu() - before,
        "mb": pc.sum(pc.binary_length(table["value"])).as_py() / 1e6,
        "rows": len(table),
    }
    return found


Job = Callable[[], Any]


def polars_jobs(folder: Path) -> dict[str, Job]:
    """Counting, the same with tiktoken, and pricing records, in Polars."""
    import polars as pl
    import tiktoken

    import outlay.polars  # noqa: F401

    encoding = tiktoken.get_encoding("o200k_base")

    def slow(series: pl.Series) -> pl.Series:
        return pl.Series([len(encoding.encode_ordinary(text)) for text in series.to_list()])

    prompts, first = pl.scan_parquet(folder / "prompts/*.parquet"), pl.scan_parquet(folder / "first/*.parquet")
    logs = pl.scan_parquet(folder / "logs/*.parquet")
    column = pl.col("prompt")

    def total(frame: Any) -> Any:
        return frame.collect(engine="streaming").item()

    def peer(frame: Any) -> Any:
        return total(
            frame.select(column.map_batches(slow, return_dtype=pl.Int64, is_elementwise=True).sum())
        )

    return {
        "count": lambda: total(prompts.select(column.outlay.tokens("o1-mini").sum())),
        "first": lambda: peer(first),
        "tiktoken": lambda: peer(prompts),
        "charge": lambda: total(logs.select(pl.col("value").outlay.charge().struct.field("cost_usd").sum())),
    }


def duckdb_jobs(folder: Path) -> dict[str, Job]:
    """The same in DuckDB."""
    import duckdb
    import pyarrow as pa
    import tiktoken

    import outlay.duckdb

    encoding = tiktoken.get_encoding("o200k_base")
    con = duckdb.connect()
    outlay.duckdb.register(con)

    def slow(texts: Any) -> Any:
        return pa.array([len(encoding.encode_ordinary(text)) for text in texts.to_pylist()])

    con.create_function("tik", slow, [duckdb.sqltype("varchar")], duckdb.sqltype("bigint"), type="arrow")

    def total(query: str) -> Any:
        return con.execute(query).fetchall()[0][0]

    return {
        "count": lambda: total(
            f"select sum(outlay_tokens(prompt, 'o1-mini')) from '{folder}/prompts/*.parquet'"
        ),
        "first": lambda: total(f"select sum(tik(prompt)) from '{folder}/first/*.parquet'"),
        "tiktoken": lambda: total(f"select sum(tik(prompt)) from '{folder}/prompts/*.parquet'"),
        "charge": lambda: total(f"select sum(outlay_charge(value).cost_usd) from '{folder}/logs/*.parquet'"),
    }


def datafusion_jobs(folder: Path) -> dict[str, Job]:
    """The same in DataFusion."""
    import pyarrow as pa
    import tiktoken
    from datafusion import SessionContext, udf

    from outlay import arrow

    encoding = tiktoken.get_encoding("o200k_base")
    context = SessionContext()
    for name in ("prompts", "first", "logs"):
        context.register_parquet(name, str(folder / name))

    def slow(texts: Any) -> Any:
        return pa.array([len(encoding.encode_ordinary(text)) for text in texts.to_pylist()])

    money = pa.decimal128(28, 12)
    count = udf(lambda text: arrow.count_tokens(text).field("tokens"), [pa.string()], pa.int64(), "immutable", "count")
    charge = udf(lambda log: arrow.charge(log).field("cost_usd"), [pa.string()], money, "immutable", "charge")
    for function in (count, charge, udf(slow, [pa.string()], pa.int64(), "immutable", "tik")):
        context.register_udf(function)

    def total(function: str, column: str, table: str) -> Any:
        query = f"select sum({function}(arrow_cast({column}, 'Utf8'))) as n from {table}"
        return context.sql(query).to_pydict()["n"][0]

    return {
        "count": lambda: total("count", "prompt", "prompts"),
        "first": lambda: total("tik", "prompt", "first"),
        "tiktoken": lambda: total("tik", "prompt", "prompts"),
        "charge": lambda: total("charge", "value", "logs"),
    }


def spark_jobs(folder: Path, master: str, *, as_sql: bool = False) -> dict[str, Job]:
    """The same in Spark: `local[2]`, `local-cluster[2,1,2048]` or Connect; by rows, or as functions of SQL."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    import pyspark.sql.functions as sql
    from pyspark.sql import SparkSession

    from outlay import spark as functions

    builder = SparkSession.builder.config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    builder = builder.config("spark.connect.grpc.binding.address", "127.0.0.1")
    spark = (builder.remote("local[2]") if master == "connect" else builder.master(master)).getOrCreate()
    prompts, first = spark.read.parquet(f"{folder}/prompts"), spark.read.parquet(f"{folder}/first")
    logs = spark.read.parquet(f"{folder}/logs")

    def slow(texts: Any) -> Any:
        import pyarrow
        import tiktoken

        encoding = tiktoken.get_encoding("o200k_base")
        return pyarrow.array([len(encoding.encode_ordinary(text)) for text in texts.to_pylist()])

    def slow_rows(batches: Any) -> Any:
        import pyarrow

        for batch in batches:
            yield pyarrow.RecordBatch.from_arrays([slow(batch.column(0))], ["tokens"])

    def total(frame: Any) -> Any:
        return frame.collect()[0][0]

    if as_sql:
        tiktoken_udf = sql.arrow_udf(slow, "bigint", sql.ArrowUDFType.SCALAR)

        def ours(frame: Any) -> Any:
            return total(frame.select(sql.sum(functions.tokens("prompt", "o1-mini"))))

        def peer(frame: Any) -> Any:
            return total(frame.select(sql.sum(tiktoken_udf("prompt"))))

    else:

        def ours(frame: Any) -> Any:
            return total(functions.token_rows(frame, "prompt", "o1-mini").select(sql.sum("tokens")))

        def peer(frame: Any) -> Any:
            return total(frame.mapInArrow(slow_rows, "tokens bigint").select(sql.sum("tokens")))

    return {
        "count": lambda: ours(prompts),
        "first": lambda: peer(first),
        "tiktoken": lambda: peer(prompts),
        "charge": lambda: total(
            logs.select(functions.charge("value").alias("c")).select(sql.sum("c.cost_usd"))
        ),
    }


ENGINES: dict[str, Callable[[Path], dict[str, Job]]] = {
    "polars": polars_jobs,
    "duckdb": duckdb_jobs,
    "datafusion": datafusion_jobs,
    "spark-sql": lambda folder: spark_jobs(folder, "local[2]", as_sql=True),
    "spark-local": lambda folder: spark_jobs(folder, "local[2]"),
    "spark-cluster": lambda folder: spark_jobs(folder, "local-cluster[2,1,2048]"),
    "spark-connect": lambda folder: spark_jobs(folder, "connect"),
}


def measure(engine: str, folder: Path, cold: bool, only: list[str]) -> dict[str, Any]:
    """What each job of an engine costs: CPU and wall seconds, and its answer."""
    vocabulary_of_tiktoken()
    found: dict[str, Any] = {}
    for name, job in ENGINES[engine](folder).items():
        if only and name not in only:
            continue
        runs = 1 if cold or name in ("first", "tiktoken") else RUNS
        for _ in range(WARMING if runs > 1 else 0):
            job()
        measured = []
        for _ in range(runs):
            before, start = cpu(), time.monotonic()
            answer = job()
            used = {"cpu": cpu() - before, "wall": time.monotonic() - start}
            measured.append({**used, "answer": str(answer)})
        found[name] = min(measured, key=lambda each: each["cpu"])
    return found


def apart(engine: str, arguments: argparse.Namespace, only: list[str]) -> dict[str, Any]:
    """Measures an engine in a process of its own."""
    command = [sys.executable, __file__, "--data", str(arguments.data), "--one", engine]
    command += ["--cold"] if arguments.cold else []
    command += [f"--only={','.join(only)}"] if only else []
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return result


def check(engine: str, found: dict[str, Any], known: dict[str, Any]) -> None:
    """Ends the run where a total is not that of the kernels."""
    tokens = known["prompts"]["tokens"]
    for name in ("count", "tiktoken"):
        if name in found and int(found[name]["answer"]) != tokens:
            sys.exit(f"{engine}: {name} found {found[name]['answer']} tokens, the kernel {tokens}")
    if "charge" in found and Decimal(found["charge"]["answer"]) != Decimal(known["logs"]["cost"]):
        sys.exit(f"{engine}: {found['charge']['answer']} dollars, the kernel {known['logs']['cost']}")


def litellm(folder: Path, known: dict[str, Any]) -> None:
    """What pricing takes call by call, in plain Python, against the kernel on columns of usage."""
    try:
        from litellm import cost_per_token
    except ImportError:
        print("\nlitellm is not installed: pip install './python[bench]'")
        return
    import pyarrow.dataset as ds

    import outlay
    from outlay import arrow

    table = ds.dataset(folder / "logs").to_table()
    usage = arrow.usage(table["value"])
    names = ("model", "day", "prompt_tokens", "completion_tokens", "cached_tokens")
    columns = [usage.field(name) for name in names]
    before = cpu()
    arrow.cost(*columns)
    kernel = len(table) / (cpu() - before)
    n = 5_000
    before = cpu()
    for _ in range(n):
        cost_per_token(model="gpt-4o", prompt_tokens=757, completion_tokens=512)
    peer = n / (cpu() - before)
    print(
        f"\nusage columns: {kernel / 1e6:.2f} million calls a CPU second; litellm.cost_per_token: {peer:,.0f} ({kernel / peer:,.0f}x)"
    )
    del outlay


def table_of(results: dict[str, dict[str, Any]], known: dict[str, Any]) -> None:
    """Prints the table of the documentation."""
    mb, logs = known["prompts"]["mb"], known["logs"]
    print(
        f"\n{mb:,.0f} MB in {known['prompts']['rows']:,} prompts; {logs['rows']:,} records, {logs['mb']:,.0f} MB; {os.cpu_count()} cores\n"
    )
    print(
        "| engine | count, CPU s | MB/s a core | wall s | tiktoken UDF, CPU s | ratio | charge, MB/s a core |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    alone = known["prompts"]["cpu"]
    print(
        f"| kernel alone | {alone:.1f} | {mb / alone:.0f} | | | | {logs['mb'] / logs['cpu']:.0f} (`audit`) |"
    )
    for engine, found in results.items():
        count = found["count"]
        cells = [f"{count['cpu']:.1f}", f"{mb / count['cpu']:.0f}", f"{count['wall']:.1f}"]
        if "tiktoken" in found:
            ratio = found["tiktoken"]["cpu"] / count["cpu"]
            cells += [f"{found['tiktoken']['cpu']:.1f}", f"{ratio:.1f}x"]
        else:
            cells += ["", ""]
        cells.append(f"{logs['mb'] / found['charge']['cpu']:.0f}" if "charge" in found else "")
        print(f"| {engine} | {' | '.join(cells)} |")


def growth(arguments: argparse.Namespace) -> None:
    """Prints what 1, 4 and 16 times the data take."""
    print("\n| data | " + " | ".join(arguments.engines) + " |\n|---|" + "---:|" * len(arguments.engines))
    for times in arguments.scale:
        make(arguments.data, arguments.megabytes * times, arguments.calls, arguments.skew)
        cells = []
        for engine in arguments.engines:
            found = apart(engine, arguments, ["count"])
            cells.append(f"{found['count']['cpu']:.1f} CPU s, {found['count']['wall']:.1f} s")
        print(f"| {arguments.megabytes * times:,} MB | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Makes the data, measures, and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=300, help="of prompts")
    parser.add_argument("--calls", type=int, default=100_000, help="records")
    parser.add_argument("--engines", type=lambda text: text.split(","), default=list(ENGINES))
    parser.add_argument("--scale", type=lambda text: [int(n) for n in text.split(",")], help="such as 1,4,16")
    parser.add_argument("--data", type=Path, default=Path("target/engines"), help="where data are made")
    parser.add_argument("--skew", action="store_true", help="five prompts of 2 MB in the first file")
    parser.add_argument("--cold", action="store_true", help="measure the first query of each engine")
    parser.add_argument("--no-peers", action="store_true", help="leave tiktoken and litellm out")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.data = arguments.data.resolve()
    if arguments.one:
        print(json.dumps(measure(arguments.one, arguments.data, arguments.cold, arguments.only)))
        return
    if arguments.scale:
        growth(arguments)
        return
    vocabulary_of_tiktoken()
    make(arguments.data, arguments.megabytes, arguments.calls, arguments.skew)
    known = facts(arguments.data)
    only = ["count", "charge"] if arguments.no_peers else []
    results = {}
    for engine in arguments.engines:
        results[engine] = apart(engine, arguments, only)
        check(engine, results[engine], known)
    table_of(results, known)
    if not arguments.no_peers:
        litellm(arguments.data, known)


if __name__ == "__main__":
    main()
