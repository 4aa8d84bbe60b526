"""The conformance kit of tests/conformance, through the Python package."""

import json
from pathlib import Path

import pytest

import outlay

KIT = Path(__file__).resolve().parents[2] / "tests/conformance"


def cases(name):
    data = json.loads((KIT / name).read_text(encoding="utf-8"))
    assert data["version"] == 1
    return [pytest.param(case["given"], case["expect"], id=str(i)) for i, case in enumerate(data["cases"])]


def agrees(found, expected):
    if not isinstance(expected, dict):
        return found == expected
    value = expected["value"]
    tolerance = expected.get("tolerance", expected.get("relative", 0) * value + 0.5)
    return abs(found - value) <= tolerance


def split(given):
    """The prompt, the model, and what else is given."""
    return given["input_tokens"], given["model"], {k: v for k, v in given.items() if k not in ("input_tokens", "model")}


def check(ask, given, expect):
    prompt, model, options = split(given)
    plan = outlay.plan(prompt, model, **options)["results"][0]
    result = ask(prompt, model, **options)["results"][0]
    for key, expected in expect.items():
        # ``plan`` judges the cap that is sent.
        found = plan if key.startswith("sent.") else result
        for part in key.split("."):
            found = found[part]
        assert agrees(found, expected), (key, found, expected)


@pytest.mark.parametrize(("given", "expect"), cases("plans.json"))
def test_plans(given, expect):
    check(outlay.plan, given, expect)


@pytest.mark.parametrize(("given", "expect"), cases("forecasts.json"))
def test_forecasts(given, expect):
    check(outlay.estimate, given, expect)


@pytest.mark.parametrize(("given", "expect"), cases("bills.json"))
def test_bills(given, expect, tmp_path):
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(given), encoding="utf-8")
    report = outlay.audit(log, as_of="2026-11-26")
    assert report["total"]["cost_usd"] == expect["cost_usd"]
