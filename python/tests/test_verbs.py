"""The functions for one question answer what the command line answers."""

from __future__ import annotations

import copy
import json
import pickle
import threading
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import outlay
from conftest import DAY, LOGS, ROOT

TEXT = "Write a bash script that transposes a matrix.\n"
REQUEST = {"model": "o1-preview", "messages": [{"role": "user", "content": TEXT}]}


def same(document: outlay.Document, wanted: Any) -> None:
    assert dict(document) == wanted


def test_a_text_is_counted_as_the_command_line_counts_it(answer: Any) -> None:
    wanted = answer("count", "-", "--as", "text", "-m", "o1-mini", "--as-of", DAY, given=TEXT)
    assert outlay.count(TEXT, "o1-mini", as_of=DAY) == wanted["total"]["prompt_tokens"]
    assert outlay.count(TEXT, chat=False, as_of=date(2024, 10, 20)) == wanted["total"]["content_tokens"]
    assert outlay.count(REQUEST, "o1-mini", as_of=DAY) == wanted["total"]["prompt_tokens"]
    assert outlay.count(REQUEST["messages"], "o1-mini", as_of=DAY) == wanted["total"]["prompt_tokens"]
    assert outlay.tokens("Hello!") == [13225, 0]


def test_counts_agree_with_the_vectors_of_other_tokenizers() -> None:
    data = json.loads((ROOT / "tests/conformance/tokens/encodings.json").read_text(encoding="utf-8"))
    for vector in data["vectors"]:
        for encoding, tokens in vector["tokens"].items():
            assert len(outlay.tokens(vector["text"], encoding)) == tokens, vector["name"]


@pytest.mark.parametrize("verb", ["estimate", "plan", "compare"])
def test_a_prompt_is_answered_as_by_the_command_line(verb: str, answer: Any) -> None:
    options = ["--completion-tokens=1k..12k", "--as-of", DAY, "--calls=20k/month"]
    wanted = answer(verb, "-", "--as=text", "-m", "o1-mini", "-m", "gpt-4o", *options, given=TEXT)
    found = getattr(outlay, verb)(
        TEXT, ["o1-mini", "gpt-4o"], completion_tokens="1k..12k", as_of=DAY, calls="20k/month"
    )
    same(found, wanted)
    assert found.exit_code == 0


def test_requests_files_and_numbers_are_prompts(answer: Any) -> None:
    path = ROOT / "tests/prompts/refactor.md"
    same(outlay.plan(path, as_of=DAY), answer("plan", str(path), "--as-of", DAY))
    same(outlay.plan([path, path], as_of=DAY), answer("plan", str(path), str(path), "--as-of", DAY))
    same(
        outlay.plan(400, "o1-mini", as_of=DAY),
        answer("plan", "--input-tokens=400", "-m", "o1-mini", "--as-of", DAY),
    )
    found = outlay.plan(REQUEST, as_of=DAY)
    assert found["results"][0]["model"] == "o1-preview"
    with pytest.raises(TypeError):
        outlay.plan(True)
    with pytest.raises(TypeError):
        outlay.plan([1, 2])


def test_conversations_are_simulated_as_by_the_command_line(answer: Any) -> None:
    wanted = answer(
        "simulate", "--turns=4", "--user=50..400", "--reasoning=1k..3k", "--visible=100..400", "-m", "o1-mini",
        "--as-of", DAY, "--seed=7", "--runs=500",
    )  # fmt: skip
    found = outlay.simulate(
        turns=4,
        user="50..400",
        reasoning="1k..3k",
        visible="100..400",
        model="o1-mini",
        as_of=DAY,
        seed=7,
        runs=500,
    )
    same(found, wanted)


def test_a_repository_is_checked(tmp_path: Path, answer: Any) -> None:
    (tmp_path / "prompt.md").write_text(TEXT)
    config = tmp_path / "outlay.toml"
    config.write_text('[[prompt]]\npaths = ["prompt.md"]\nbudget.max_prompt_tokens = 5\n')
    found = outlay.check(config, as_of=DAY)
    same(found, answer("check", "--config", str(config), "--as-of", DAY))
    assert found.exit_code == 1


def test_models_are_listed_and_shown(answer: Any) -> None:
    same(outlay.models(as_of=DAY), answer("models", "list", "--as-of", DAY))
    same(outlay.models("o1-mini", as_of=DAY), answer("models", "show", "o1-mini", "--as-of", DAY))


def test_errors_carry_their_sentence_hint_and_kind() -> None:
    with pytest.raises(outlay.OutlayError) as raised:
        outlay.count("x", "o1-mimi")
    assert "o1-mimi" in raised.value.message and "o1-mini" in (raised.value.hint or "")
    assert raised.value.kind == "unknown-model"
    assert "hint:" in str(raised.value)
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)
    with pytest.raises(outlay.OutlayError, match="o1-mimi"):
        outlay.plan(TEXT, "o1-mimi")
    with pytest.raises(outlay.OutlayError, match="rsik"):
        outlay.plan(TEXT, rsik=0.1)  # type: ignore[call-arg]
    with pytest.raises(outlay.OutlayError, match="12 apples"):
        outlay.estimate(TEXT, completion_tokens="12 apples")
    with pytest.raises(outlay.OutlayError, match="no public ids"):
        outlay.tokens("x", "claude_v3")
    with pytest.raises(outlay.OutlayError, match="no known encoding|not a known encoding"):
        outlay.tokens("x", "gpt-4o")
    with pytest.raises(ValueError, match="not a date"):
        outlay.count("x", as_of="soon")


def test_what_has_no_answer_among_others_is_warned_about() -> None:
    with pytest.warns(outlay.OutlayWarning, match="no-such"):
        found = outlay.plan(TEXT, ["o1-mini", "no-such"], as_of=DAY)
    assert [each["model"] for each in found["results"]] == ["o1-mini"]
    assert found.exit_code == 2 and len(found["errors"]) == 1


def test_texts_with_anything_in_them_are_counted() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in ["", "\0", "<|endoftext|>", "\u2028", " " * 100_000, "é" * 50_000]:
            assert outlay.count(text, chat=False) == len(outlay.tokens(text))
    with pytest.raises((outlay.OutlayError, UnicodeEncodeError)):
        outlay.count("lone \ud800 surrogate")


def test_an_answer_is_a_page_in_a_notebook() -> None:
    found = outlay.plan(TEXT, "o1-mini", as_of=DAY)
    page = found._repr_html_()
    assert page.startswith("<iframe srcdoc=") and "svg" in page
    assert "o1-mini" in found.to_html()
    assert copy.copy(found) == found and pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(outlay.OutlayError, match="no page"):
        pickle.loads(pickle.dumps(found)).to_html()


def test_a_catalogue_changes_answers_and_travels() -> None:
    overlay = """
[[model]]
id = "in-house"
provider = "us"
released = 2024-01-01
"""
    with pytest.raises(outlay.OutlayError) as raised:
        outlay.Catalog(overlay)
    assert raised.value.kind == "catalog"
    with pytest.raises(outlay.OutlayError, match="pathlib"):
        outlay.Catalog("prices.toml")
    with pytest.raises(outlay.OutlayError):
        outlay.Catalog("this = is no catalogue\n")
    catalog = outlay.Catalog()
    again = pickle.loads(pickle.dumps(catalog))
    assert again.digest == catalog.digest and "o1-mini" in again.ids()
    found = outlay.plan(TEXT, "o1-mini", as_of=DAY, catalog=catalog)
    assert dict(found) == dict(outlay.plan(TEXT, "o1-mini", as_of=DAY))


def test_logs_are_audited_as_by_the_command_line(answer: Any) -> None:
    path = LOGS / "chat-completions.jsonl"
    found = outlay.audit(path, by=["model", "day"])
    wanted = answer("audit", str(path), "--by", "model,day", "--as-of", found["as_of"])
    same(found, wanted)
    assert found["total"]["cost_usd"] == "0.021279"
    assert "iframe" in found._repr_html_()
    same(
        outlay.audit([path, LOGS / "responses.jsonl"]),
        answer("audit", str(path), str(LOGS / "responses.jsonl")),
    )


def test_logs_are_calibrated_as_by_the_command_line(cli: Any, tmp_path: Path) -> None:
    path = LOGS / "chat-completions.jsonl"
    file = tmp_path / "profile.json"
    cli("calibrate", str(path), "-o", str(file))
    found = outlay.calibrate(path)
    assert found.profile.to_json() == file.read_text(encoding="utf-8")
    planned = outlay.plan(TEXT, "o1-mini", profile=found.profile, as_of=DAY)
    assert planned["results"][0]["profile"]["name"].startswith("profile")
    assert not list(tmp_path.glob("-"))


def test_a_profile_is_read_written_and_refused(tmp_path: Path) -> None:
    profile = outlay.calibrate(LOGS / "chat-completions.jsonl").profile
    file = tmp_path / "own.json"
    file.write_text(profile.to_json(), encoding="utf-8")
    assert outlay.Profile(file) == profile and hash(outlay.Profile(file)) == hash(profile)
    assert pickle.loads(pickle.dumps(profile)) == profile
    for text in ["", "{}", "[]", '{"profiles": []}x']:
        with pytest.raises(outlay.OutlayError):
            outlay.Profile(text)


def test_other_threads_run_while_a_long_text_is_counted() -> None:
    ran = threading.Event()
    threading.Thread(target=ran.set).start()
    text = " ".join(str(number) for number in range(400_000))
    outlay.count(text)
    assert ran.wait(10)
