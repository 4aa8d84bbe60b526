"""Made-up prompts and logs, the same on every machine."""

from __future__ import annotations

import json
import random
from typing import Any

WORDS = "plan cap tokens reasoning naïve Ünïcode 中文 日本語 мир `code()` {json: 1} \n \t 1,234.5 🙂".split(
    " "
)
MODELS = ["o1-mini", "o1-preview", "gpt-4o", "o1-mini-2024-09-12"]
TASKS = ["code", "triage", None]


def prompts(rows: int, seed: int = 1) -> list[str | None]:
    """Texts of 0 to some 300 words; one in fifty is missing."""
    draw = random.Random(seed)

    def text() -> str | None:
        if draw.random() < 0.02:
            return None
        return " ".join(draw.choices(WORDS, k=draw.randrange(300)))

    return [text() for _ in range(rows)]


def record(draw: random.Random, number: int) -> dict[str, Any]:
    """An answer of Chat Completions: mostly with an id, now and then cut off, empty or cached."""
    prompt = draw.randrange(1, 4000)
    completion = draw.randrange(1, 3000)
    length = draw.random() < 0.1
    reasoning = completion if length and draw.random() < 0.5 else draw.randrange(completion + 1)
    model = draw.choice(MODELS)
    if model == "gpt-4o":
        reasoning = 0
    made: dict[str, Any] = {
        "object": "chat.completion",
        "created": 1727740800 + draw.randrange(80 * 86400),
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "length" if length else "stop",
                "message": {"role": "assistant", "content": "" if reasoning == completion else "yes, it is"},
            }
        ],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": draw.choice([0, 0, prompt // 2])},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        },
    }
    if draw.random() < 0.95:
        made["id"] = f"chatcmpl-{number:08d}"
    task = draw.choice(TASKS)
    if task is not None:
        made["metadata"] = {"task": task}
    return made


def records(rows: int, seed: int = 2) -> list[str]:
    """Records as JSON; every hundredth is logged twice."""
    draw = random.Random(seed)
    made: list[str] = []
    for number in range(rows):
        text = json.dumps(record(draw, number))
        made.append(text)
        if number % 100 == 0 and "chatcmpl" in text:
            made.append(text)
    return made


#: Records that are no usable call, each with its outcome and a word of its error.
POISON: list[tuple[str, str, str | None]] = [
    ("", "invalid", "EOF"),
    ("{", "invalid", "breaks off"),
    ("not json", "invalid", "not JSON"),
    ("[1, 2]", "invalid", "expected an object"),
    ("null", "invalid", "expected an object"),
    ('{"model": "o1-mini", "usage": {"prompt_tokens": -1, "completion_tokens": 1}}', "invalid", "-1"),
    ('{"model": "o1-mini", "usage": {"prompt_tokens": 1.5, "completion_tokens": 1}}', "invalid", "1.5"),
    ('{"model": "o1-mini", "usage": {"prompt_tokens": 1e300, "completion_tokens": 1}}', "invalid", "tokens"),
    (
        '{"model": "o1-mini", "usage": {"prompt_tokens": 10, "completion_tokens": 1, '
        '"prompt_tokens_details": {"cached_tokens": 11}}}',
        "invalid",
        "more than the prompt",
    ),
    (
        '{"model": "o1-mini", "usage": {"prompt_tokens": 10, "completion_tokens": 1, '
        '"completion_tokens_details": {"reasoning_tokens": 2}}}',
        "invalid",
        "more than the completion",
    ),
    (
        '{"model": "o1-mini", "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 20}}',
        "invalid",
        "total",
    ),
    ('{"model": "o1-mini"}', "invalid", "none of the known forms"),
    (
        '{"model": "o1-mini", "usage": {"prompt_tokens": 1, "completion_tokens": 1}, "created": "soon"}',
        "invalid",
        "time",
    ),
]
