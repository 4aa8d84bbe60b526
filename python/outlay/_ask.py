"""Arguments of Python as arguments of the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from outlay import _outlay
from outlay._catalog import Catalog, native
from outlay._document import Document, document
from outlay._profile import Profile

#: What is given to the verbs of a call: a text, a request, a count of tokens, or files.
Prompt = str | int | Mapping[str, Any] | os.PathLike[str] | Sequence[Any]
Models = str | Sequence[str] | None
AsOf = date | str | None

#: Why a verb may be asked twice: the page of an answer is made when it is looked at.
_PAGE = "page"


def flags(options: Mapping[str, Any]) -> list[str]:
    """``risk=0.05, strict=True, slot={"context": "50..400"}`` as ``--risk=0.05 --strict --slot=context=50..400``."""
    found: list[str] = []
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            found.append(flag)
        elif isinstance(value, Mapping):
            found += [f"{flag}={key}={_text(each)}" for key, each in value.items()]
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes | os.PathLike):
            found += [f"{flag}={_text(each)}" for each in value]
        else:
            found.append(f"{flag}={_text(value)}")
    return found


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(os.fspath(value)) if isinstance(value, os.PathLike) else str(value)


def inputs(prompt: Prompt | None) -> tuple[list[str], bytes]:
    """The arguments that name a prompt, and what standard input is."""
    if prompt is None:
        return [], b""
    if isinstance(prompt, str):
        return ["--as=text", "--", "-"], prompt.encode("utf-8", "surrogatepass")
    if isinstance(prompt, bool):
        raise TypeError("a prompt is a text, a request, a number of tokens, or files")
    if isinstance(prompt, int):
        return [f"--input-tokens={prompt}"], b""
    if isinstance(prompt, os.PathLike):
        return ["--", os.fspath(prompt)], b""
    if isinstance(prompt, Mapping):
        return ["--", "-"], json.dumps(prompt).encode()
    if all(isinstance(each, os.PathLike) for each in prompt) and len(prompt) > 0:
        return ["--", *map(os.fspath, prompt)], b""
    if all(isinstance(each, Mapping) for each in prompt) and len(prompt) > 0:
        return ["--", "-"], json.dumps({"messages": list(prompt)}).encode()
    raise TypeError(
        "a prompt is a text, a request (dict), messages (list of dict), a number of tokens, a "
        "pathlib.Path, or a list of those"
    )


def ask(
    verb: str,
    options: Mapping[str, Any],
    *,
    prompt: Prompt | None = None,
    more: Sequence[str] = (),
    model: Models = None,
    as_of: AsOf = None,
    catalog: Catalog | None = None,
    profile: Profile | str | os.PathLike[str] | None = None,
) -> Document:
    """The answer of a verb to a prompt."""
    named, given = inputs(prompt)
    profiles, name = profiles_of(profile)
    models = [model] if isinstance(model, str) else model
    asked = ["outlay", *verb.split(), *flags({"model": models, "profile": name, **options})]
    tail = [*more, *named]
    held = native(catalog)

    def run(day: AsOf, *form: str) -> _outlay.Answer:
        return _outlay.ask([*asked, *flags({"as_of": day}), *form, *tail], given, held, profiles)

    found = document(run(as_of, "--json"))
    found._page = lambda: page(run(found["as_of"], "--json", f"--export=html={_PAGE}"))
    return found


def page(answer: _outlay.Answer) -> str:
    """The page that an answer was exported as."""
    answer.check()
    return answer.files[_PAGE]


def profiles_of(
    profile: Profile | str | os.PathLike[str] | None,
) -> tuple[dict[str, str], str | None]:
    """The texts of the profiles that are given, by name, and the name to ask for."""
    if profile is None:
        return {}, None
    if isinstance(profile, Profile):
        return {profile.name: profile.to_json()}, profile.name
    return {}, os.fspath(profile)
