"""The rules of a run over many machines that no other file holds, each with a test."""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import outlay
from outlay import arrow
from records import prompts, record, records

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")


def repeated() -> list[str]:
    """Calls whose ids say little, or that have one id and other figures, beside such as were logged twice."""
    draw = random.Random(5)
    made = []
    for identity in ("none", "0", "7", "", None, "chatcmpl-000000000001"):
        call = record(draw, 1)
        call["id"] = identity
        cached = json.loads(json.dumps(call))
        details = cached["usage"]["prompt_tokens_details"]
        details["cached_tokens"] = 0 if details["cached_tokens"] else 1
        later = {**call, "created": call["created"] + 1}
        made += [json.dumps(each) for each in (call, call, cached, later)]
    return made


def test_a_response_counts_once_by_the_rule_of_audit() -> None:
    for logs in (repeated(), records(300)):
        responses = arrow.usage(pa.array(logs)).field("response").to_pylist()
        known = [response for response in responses if response is not None]
        calls = len(set(known)) + responses.count(None)
        assert calls == outlay.audit(pa.table({"value": logs}))["total"]["calls"]
        assert arrow.observation(pa.array(logs)).field("response").to_pylist() == responses


def test_spark_counts_a_response_once_by_the_rule_of_audit(spark: Any) -> None:
    from outlay import spark as outlay_spark

    logs = repeated()
    frame = spark.createDataFrame([(text,) for text in logs], "value string")
    audited = outlay_spark.audit(frame, by=["model"]).collect()
    told = outlay.audit(pa.table({"value": logs}))
    assert sum(row["calls"] for row in audited) == told["total"]["calls"]
    assert {row["model"]: str(row["cost_usd"].normalize()) for row in audited} == {
        row["model"]: row["cost_usd"] for row in told["results"]
    }


def test_late_days_add_up_to_the_profile_of_all() -> None:
    logs = records(400)

    def histogram(some: list[str]) -> Any:
        seen = arrow.observation(pa.array(some))
        fields = {name: seen.field(name) for name in seen.type.names}
        table = pa.table(fields).filter(pa.compute.is_valid(fields["model"]))
        keys = ["model", "task", "completion_tokens", "censored", "reasoning_tokens", "content_tokens"]
        grouped = table.group_by(keys).aggregate([([], "count_all"), ("day", "min"), ("day", "max")])
        return grouped.rename_columns([*keys, "count", "first_day", "last_day"])

    parts = pa.concat_tables([histogram(logs[:130]), histogram(logs[130:])])
    assert outlay.Profile.of_rows(parts) == outlay.Profile.of_rows(histogram(logs))


def test_a_result_names_its_catalogue_and_version() -> None:
    audited = outlay.audit(pa.table({"value": records(3)}))
    assert audited["catalog"]["digest"] == outlay.Catalog(isolated=True).digest
    assert audited["outlay"] == outlay.__version__
    assert outlay.Catalog('[[model]]\nid = "o1-mini"\naliases = ["mine"]\n').digest != audited["catalog"]["digest"]


def test_a_worker_reads_a_catalogue_once() -> None:
    travels = pickle.dumps(outlay.Catalog())
    assert pickle.loads(travels).native is pickle.loads(travels).native


def test_a_long_row_is_one_row_of_work() -> None:
    found = arrow.count_tokens(pa.array(["a", " " * 1_000_000, "b"])).field("tokens").to_pylist()
    assert found == [1, 7813, 1]


def skewed() -> list[str]:
    """Short prompts, and a few that have most of the text."""
    short = [text for text in prompts(400, seed=8) if text]
    long = [" ".join(filter(None, prompts(1000, seed=seed))) for seed in (9, 10, 11)]
    assert sum(map(len, long)) > 2 * sum(map(len, short))
    return [*long, *short]


def test_a_batch_that_one_row_fills_counts_as_its_rows_do() -> None:
    texts = skewed()
    alone = [outlay.count(text, chat=False) for text in texts]
    column = pa.array(texts)
    assert arrow.count_tokens(column).field("tokens").to_pylist() == alone
    for cut in (1, 2, 3, 200):
        parts = pa.chunked_array([column.slice(0, cut), column.slice(cut)])
        assert arrow.count_tokens(parts).field("tokens").to_pylist() == alone


def test_spark_counts_the_same_where_one_partition_has_the_long_prompts(spark: Any) -> None:
    from pyspark.sql import functions as sql

    from outlay import spark as outlay_spark

    texts = skewed()
    total = sum(outlay.count(text, chat=False) for text in texts)
    rows = [(number, text) for number, text in enumerate(texts)]
    frame = spark.createDataFrame(rows, "number int, prompt string")
    uneven = frame.where("number < 3").coalesce(1).union(frame.where("number >= 3").coalesce(1))
    usual = spark.conf.get("spark.sql.execution.arrow.maxRecordsPerBatch")
    for largest in (usual, "2"):
        spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", largest)
        for given in (uneven, uneven.repartition(8)):
            counted = outlay_spark.token_rows(given, "prompt")
            assert counted.select(sql.sum("tokens")).first()[0] == total
            assert given.select(sql.sum(outlay_spark.tokens("prompt"))).first()[0] == total
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", usual)


MANY_BATCHES = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import pyarrow as pa
from outlay import arrow
from records import prompts, records

def run(seeds):
    size = 0
    for seed in seeds:
        texts, logs = pa.array(prompts(400, seed)), pa.array(records(100, seed))
        size += texts.nbytes + logs.nbytes
        tokens = arrow.count_tokens(texts).field("tokens")
        arrow.plan(tokens, "o1-mini", as_of="2024-10-20")
        usage = arrow.usage(logs)
        names = ("model", "day", "prompt_tokens", "completion_tokens", "cached_tokens")
        arrow.cost(*map(usage.field, names))
        arrow.billed(logs), arrow.observation(logs)
    # Kilobytes, on macOS bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size, peak * (1 if sys.platform == "darwin" else 1024)

_, before = run(range(20))
size, after = run(range(20, 220))
print(size, after - before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say how much memory was used")
def test_the_memory_of_a_kernel_does_not_grow_with_the_batches() -> None:
    command = [sys.executable, "-c", MANY_BATCHES, str(Path(__file__).parent)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    size, growth = map(int, found.stdout.split())
    assert size > 50_000_000 and growth < size / 8, found.stdout
