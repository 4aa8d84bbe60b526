"""Laws: any split into batches and any order gives the same rows, and parts add up."""

from __future__ import annotations

from typing import Any

import pytest

from outlay import arrow
from records import POISON, prompts, records

pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed")
from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

TEXTS = prompts(60)
RECORDS = [*records(60), *(text for text, *_ in POISON)]


def split(column: Any, cuts: list[int]) -> list[Any]:
    edges = [0, *sorted(cut % (len(column) + 1) for cut in cuts), len(column)]
    return [column.slice(a, b - a) for a, b in zip(edges, edges[1:])]


@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(0, 1000), max_size=6), seed=st.randoms(use_true_random=False))
def test_rows_do_not_depend_on_their_batch_or_order(cuts: list[int], seed: Any) -> None:
    for function, values in (
        (arrow.count_tokens, TEXTS),
        (arrow.billed, RECORDS),
        (arrow.observation, RECORDS),
    ):
        shuffled = list(values)
        seed.shuffle(shuffled)
        whole = dict(zip(map(repr, values), function(pa.array(values, pa.string())).to_pylist()))
        parts: list[Any] = []
        for part in split(pa.array(shuffled, pa.string()), cuts):
            parts += function(part).to_pylist()
        assert parts == [whole[repr(value)] for value in shuffled]


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(st.one_of(st.none(), st.text()), max_size=20))
def test_any_text_counts_to_the_number_of_its_tokens(texts: list[str | None]) -> None:
    import outlay

    texts = [text if text is None else text.encode("utf-8", "ignore").decode() for text in texts]
    found = arrow.count_tokens(pa.array(texts, pa.string())).field("tokens").to_pylist()
    assert found == [None if text is None else len(outlay.tokens(text)) for text in texts]
