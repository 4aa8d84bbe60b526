"""The verbs of the command line as functions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from outlay import _outlay
from outlay._ask import AsOf, Models, Prompt, ask, flags, page, profiles_of
from outlay._catalog import Catalog, native
from outlay._document import Document, document
from outlay._profile import Profile

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: An amount, such as 600 or "1k..12k" (a 90 % interval) or "p50=4288,p95=11072".
Amount = int | float | str


class InputOptions(TypedDict, total=False):
    """How prompts are read; each is the flag of the same name."""

    slot: Mapping[str, Amount]
    """Sizes of the slots of a template in tokens."""
    rows: str | os.PathLike[str]
    """A data set that fills the slots: one result for each row."""
    image: str
    """The size of images whose size is not in the request, such as ``"1024x768"``."""
    pages: int | str
    """The pages of documents whose pages are not in the request."""
    audio: str
    """The length of sound whose length is not in the request, such as ``"90s"``."""
    video: str
    """The length of films whose length is not in the request, such as ``"2min"``."""
    media_tokens: int | str
    """The tokens of each image, document, sound or film that no published rule counts."""
    skip_uncountable: bool
    """Leave out what cannot be counted, and count the rest."""
    lossy: bool
    """Replace bytes of files that are not UTF-8."""


class CallOptions(InputOptions, total=False):
    """What is known about a call; each is the flag of the same name."""

    calls: int | str
    """How many calls, such as ``500`` or ``"20k/month"``."""
    kind: str
    """What the call is for: step, judge, write, puzzle, code or search."""
    effort: str
    """How much the model is to reason, such as ``"low"``."""
    thinking_budget: int | str
    """End the reasoning at this many tokens."""
    completion_tokens: Amount
    """All completion tokens, reasoning included."""
    reasoning: Amount
    """The hidden reasoning tokens."""
    visible: Amount
    """The visible tokens of the answer."""
    max_completion_tokens: int | str
    """The cap that you send."""
    cached: Amount
    """Prompt tokens read from the cache: an amount, or a share such as ``"50%"``."""
    cache_write: Amount
    """Prompt tokens written to the cache: an amount, or a share."""
    searches: int
    """Searches of the web that a call makes with the provider's own tool."""
    tier: str
    """standard, batch, flex or priority."""
    reserve: int | str
    """Tokens to keep for reasoning and outputs, or ``"auto"``."""
    risk: float | str
    """The accepted probability that an answer is cut off, such as ``0.01``."""


class PlanOptions(CallOptions, total=False):
    """What a plan takes besides."""

    rpm: int | str
    """Requests per minute of your account."""
    tpm: int | str
    """Tokens per minute of your account."""
    usage_tier: str
    """The usage tier of your account."""
    quota: str
    """A message quota such as ``"50/week"``."""
    strict: bool
    """``exit_code`` is 1 unless every plan is ok."""


class ConversationOptions(CallOptions, total=False):
    """What is known about a conversation; each is the flag of the same name."""

    turns: int | str
    """How many turns."""
    base: Amount
    """Tokens that come before every turn."""
    user: Amount
    """Tokens of a message of the user."""
    retention: str
    """Which reasoning stays: none, in-turn or all."""
    history: str
    """What happens to a long history: full, drop-oldest, window:N or summarize:N."""
    on_length: str
    """What to do after an empty answer: stop, retry, double or continue."""
    turn_gap: str
    """Time between turns, such as ``"90s"`` or ``"30s..10min"``."""
    cache: str
    """How long prompts are kept in the cache: none, 5m, 30m, 1h, 12h or 24h."""
    endpoint: str
    """The endpoint that is called, which may decide what of the reasoning stays."""
    steps: int | str
    """Requests of one turn, or ``"endless"``."""
    calls_per_step: Amount
    """Calls of tools in one step, side by side."""
    call_tokens: Amount
    """Tokens of one call, beside the visible tokens of its step."""
    result_tokens: Amount
    """Tokens of the result of one call."""
    tool_definitions: int | str
    """Tokens of the definitions of tools, sent with every request."""
    max_steps: int | str
    """Stop the loop of a turn after this many requests."""
    max_turn_usd: float | str
    """Stop the loop of a turn once it has cost this much."""
    max_turn_tokens: int | str
    """Stop the loop of a turn once it has this many tokens."""
    turn_correlation: float | str
    """How alike the completions of one conversation are, 0 to 1."""
    runs: int | str
    """How many conversations to draw."""
    seed: int
    """The seed of the draws."""


class CompareOptions(ConversationOptions, total=False):
    """Which models are compared, besides those that are named."""

    provider: str | Sequence[str]
    """Compare the models of this provider."""
    needs: str | Sequence[str]
    """Compare models that can do this: vision, tools, structured-output, streaming, system, batch, caching, reasoning."""
    fits: bool
    """Leave out models that cannot take the request or leave too little room for the answer."""


class CheckOptions(TypedDict, total=False):
    """How a repository is checked; each is the flag of the same name."""

    baseline: str | os.PathLike[str]
    """The baseline to compare with."""
    base: str
    """The commit to compare with."""
    allow_outside: bool
    """Read prompts outside of the repository of the configuration."""
    exit_zero: bool
    """``exit_code`` is 0 where it would be 1."""


class LogOptions(TypedDict, total=False):
    """How logs are read; each is the flag of the same name."""

    task_from: str
    """The key of a record with the label of the task, such as ``"metadata.task"``."""
    task: str
    """The label of every record."""
    model: str
    """The model of records that name none."""
    map: Mapping[str, str]
    """Which columns hold which figures, such as ``{"prompt_tokens": "in", "completion_tokens": "out"}``."""
    skip_invalid: bool
    """Leave out records that cannot be read."""


class AuditOptions(LogOptions, total=False):
    """What an audit takes besides."""

    account: str
    """The billing account of the rows of a bill."""
    forecast: str | os.PathLike[str]
    """Score the forecasts of this profile."""
    skip_unpriced: bool
    """Leave out calls without a price."""
    skip_unread: bool
    """Leave out what a call was charged for besides and that cannot be priced."""


class CalibrateOptions(LogOptions, total=False):
    """What a calibration takes besides."""

    reserve: int | str
    """Tokens to keep as long as the logs do not allow less."""
    kind: str
    """What the calls are for; makes few calls say more."""


def count(
    prompt: Prompt,
    model: str = "o1-mini",
    *,
    chat: bool = True,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    **options: Unpack[InputOptions],
) -> int:
    """The prompt tokens of a text or a request, as billed.

    A text is counted as the only message of a user; with ``chat=False`` as bare text, without the tokens
    around a message, as ``len(tiktoken.encode(text))`` does. A request is a dict of any maker's API, messages are
    a list of dicts. The part by part count is ``outlay.plan(...)["results"][0]`` or ``outlay count``.

    Raises ``OutlayError`` for an unknown model, with the nearest ones, and for what cannot be counted.

    >>> outlay.count("Hello! How can I assist you today?", "o1-mini", chat=False)
    9
    """
    if isinstance(prompt, str) and not options:
        return _outlay.count_text(prompt, model, chat, as_of, native(catalog))
    if not chat:
        raise TypeError("chat=False counts a text, not a request")
    found = ask("count", options, prompt=prompt, model=model, as_of=as_of, catalog=catalog)
    total: int = found["total"]["prompt_tokens"]
    return total


def tokens(text: str, encoding: str = "o200k_base") -> list[int]:
    """The ids of the tokens of a text in a vocabulary; special tokens are taken as ordinary text.

    Raises ``OutlayError`` for an unknown vocabulary, and for one whose ids are not public.

    >>> outlay.tokens("Hello!", "o200k_base")
    [13225, 0]
    """
    return _outlay.tokens(text, encoding)


def estimate(
    prompt: Prompt,
    model: Models = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    profile: Profile | str | os.PathLike[str] | None = None,
    **options: Unpack[CallOptions],
) -> Document:
    """What calls cost before they are made: expected, p5 to p95, and at worst, in dollars.

    ``prompt`` is a text, a request, messages, a number of tokens, a file or a list of files; ``model`` an id or
    several. Without a model it is the request's own, else o1-mini. ``results`` has one entry for each prompt
    and model, in their order.

    Raises ``OutlayError`` where nothing has an answer; otherwise ``errors`` of the document names what has none.

    >>> outlay.estimate(400, "o1-mini", completion_tokens=600, as_of="2024-09-20")["results"][0]["cost_usd"]["expected"]
    '0.0084'
    """
    return ask("estimate", options, prompt=prompt, model=model, as_of=as_of, catalog=catalog, profile=profile)


def plan(
    prompt: Prompt,
    model: Models = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    profile: Profile | str | os.PathLike[str] | None = None,
    **options: Unpack[PlanOptions],
) -> Document:
    """What fits after a prompt, and which ``max_completion_tokens`` to send, at which risk and cost.

    Arguments are those of :func:`estimate`. Of a result, ``recommended_max_completion_tokens`` is the cap in
    tokens, ``room`` what fits, ``length_risk`` the probability of ``finish_reason: length`` from 0 to 1, or None
    where nothing is known of the completion.

    >>> outlay.plan(400, "o1-mini", as_of="2024-09-20")["results"][0]["recommended_max_completion_tokens"]
    25000
    """
    return ask("plan", options, prompt=prompt, model=model, as_of=as_of, catalog=catalog, profile=profile)


def simulate(
    scenario: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    model: Models = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    profile: Profile | str | os.PathLike[str] | None = None,
    **options: Unpack[ConversationOptions],
) -> Document:
    """A conversation turn by turn: context fill, cache, risk and cost.

    ``scenario`` is a scenario file (``.toml``) or a request that the conversation goes on from, as a file or a
    dict; without one, ``options`` declare it. The same ``seed`` gives the same figures.

    >>> len(outlay.simulate(turns=3, user=100, reasoning=400, visible=100, model="o1-mini")["results"][0]["turns"])
    3
    """
    more = [os.fspath(scenario)] if isinstance(scenario, str | os.PathLike) else []
    prompt = scenario if isinstance(scenario, Mapping) else None
    return ask(
        "simulate",
        options,
        prompt=prompt,
        more=more,
        model=model,
        as_of=as_of,
        catalog=catalog,
        profile=profile,
    )


def compare(
    prompt: Prompt | None = None,
    models: Models = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    profile: Profile | str | os.PathLike[str] | None = None,
    **options: Unpack[CompareOptions],
) -> Document:
    """Models side by side: cost per call and per usable answer, risks, break-evens.

    Arguments are those of :func:`estimate`, or of a conversation where ``turns`` are given. Without ``models``,
    o1-mini and o1-preview are compared.

    >>> [each["model"] for each in outlay.compare(1000, completion_tokens=2000, as_of="2024-09-20")["results"]]
    ['o1-mini', 'o1-preview']
    """
    return ask("compare", options, prompt=prompt, model=models, as_of=as_of, catalog=catalog, profile=profile)


def check(
    config: str | os.PathLike[str] | None = None,
    *,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    **options: Unpack[CheckOptions],
) -> Document:
    """The budgets of ``outlay.toml``, here or above, or of the file ``config``.

    ``exit_code`` of the document is 0 where every budget holds, 1 where one fails, 2 where one cannot be measured.
    Nothing is written to the disk.
    """
    return ask("check", {"config": config, **options}, as_of=as_of, catalog=catalog)


def models(model: str | None = None, *, as_of: AsOf = None, catalog: Catalog | None = None) -> Document:
    """The models of the catalogue with their prices and limits on a day, or one of them in full.

    Raises ``OutlayError`` for an unknown model, with the nearest ones.
    """
    verb, more = ("models list", []) if model is None else ("models show", ["--", model])
    return ask(verb, {}, more=more, as_of=as_of, catalog=catalog)


#: Logs: files, or what streams Arrow, such as a table, a frame or a relation.
Logs = str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | object


def audit(
    logs: Logs,
    *,
    by: str | Sequence[str] = "model",
    record: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    **options: Unpack[AuditOptions],
) -> Document:
    """What logged calls cost, to the picodollar, and what was wasted on empty answers.

    ``logs`` are files or folders of any known form, packed or not, or anything that streams Arrow: a DuckDB
    relation, a Polars frame, a reader of pyarrow. Of a stream, the column ``record`` holds one JSON record for
    each row; without it the columns hold figures, known by their names or by ``map``, as in CSV. ``by`` groups by
    ``model``, ``day`` and ``task``. Each response is counted once, by the last 1.8 million ids.

    Raises ``OutlayError`` where no call could be read. What could not is in ``errors``, and a warning says so.
    """
    by = by if isinstance(by, str) else ",".join(by)
    found, _ = _of_logs("audit", logs, record, {"by": by, **options}, as_of, catalog)
    return found


def calibrate(
    logs: Logs,
    *,
    record: str | None = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    **options: Unpack[CalibrateOptions],
) -> Calibration:
    """Logged calls as a measured profile, and the caps that it allows.

    ``logs`` and ``record`` are those of :func:`audit`. ``profile`` of the document is the :class:`Profile`.

    Raises ``OutlayError`` where no completion was found.
    """
    found, files = _of_logs("calibrate", logs, record, options, as_of, catalog)
    result = Calibration(found)
    result.exit_code, result._page = found.exit_code, found._page
    result.profile = Profile(files[_PROFILE])
    return result


class Calibration(Document):
    """What ``outlay calibrate`` answers, with the profile."""

    profile: Profile


#: The name of the file that ``calibrate -o`` writes; a program gets its text.
_PROFILE = "-"


def _of_logs(
    verb: str,
    logs: Logs,
    record: str | None,
    options: Mapping[str, Any],
    as_of: AsOf,
    catalog: Catalog | None,
) -> tuple[Document, dict[str, str]]:
    chosen = dict(options)
    if isinstance(chosen.get("map"), Mapping):
        chosen["map"] = ",".join(f"{field}={column}" for field, column in chosen["map"].items())
    profiles: dict[str, str] = {}
    if isinstance(chosen.get("forecast"), Profile):
        profiles, chosen["forecast"] = profiles_of(chosen["forecast"])
    asked = ["outlay", verb, *flags({**chosen, "as_of": as_of}), "--json", "--export=html=page"]
    if verb == "calibrate":
        asked += ["-o", _PROFILE]
    held = native(catalog)
    if isinstance(logs, str | os.PathLike):
        logs = [logs]
    if hasattr(logs, "__arrow_c_stream__"):
        answer = _outlay.ask_of_stream([*asked, "--", "-"], logs, record, held, profiles)
    elif isinstance(logs, Iterable) and not hasattr(logs, "__arrow_c_array__"):
        paths = [os.fspath(path) for path in logs]
        answer = _outlay.ask([*asked, "--", *paths], b"", held, profiles)
    else:
        answer = _outlay.ask_of_stream([*asked, "--", "-"], logs, record, held, profiles)
    found = document(answer)
    # The logs may be gone or long: the page is made while they are read.
    text = page(answer)
    found._page = lambda: text
    return found, answer.files


__all__ = [
    "AuditOptions",
    "CalibrateOptions",
    "Calibration",
    "CallOptions",
    "CheckOptions",
    "CompareOptions",
    "ConversationOptions",
    "InputOptions",
    "LogOptions",
    "PlanOptions",
    "audit",
    "calibrate",
    "check",
    "compare",
    "count",
    "estimate",
    "models",
    "plan",
    "simulate",
    "tokens",
]
