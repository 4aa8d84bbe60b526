"""The command line of the wheel."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from typing import Any

import outlay
from outlay.verbs import (
    AuditOptions,
    CalibrateOptions,
    CheckOptions,
    CompareOptions,
    ConversationOptions,
    InputOptions,
    PlanOptions,
)


def test_it_answers_with_its_exit_codes(cli: Any) -> None:
    found = cli("plan", "--input-tokens", "400", "-m", "o1-mini", "--as-of", "2024-10-20")
    assert found.returncode == 0 and "max_completion_tokens = 25000" in found.stdout
    assert cli("plan", "--input-tokens", "400", "-m", "no-such-model").returncode == 2
    gate = cli("plan", "--input-tokens", "120000", "-m", "o1-mini", "--as-of", "2024-10-20", "--strict")
    assert gate.returncode == 1
    assert cli("--version").stdout.split() == ["outlay", outlay.__version__]
    assert cli("count", "-", "--as=text", given="Hello!").returncode == 0


def test_it_is_an_entry_point() -> None:
    entries = importlib.metadata.entry_points(group="console_scripts", name="outlay")
    assert any(entry.value == "outlay.__main__:main" for entry in entries)


def test_importing_loads_no_engine() -> None:
    code = "import sys, outlay, outlay.arrow; print([m for m in ('pyarrow', 'polars', 'numpy', 'pandas') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_flag_of_a_verb_is_an_option_of_its_function(cli: Any) -> None:
    everywhere = {
        "as_of", "catalog", "tokenizer", "format", "json", "output", "export", "config", "isolated", "chart",
        "ascii", "width", "color", "quiet", "verbose", "help", "model", "as", "engine", "input_tokens", "profile",
    }  # fmt: skip
    own = {
        "count": (InputOptions, {"show_tokens", "all_models"}),
        "plan": (PlanOptions, {"exit_zero", "write_fitted"}),
        "simulate": (ConversationOptions, set()),
        "compare": (CompareOptions, set()),
        "check": (CheckOptions, {"update_baseline", "show_config", "strict", "prompt"}),
        "audit": (AuditOptions, {"by", "each"}),
        "calibrate": (CalibrateOptions, {"force", "save", "plan", "turns", "within"}),
    }
    for verb, (options, left_out) in own.items():
        text = cli(verb, "--help").stdout
        words = [line.strip().split() for line in text.splitlines() if line.strip().startswith("-")]
        flags = {word[2:].rstrip(",") for line in words for word in line[:2] if word.startswith("--")}
        flags = {flag.split("[")[0].split("=")[0].replace("-", "_") for flag in flags if "`" not in flag}
        missing = flags - everywhere - left_out - set(options.__annotations__)
        assert not missing, (verb, missing)


def test_the_stubs_are_those_of_the_module(tmp_path: Path) -> None:
    config = Path(__file__).resolve().parents[1] / "pyproject.toml"
    for module in ("outlay", "outlay._outlay"):
        found = subprocess.run(
            [sys.executable, "-m", "mypy.stubtest", module, "--mypy-config-file", str(config)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_the_package_is_typed(tmp_path: Path) -> None:
    config = Path(__file__).resolve().parents[1] / "pyproject.toml"
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(config), "-p", "outlay"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stdout + found.stderr
