"""The rules of a run over many machines that no other file holds, each with a test."""

from __future__ import annotations

import json
import pickle
import random
from typing import Any

import pytest

import outlay
from outlay import arrow
from records import record, records

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
