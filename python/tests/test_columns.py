"""``outlay.arrow``: one row in, one row out, whatever the rows are."""

from __future__ import annotations

import json
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import outlay
from conftest import DAY, LOGS
from outlay import arrow
from records import POISON, prompts, records

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
DAYS = [date(2024, 10, 20)]


def rows(column: Any) -> list[Any]:
    found: list[Any] = column.to_pylist()
    return found


def test_texts_of_every_type_are_counted_alike() -> None:
    texts = prompts(200)
    wanted = [None if text is None else outlay.count(text, chat=False) for text in texts]
    types = [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.dictionary(pa.int8(), pa.string()),
    ]
    for kind in types:
        plain = (
            pa.array([text and text[:40] for text in texts], pa.string())
            if "dictionary" in str(kind)
            else None
        )
        if plain is not None:
            column = pa.array([text and text[:1] for text in texts]).dictionary_encode()
            short = [None if text is None else outlay.count(text[:1], chat=False) for text in texts]
            assert arrow.count_tokens(column).field("tokens").to_pylist() == short
            continue
        column = pa.array(texts, pa.string()).cast(kind)
        found = arrow.count_tokens(column)
        assert found.field("tokens").to_pylist() == wanted, kind
        assert found.field("error").null_count == len(texts)
        chunked = pa.chunked_array([column.slice(0, 7), column.slice(7, 0), column.slice(7)])
        assert arrow.count_tokens(chunked).field("tokens").to_pylist() == wanted
        assert arrow.count_tokens(column.slice(5, 20)).field("tokens").to_pylist() == wanted[5:25]


def test_a_chat_is_counted_with_its_frame_and_models_may_be_a_column() -> None:
    text = pa.array(["Hello!", "Hello!", "Hello!", "Hello!"])
    model = pa.array(["o1-mini", "gpt-4", "no-such-model", None])
    found = rows(arrow.count_tokens(text, model, chat=True, as_of=DAY))
    assert [row["tokens"] for row in found] == [
        outlay.count("Hello!", "o1-mini", as_of=DAY),
        outlay.count("Hello!", "gpt-4", as_of=DAY),
        None,
        None,
    ]
    assert found[0]["fidelity"] == "exact" and found[0]["error"] is None
    assert "no-such-model" in found[2]["error"] and "names no model" in found[3]["error"]
    by_encoding = rows(arrow.count_tokens(text, encoding="cl100k_base"))
    assert by_encoding[0]["tokens"] == len(outlay.tokens("Hello!", "cl100k_base"))


def test_text_that_is_not_utf8_is_an_error_of_its_row() -> None:
    column = pa.array([b"fine", b"caf\xe9", b"", None, b"fine"], pa.binary())
    wrong = pa.StringArray.from_buffers(
        len(column), column.buffers()[1], column.buffers()[2], column.buffers()[0], 1
    )
    for given in (column, wrong):
        found = rows(arrow.count_tokens(given))
        assert [row["tokens"] for row in found] == [1, None, 0, None, 1]
        assert "0xe9 at offset 3" in found[1]["error"]
        assert rows(arrow.usage(given))[1]["outcome"] == "invalid"


def test_empty_columns_have_empty_answers() -> None:
    for kind in (pa.string(), pa.null()):
        empty = pa.array([], kind)
        assert len(arrow.count_tokens(empty)) == len(arrow.usage(empty)) == len(arrow.charge(empty)) == 0
        assert len(arrow.observation(empty)) == len(arrow.billed(empty)) == 0
    nothing = pa.array([None, None])
    assert rows(arrow.count_tokens(nothing)) == [{"tokens": None, "fidelity": None, "error": None}] * 2
    assert rows(arrow.plan(nothing))[0]["error"] is None
    assert rows(arrow.usage(nothing))[0]["outcome"] is None


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: arrow.count_tokens(pa.array([[1]])), "text"),
        (lambda: arrow.count_tokens(pa.array([{"a": "x"}])), "text"),
        (lambda: arrow.count_tokens(["a", "b"]), "text"),
        (lambda: arrow.usage({"a": 1}), "record"),
        (lambda: arrow.cost("o1-mini", pa.array([[1]]), 1, 1), "time"),
    ],
)
def test_columns_of_another_type_are_refused_with_their_name(call: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"`{name}`"):
        call()


def test_columns_of_other_lengths_and_contradictions_are_refused() -> None:
    with pytest.raises(ValueError, match="2 rows and `model` has 1"):
        arrow.count_tokens(pa.array(["a", "b"]), pa.array(["o1-mini"]))
    with pytest.raises(TypeError, match="encoding"):
        arrow.count_tokens(pa.array(["a"]), "o1-mini", encoding="o200k_base")
    with pytest.raises(outlay.OutlayError, match="no-such"):
        arrow.count_tokens(pa.array(["a"]), encoding="no-such")
    with pytest.raises(ValueError, match="rsik"):
        arrow.plan(pa.array([1]), rsik=0.1)


def test_an_old_arrow_is_told_what_to_install() -> None:
    class StringArray:
        """As of pyarrow 13: no PyCapsules."""

    with pytest.raises(TypeError, match="pyarrow 14"):
        arrow.count_tokens(StringArray())


def test_numbers_that_are_no_texts_are_errors_of_their_rows() -> None:
    found = rows(arrow.count_tokens(pa.array([1, 2])))
    assert found[0]["tokens"] is None and "cast it to a string" in found[0]["error"]


def test_calls_cost_what_they_cost_on_their_day() -> None:
    day = pa.array([date(2024, 9, 20), date(2025, 2, 20), None, date(2020, 1, 1)])
    found = rows(arrow.cost("o1-mini", day, 1000, 1000))
    assert found[0]["cost_usd"] == Decimal("0.015") and found[1]["cost_usd"] == Decimal("0.0055")
    assert found[0]["rates_from"] == date(2024, 9, 12)
    assert found[2]["cost_usd"] is None and "no day" in found[2]["error"]
    assert found[3]["cost_usd"] is None and found[3]["error"]
    assert rows(arrow.cost("o1-mini", day, 1000, 1000, as_of=DAY))[2]["error"] is None
    assert arrow.cost("o1-mini", day, 1000, 1000).field("cost_usd").type == pa.decimal128(28, 12)


def test_days_and_numbers_of_every_type_cost_alike() -> None:
    seconds = int(datetime(2024, 10, 20, 5, tzinfo=timezone.utc).timestamp())
    days = [
        pa.array(DAYS),
        pa.array(["2024-10-20"]),
        pa.array(["2024-10-20T05:00:00Z"]),
        pa.array([seconds]),
        pa.array([seconds * 1000]),
        pa.array([datetime(2024, 10, 20, 23, tzinfo=timezone.utc)]),
        pa.array([datetime(2024, 10, 20)], pa.timestamp("ns")),
        pa.array([datetime(2024, 10, 20)], pa.timestamp("s")),
        pa.array([datetime(2024, 10, 20)], pa.date64()),
    ]
    for day in days:
        assert rows(arrow.cost("o1-mini", day, 1000, 1000))[0]["cost_usd"] == Decimal("0.015"), day.type
    for kind in (
        pa.int8(),
        pa.uint8(),
        pa.int32(),
        pa.uint64(),
        pa.float64(),
        pa.decimal128(20, 0),
        pa.string(),
    ):
        tokens = pa.array([100]).cast(kind)
        found = rows(arrow.cost("o1-mini", DAYS[0], tokens, tokens))
        assert found[0]["cost_usd"] == Decimal("0.0015"), (kind, found)


def test_figures_that_contradict_each_other_are_errors_of_their_rows() -> None:
    def cost(**columns: Any) -> Any:
        given = {"model": "o1-mini", "day": DAYS[0], "prompt_tokens": 10, "completion_tokens": 5, **columns}
        return rows(arrow.cost(**given))[0]

    assert "more than the prompt" in cost(cached_tokens=11)["error"]
    assert "more than the completion" in cost(reasoning_tokens=6)["error"]
    assert "-1" in cost(prompt_tokens=-1)["error"]
    assert "1.5" in cost(completion_tokens=pa.array([1.5]))["error"]
    assert "more tokens than any call" in cost(prompt_tokens=2**62)["error"]
    assert "no price" in cost(service_tier="scale")["error"]
    assert "names no model" in cost(model=None)["error"]
    assert "no-such" in cost(model="no-such")["error"]
    batch = cost(model="gpt-5", day=date(2025, 9, 1), service_tier="batch")
    assert (
        batch["error"] is None
        and batch["cost_usd"] * 2 == cost(model="gpt-5", day=date(2025, 9, 1))["cost_usd"]
    )


def test_records_that_are_no_calls_say_so_and_the_others_are_read() -> None:
    good = records(20)
    mixed = [row for pair in zip(good, (text for text, *_ in POISON * 2)) for row in pair]
    found = rows(arrow.usage(pa.array(mixed)))
    billed = rows(arrow.billed(pa.array(mixed)))
    assert len(found) == len(billed) == len(mixed)
    for at, row in enumerate(found):
        assert row == billed[at]["usage"]
        if at % 2 == 0:
            assert row["outcome"] == "call" and row["error"] is None
            continue
        text, outcome, word = POISON[at // 2 % len(POISON)]
        assert row["outcome"] == outcome and row["prompt_tokens"] is None, text
        assert word is None or word in (row["error"] or ""), (text, row["error"])


def test_outcomes_other_than_a_call() -> None:
    codex = (LOGS / "codex.jsonl").read_text(encoding="utf-8").splitlines()
    spans = '{"results": [%s, %s]}' % tuple(records(2)[:2])
    texts = [
        '{"custom_id": "a", "response": {"status_code": 500, "body": {"error": {"message": "no"}}}}',
        "event: ping",
        "data: [DONE]",
        spans,
        [line for line in codex if "total_token_usage" in line][-1],
    ]
    found = rows(arrow.usage(pa.array(texts)))
    assert [row["outcome"] for row in found] == ["unbilled", "nothing", "nothing", "several", "order"]
    assert "outlay.audit" in found[3]["error"] and "outlay audit" in found[4]["error"]


def test_what_columns_of_usage_do_not_hold_is_named() -> None:
    record = {
        "type": "message",
        "id": "msg_01",
        "model": "claude-sonnet-4-5",
        "usage": {"input_tokens": 10, "output_tokens": 20, "server_tool_use": {"web_search_requests": 2}},
    }
    row = rows(arrow.billed(pa.array([json.dumps(record)]), as_of="2025-11-01"))[0]
    assert row["usage"]["beyond"] == "2 web_search", row
    assert row["cost"]["other_usd"] == Decimal("0.02")
    assert row["cost"]["cost_usd"] == sum(
        row["cost"][name]
        for name in ("input_usd", "cached_input_usd", "cache_write_usd", "output_usd", "other_usd")
    )


def test_a_request_beside_its_answer_gives_the_cap() -> None:
    request = pa.array(['{"model": "o1-mini", "max_completion_tokens": 512}', None])
    record = pa.array([records(1)[0]] * 2)
    found = rows(arrow.usage(record, request=request))
    assert [row["max_completion_tokens"] for row in found] == [512, None]


def test_every_fixture_costs_record_by_record_what_the_command_line_says(cli: Any) -> None:
    for path in sorted(LOGS.glob("*.jsonl")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        each = cli("audit", str(path), "--each", "--as-of", DAY).stdout.splitlines()
        wanted = [json.loads(line) for line in each]
        costs = [Decimal(row["cost_usd"]) for row in wanted if row.get("cost_usd")]
        found = rows(arrow.billed(pa.array(lines), as_of=DAY))
        if any(row["usage"]["outcome"] in ("order", "several") for row in found):
            continue
        got = [row["cost"]["cost_usd"] for row in found if row["cost"]["cost_usd"] is not None]
        assert sorted(got) == sorted(costs), path.name


def test_plans_of_rows_are_those_of_single_prompts() -> None:
    tokens = [0, 400, 110_000, 127_999, 500_000, None]
    found = rows(arrow.plan(pa.array(tokens), "o1-mini", as_of=DAY))
    for number, row in zip(tokens, found):
        if number is None:
            assert row["status"] is None and row["error"] is None
            continue
        try:
            wanted = outlay.plan(number, "o1-mini", as_of=DAY)["results"][0]
        except outlay.OutlayError as error:
            assert row["error"] is not None and error.message.split(": ")[-1] in row["error"]
            continue
        assert row["error"] is None
        assert row["max_completion_tokens"] == wanted["recommended_max_completion_tokens"]
        assert (row["room"], row["binding"], row["status"]) == (
            wanted["room"],
            wanted["binding"],
            wanted["status"],
        )
        assert row["length_risk"] == wanted["length_risk"]
        cost = wanted["cost_usd"]
        assert row["expected_usd"] == (cost and cost["expected"] and Decimal(cost["expected"]))
    risky = rows(
        arrow.plan(pa.array([400]), "o1-mini", completion_tokens="1k..12k", risk=0.05, reserve=0, as_of=DAY)
    )
    wanted = outlay.plan(400, "o1-mini", completion_tokens="1k..12k", risk=0.05, reserve=0, as_of=DAY)[
        "results"
    ][0]
    assert risky[0]["max_completion_tokens"] == wanted["recommended_max_completion_tokens"]
    errors = rows(arrow.plan(pa.array([400, -1, 400]), pa.array(["no-such", "o1-mini", None]), as_of=DAY))
    assert all(row["error"] for row in errors)


def test_a_profile_goes_out_as_rows_and_comes_back(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    made = records(2000)
    log.write_text("\n".join(made), encoding="utf-8")
    whole = outlay.calibrate(log).profile
    assert outlay.Profile.of_rows(pa.table(_columns(whole.rows())), "own logs: log.jsonl") == whole
    seen = pa.table(_columns(arrow.observation(pa.array(sorted(set(made))))))
    keys = ["model", "task", "completion_tokens", "censored", "reasoning_tokens", "content_tokens"]
    groups = seen.filter(pa.compute.is_valid(seen["model"])).group_by(keys)
    counted = groups.aggregate([("day", "count"), ("day", "min"), ("day", "max")])
    counted = counted.rename_columns([*keys, "count", "first_day", "last_day"])
    assert outlay.Profile.of_rows(counted, "own logs: log.jsonl") == whole
    with pytest.raises(ValueError, match="no column"):
        outlay.Profile.of_rows(pa.table({"model": ["a"], "task": ["b"]}))
    with pytest.raises(outlay.OutlayError, match="row 1"):
        outlay.Profile.of_rows(counted.set_column(2, "completion_tokens", pa.array([-1] * len(counted))))


def _columns(array: Any) -> dict[str, Any]:
    return {field.name: array.field(field.name) for field in array.type}


def test_streams_are_audited_as_files_are(tmp_path: Path, answer: Any) -> None:
    made = records(3000)
    log = tmp_path / "log.jsonl"
    log.write_text("\n".join(made), encoding="utf-8")
    wanted = answer("audit", str(log), "--by", "model,day,task")
    table = pa.table({"at": range(len(made)), "value": made})
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=700))
    for source in (table, reader):
        found = outlay.audit(source, record="value", by=["model", "day", "task"])
        assert found["results"] == wanted["results"]
        assert found["total"]["cost_usd"] == wanted["total"]["cost_usd"]
    usage = arrow.usage(pa.array(made))
    names = {"day": "time", "finish": "finish_reason", "effort": "reasoning_effort"}
    kept = "id model day service_tier prompt_tokens cached_tokens completion_tokens reasoning_tokens finish task content_tokens"
    columns = {names.get(name, name): usage.field(name) for name in kept.split()}
    found = outlay.audit(pa.table(columns), by=["model", "day", "task"])
    for got, want in zip(found["results"], wanted["results"], strict=True):
        for key in ("calls", "prompt_tokens", "completion_tokens", "reasoning_tokens", "cost_usd"):
            assert got[key] == want[key], (key, got)
    calibrated = outlay.calibrate(table, record="value").profile
    assert pa.table(_columns(calibrated.rows())) == pa.table(_columns(outlay.calibrate(log).profile.rows()))


def test_streams_with_bad_rows_name_them(tmp_path: Path) -> None:
    made = records(50)
    table = pa.table({"value": [*made, "{", None, '{"model": 1}']})
    with pytest.warns(outlay.OutlayWarning):
        found = outlay.audit(table)
    assert found.exit_code == 2
    assert [error["line"] for error in found["errors"]] == [len(made) + 1, len(made) + 3]
    with pytest.raises(outlay.OutlayError, match="no column `body`"):
        outlay.audit(pa.table({"a": ["x"], "b": ["y"]}), record="body")
    with pytest.raises(outlay.OutlayError, match="completion tokens"):
        outlay.audit(pa.table({"a": ["x"], "b": ["y"]}))
    with pytest.raises((TypeError, outlay.OutlayError)):
        outlay.audit(pa.array(["x"]))
    with pytest.raises((TypeError, outlay.OutlayError)):
        outlay.audit(7)


def test_a_reader_that_fails_is_an_error_of_the_stream() -> None:
    def batches() -> Any:
        yield pa.record_batch({"value": records(3)})
        raise OSError("the disk is gone")

    schema = pa.schema({"value": pa.string()})
    with pytest.warns(outlay.OutlayWarning, match="the disk is gone"):
        found = outlay.audit(pa.RecordBatchReader.from_batches(schema, batches()))
    assert found.exit_code == 2 and found["total"]["calls"] >= 3


def test_a_cell_that_cannot_be_read_moves_no_other_row() -> None:
    for place in range(3):
        models = [b"o1-mini"] * 3
        models[place] = b"\xff"
        given = (pa.array(models, pa.binary()), pa.array(DAYS * 3), pa.array([1, 10, 100]), pa.array([0] * 3))
        wanted = [None if at == place else Decimal(3 * 10**at) / 10**6 for at in range(3)]
        assert rows(arrow.cost(*given).field("cost_usd")) == wanted
