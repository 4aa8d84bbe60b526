"""Workers that have no `outlay` of their own take it from an archive that the job sends along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import outlay
from conftest import java

pytest.importorskip("pyspark", reason="pyspark is not installed")

#: Hides the installed package from the workers, and from them alone: their driver has imported it already.
HIDDEN = """
import os, sys
from importlib.machinery import PathFinder

class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "outlay" or "OUTLAY_IS_HIDDEN" not in os.environ:
            return None
        others = [place for place in sys.path if place not in os.environ["OUTLAY_IS_HIDDEN"].split(os.pathsep)]
        found = PathFinder.find_spec(name, others)
        if found is None:
            raise ModuleNotFoundError("No module named 'outlay'", name="outlay")
        return found

sys.meta_path.insert(0, Hidden)
"""

JOB = """
import os, sys
from pathlib import Path
import outlay
from outlay import spark as functions
os.environ["OUTLAY_IS_HIDDEN"] = os.pathsep.join(place for place in sys.path if Path(place, "outlay").is_dir())

from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

kind, archive = sys.argv[1:]
builder = (
    SparkSession.builder.config("spark.ui.enabled", "false")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.connect.grpc.binding.address", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "2")
)
is_connect = kind == "connect"
spark = (builder.remote("local[2]") if is_connect else builder.master("local-cluster[2,1,1024]")).getOrCreate()
prompts = spark.createDataFrame([("How are you?",)] * 100, "prompt string").repartition(2)

def total():
    rows = functions.token_rows(prompts, "prompt").select(sql.sum("tokens")).first()[0]
    return rows, prompts.select(sql.sum(functions.tokens("prompt"))).first()[0]

try:
    total()
except Exception as failure:
    print("without:", "No module named 'outlay'" in str(failure))
if is_connect:
    spark.addArtifacts(archive + "#outlay", archive=True)
else:
    spark.sparkContext.addArchive(archive + "#outlay")
print("with:", total())
spark.stop()
"""


@pytest.mark.parametrize("kind", ["local-cluster", "connect"])
def test_workers_take_the_package_from_an_archive(kind: str, tmp_path: Path) -> None:
    if why := java():
        pytest.skip(why)
    if kind == "connect":
        pytest.importorskip("grpc", reason="Spark Connect needs grpcio, of pyspark[connect]")
    archive = shutil.make_archive(str(tmp_path / "outlay"), "zip", Path(outlay.__file__).parent)
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text(HIDDEN, encoding="utf-8")
    places = [str(tmp_path / "hidden"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(places),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    found = subprocess.run(
        [sys.executable, "-c", JOB, kind, archive],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert found.stdout.splitlines()[-2:] == ["without: True", "with: (400, 400)"], (
        found.stdout + found.stderr[-4000:]
    )
