"""The pages about Python are true: their examples run and print what they say, and so does the notebook."""

from __future__ import annotations

import doctest
import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import outlay.verbs
from conftest import ROOT, java

PAGES = [
    *sorted((ROOT / "docs" / "python").glob("*.md")),
    ROOT / "docs" / "tasks" / "from-tiktoken.md",
    ROOT / "docs" / "tasks" / "from-litellm.md",
]


def examples(page: Path) -> list[str]:
    """The blocks of Python that a test runs: those that print what they answer."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    return [block for block in blocks if ">>>" in block]


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_the_examples_of_a_page_answer_as_shown(
    page: Path, request: Any, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {"__name__": page.stem, "scratch": tmp_path}
    for number, block in enumerate(examples(page)):
        for needed in ("pyarrow", "polars", "duckdb", "pyspark"):
            if f"import {needed}" in block or f"outlay.{needed}" in block:
                pytest.importorskip(needed, reason=f"{needed} is not installed")
        if "outlay.spark" in block or "spark." in block:
            if java():
                continue
            names["spark"] = request.getfixturevalue("spark")
        test = doctest.DocTestParser().get_doctest(block, names, f"{page.name}:{number}", str(page), 0)
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
        runner.run(test, clear_globs=False)
        names = test.globs
        assert runner.failures == 0, f"{page.name}, example {number + 1}"


def test_the_examples_of_the_functions_answer_as_shown() -> None:
    found = doctest.testmod(outlay.verbs, extraglobs={"outlay": outlay})
    assert found.attempted > 5 and found.failed == 0


def test_the_notebook_runs(tmp_path: Path) -> None:
    for needed in ("nbclient", "nbformat", "ipykernel", "polars"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is not installed")
    import nbclient
    import nbformat

    notebook = nbformat.read(ROOT / "docs/python/outlay.ipynb", as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs"), "the notebook is kept without outputs"
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook.metadata.kernelspec = kernel
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    client.km = client.create_kernel_manager()
    client.km.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    client.execute()
    pages = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {}) and "<iframe" in output["data"]["text/html"]
    ]
    assert len(pages) >= 2
    nbformat.write(notebook, tmp_path / "run.ipynb")
