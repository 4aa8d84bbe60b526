"""The compiled part of the package. Use ``outlay`` and ``outlay.arrow``, which call it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import final

__all__ = [
    "Answer",
    "ArrowArray",
    "Catalog",
    "__version__",
    "ask",
    "ask_of_stream",
    "billed",
    "charge",
    "columns",
    "cost",
    "count_text",
    "count_tokens",
    "main",
    "observation",
    "plan_rows",
    "profile_of_rows",
    "profile_rows",
    "tokens",
    "usage",
]

__version__: str

@final
class ArrowArray:
    def __len__(self) -> int: ...
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...
    def __arrow_c_schema__(self) -> object: ...

@final
class Catalog:
    def __new__(cls, overlays: Sequence[tuple[str, str]], kept: str | None = None) -> Catalog: ...
    @property
    def digest(self) -> str: ...
    def ids(self) -> list[str]: ...
    def state(self) -> tuple[list[tuple[str, str]], str]: ...

@final
class Answer:
    @property
    def code(self) -> int: ...
    @property
    def output(self) -> str: ...
    @property
    def messages(self) -> str: ...
    @property
    def files(self) -> dict[str, str]: ...
    def check(self) -> None: ...

def main(arguments: Sequence[str]) -> int: ...
def columns(answer: object) -> str: ...
def ask(
    arguments: Sequence[str],
    input: bytes,
    catalog: Catalog | None,
    profiles: Mapping[str, str],
) -> Answer: ...
def ask_of_stream(
    arguments: Sequence[str],
    table: object,
    record: str | None,
    catalog: Catalog | None,
    profiles: Mapping[str, str],
) -> Answer: ...
def count_text(
    text: str, model: str, chat: bool, as_of: date | str | None, catalog: Catalog | None
) -> int: ...
def tokens(text: str, encoding: str) -> list[int]: ...
def count_tokens(
    text: object,
    model: object | None,
    encoding: str | None,
    chat: bool,
    as_of: date | str | None,
    catalog: Catalog | None,
) -> ArrowArray: ...
def billed(
    record: object,
    request: object | None,
    task: str | None,
    model: str | None,
    as_of: date | str | None,
    catalog: Catalog | None,
) -> ArrowArray: ...
def charge(
    record: object,
    request: object | None,
    as_of: date | str | None,
    model: str | None,
    catalog: Catalog | None,
) -> ArrowArray: ...
def cost(
    columns: Sequence[object | None], as_of: date | str | None, catalog: Catalog | None
) -> ArrowArray: ...
def plan_rows(
    prompt_tokens: object,
    model: object,
    day: object | None,
    call: Mapping[str, str],
    profiles: Mapping[str, str],
    as_of: date | str | None,
    catalog: Catalog | None,
) -> ArrowArray: ...
def observation(
    record: object,
    request: object | None,
    task: str | None,
    model: str | None,
    as_of: date | str | None,
    catalog: Catalog | None,
) -> ArrowArray: ...
def profile_of_rows(table: object, origin: str, catalog: Catalog | None) -> str: ...
def profile_rows(text: str) -> ArrowArray: ...
def usage(record: object, request: object | None, task: str | None, model: str | None) -> ArrowArray: ...
