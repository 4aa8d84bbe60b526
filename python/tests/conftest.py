"""What the tests share: the command line as the reference, fixtures of the repository, engines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "tests" / "logs"

#: The day of prices in the tests.
DAY = "2024-10-20"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing that this machine keeps for its user takes part."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli() -> Cli:
    """Runs the command line of the wheel in a process of its own."""

    def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "outlay", *map(str, arguments)]
        return subprocess.run(
            command, input=given, capture_output=True, text=True, encoding="utf-8", check=False
        )

    return run


@pytest.fixture
def answer(cli: Cli) -> Callable[..., Any]:
    """The JSON that the command line answers."""

    def run(*arguments: str, given: str = "") -> Any:
        found = cli(*arguments, "--json", given=given)
        assert found.stdout, found.stderr
        return json.loads(found.stdout)

    return run


def java() -> str | None:
    """Why Spark cannot run here; None where it can."""
    if shutil.which("java") or os.environ.get("JAVA_HOME"):
        return None
    return "Spark needs Java 17, which is not installed (apt-get install openjdk-17-jre-headless)"


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark of two threads, without a page and on this machine alone."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    if why := java():
        pytest.skip(why)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        sql.SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
