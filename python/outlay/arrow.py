"""Columns: one row in, one row out, whatever engine has them.

Inputs are anything with Arrow's PyCapsule interface: columns of pyarrow (14 or later), Polars, DuckDB, DataFusion,
nanoarrow. Texts may be string, large string, string view or dictionary, and are checked row by row; numbers may be of
any width, days dates, timestamps (UTC) or seconds since 1970. Where a function says "or one value", a constant stands
for all rows.

Results are struct columns with an ``error`` of each row, which says what is wrong and what to do; a function raises
for arguments of another type only, never for data. A row without its input is null. Dollars are
``decimal128(28, 12)``, exact to the picodollar; tokens are ``int64``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outlay import _outlay
from outlay._arrays import out
from outlay._ask import AsOf, profiles_of
from outlay._catalog import Catalog, native
from outlay._profile import Profile

__all__ = ["billed", "charge", "cost", "count_tokens", "observation", "plan", "usage"]


def count_tokens(
    text: object,
    model: object | None = None,
    *,
    encoding: str | None = None,
    chat: bool = False,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Any:
    """The tokens of texts: ``struct<tokens: int64, fidelity: string, error: string>``.

    ``model`` is an id or a column of ids, by default o1-mini; ``encoding`` names a vocabulary instead. With
    ``chat`` a text is counted as the only message of a user, as billed; otherwise as bare text. ``fidelity`` is
    ``exact``, ``reconstructed`` or ``estimate``, and null for an encoding.
    """
    if model is None and encoding is None:
        model = "o1-mini"
    return out(_outlay.count_tokens(text, model, encoding, chat, as_of, native(catalog)))


def usage(
    record: object,
    *,
    request: object | None = None,
    task: str | None = "metadata.task",
    model: str | None = None,
) -> Any:
    """Logged records in JSON as columns of usage.

    ``record`` holds one record for each row, in any form that ``outlay audit`` reads; ``request`` the request that
    it answers, where a table has that beside it. ``task`` is the path of the label of the task, ``model`` that of
    records that name none.

    ``outcome`` is ``call``; ``unbilled`` (it failed or was never run); ``nothing`` (no call: a heartbeat, a span
    around others); ``several`` (the record holds many calls, which one row cannot: give such records to
    ``outlay.audit`` as a stream); ``order`` (it goes on from the records before it, as the lines of a Codex rollout
    do: give whole files to ``outlay audit``); or ``invalid``. The last three have an ``error``.

    Then ``id``, ``response`` (the same for the records of one response and for no others, by the rule of ``outlay
    audit``; null without an id: count such rows all, and of the others one for each ``response``), ``model``, ``day``
    (date32, UTC), ``service_tier``; ``prompt_tokens`` with ``cached_tokens``,
    ``cache_write_tokens`` and ``cache_write_extended_tokens`` inside; ``completion_tokens`` with
    ``reasoning_tokens`` inside; ``content_tokens`` where the log counts them; ``finish`` (stop, length, other or
    unknown), ``truncated``, ``empty``, ``answers``, ``requests``, ``max_completion_tokens``, ``effort``, ``task``.

    ``beyond`` names what a call may be charged for and these columns do not hold, such as web searches: price
    such rows with :func:`charge`, which reads the whole record.
    """
    return out(_outlay.usage(record, request, task, model))


def cost(
    model: object,
    day: object,
    prompt_tokens: object,
    completion_tokens: object,
    cached_tokens: object | None = None,
    cache_write_tokens: object | None = None,
    cache_write_extended_tokens: object | None = None,
    reasoning_tokens: object | None = None,
    service_tier: object | None = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Any:
    """What calls cost at the prices of their own days, from columns of usage (each a column or one value).

    Cached and written tokens are inside the prompt, reasoning inside the completion: a part that is larger than its
    whole is an error of the row. A row without a day is an error unless ``as_of`` is given: prices depend on the
    day, and today's would make the same job answer otherwise tomorrow.

    Answers ``model_id``; ``input_usd``, ``cached_input_usd``, ``cache_write_usd``, ``output_usd`` and
    ``other_usd``, whose sum is ``cost_usd``; ``saved_usd``, what reading from the cache saved less what writing
    cost; ``rates_from`` (date32), the first day of the price list; ``lacking``, what the cost lacks; ``error``.
    """
    columns = (
        model,
        day,
        prompt_tokens,
        completion_tokens,
        cached_tokens,
        cache_write_tokens,
        cache_write_extended_tokens,
        reasoning_tokens,
        service_tier,
    )
    return out(_outlay.cost(columns, as_of, native(catalog)))


def charge(
    record: object,
    *,
    request: object | None = None,
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Any:
    """What logged records in JSON cost, with the fees, media and multipliers that columns of usage do not hold.

    Arguments are those of :func:`usage`, and the answer is that of :func:`cost`. Rows that are no call are null.
    """
    return out(_outlay.charge(record, request, as_of, model, native(catalog)))


def billed(
    record: object,
    *,
    request: object | None = None,
    task: str | None = "metadata.task",
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Any:
    """:func:`usage` and :func:`charge` together, as ``struct<usage: ..., cost: ...>``; each record is read once."""
    return out(_outlay.billed(record, request, task, model, as_of, native(catalog)))


def plan(
    prompt_tokens: object,
    model: object = "o1-mini",
    day: object | None = None,
    *,
    profile: Profile | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    **call: Any,
) -> Any:
    """The cap for each prompt: which ``max_completion_tokens`` to send.

    ``prompt_tokens``, ``model`` and ``day`` are columns or one value; without a day it is ``as_of``, else today.
    ``call`` takes the parameters of a call, such as ``risk=0.01``, ``reserve=25000``, ``effort="low"`` or
    ``completion_tokens="1k..12k"``, as ``outlay.plan`` does.

    Answers ``max_completion_tokens`` and ``room`` (tokens), ``binding`` (what decided the cap), ``status`` (ok,
    below_reserve or no_room), ``length_risk`` and ``empty_risk`` (0 to 1, null where nothing is known of the
    completion), ``expected_usd``, ``worst_usd`` and ``error``.
    """
    profiles, name = profiles_of(profile)
    given: Mapping[str, Any] = {**call, "profile": name}
    texts = {key: str(value) for key, value in given.items() if value is not None}
    return out(_outlay.plan_rows(prompt_tokens, model, day, texts, profiles, as_of, native(catalog)))


def observation(
    record: object,
    *,
    request: object | None = None,
    task: str | None = "metadata.task",
    model: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
) -> Any:
    """What logged records add to a profile, so that an engine can count them into a histogram.

    Arguments are those of :func:`usage`. Answers ``model``, ``task``, ``completion_tokens``, ``censored`` (whether
    the answer was cut off), ``reasoning_tokens``, ``content_tokens``; ``id``, ``response``, ``prompt_tokens`` and ``day`` of the call; ``left_out``, why a call is no
    observation; and ``error``. Group the rows that have a model by the first six, count them, and give the result
    with the columns ``count``, ``first_day`` and ``last_day`` to ``outlay.Profile.of_rows``.
    """
    return out(_outlay.observation(record, request, task, model, as_of, native(catalog)))
