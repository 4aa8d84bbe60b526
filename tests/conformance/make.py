"""Makes plans.json and forecasts.json anew: the planning rules and the distributions, written a second time.

It uses the standard library of Python and nothing of outlay: `python3 tests/conformance/make.py`. The two files are
therefore an independent answer, against which outlay, its Python package and other implementations are checked.
"""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import NormalDist

HERE = Path(__file__).parent
NORMAL = NormalDist()
POINTS = 100_000

# Dollars per million tokens of prompt and completion, window and output cap, on the day of the cases.
MODELS = {
    ("o1-mini", "2024-10-20"): ("3", "12", 128_000, 65_536),
    ("o1-mini", "2025-02-20"): ("1.1", "4.4", 128_000, 65_536),
    ("o1-preview", "2024-10-20"): ("15", "60", 128_000, 32_768),
    ("gpt-4o", "2025-01-15"): ("2.5", "10", 128_000, 16_384),
}
RESERVE = 25_000
REASONS = {"o1-mini", "o1-preview"}


def whole(amount):
    """Tokens, rounded half up."""
    return int(Decimal(amount).quantize(Decimal(1), ROUND_HALF_UP))


def usd(amount):
    """Dollars without zeros at the end."""
    return format(amount.normalize(), "f")


class Lognormal:
    """The distribution whose 5 % and 95 % quantiles are these."""

    def __init__(self, low, high):
        from math import log

        z = NORMAL.inv_cdf(0.95)
        self.mean = (log(low) + log(high)) / 2
        self.sd = (log(high) - log(low)) / (2 * z)

    def quantile(self, p):
        from math import exp

        return exp(self.mean + self.sd * NORMAL.inv_cdf(p))

    def above(self, x):
        from math import log

        return 1.0 if x <= 0 else 1 - NORMAL.cdf((log(x) - self.mean) / self.sd)


def room(model, day, prompt):
    window, cap = MODELS[model, day][2:]
    left = max(window - prompt, 0)
    return (cap, "output_cap") if cap <= left else (left, "window")


def plan(model, day, prompt):
    left, limit = room(model, day, prompt)
    reserve = RESERVE if model in REASONS else 0
    if left == 0:
        status = "no_room"
    elif left < reserve:
        status = "below_reserve"
    else:
        status = "ok"
    recommended = None if left == 0 else min(left, reserve) if reserve else left
    binding = "reserve" if reserve and left >= reserve else limit
    cut = None if status == "ok" else max(reserve, 1) - left
    given = {"model": model, "as_of": day, "input_tokens": prompt}
    expect = {
        "room": left,
        "recommended_max_completion_tokens": recommended,
        "binding": binding,
        "status": status,
        "cut_tokens": cut,
    }
    return {"given": given, "expect": expect}


def cost(model, day, prompt, completion):
    into, out = (Decimal(rate) for rate in MODELS[model, day][:2])
    return (into * prompt + out * completion) / 1_000_000


def declared(model, day, prompt, cap, reasoning, visible):
    """A call whose reasoning and visible answer are declared, with a cap that is sent."""
    limit = min(cap, room(model, day, prompt)[0])
    r, v = Lognormal(*reasoning), Lognormal(*visible)
    answers = [v.quantile((i + 0.5) / 4_096) for i in range(4_096)]
    risk = sum(r.above(limit - answer) for answer in answers) / len(answers)
    # The mean of what is billed is the area under the probability of more.
    step = limit / 2_000
    area = 0.0
    few = answers[::8]
    for i in range(2_000):
        x = (i + 0.5) * step
        area += step * sum(r.above(x - answer) for answer in few) / len(few)
    return {
        "given": {
            "model": model,
            "as_of": day,
            "input_tokens": prompt,
            "max_completion_tokens": cap,
            "reasoning": "..".join(map(str, reasoning)),
            "visible": "..".join(map(str, visible)),
        },
        "expect": {
            "sent.length_risk": {"value": risk, "tolerance": 0.001},
            "sent.empty_risk": {"value": r.above(limit), "tolerance": 0.001},
            "completion_tokens.expected": {"value": area, "relative": 0.003},
            "completion_tokens.worst_case": limit,
        },
    }


def total(model, day, prompt, cap, completion):
    """A call whose whole completion is declared."""
    limit = min(cap, room(model, day, prompt)[0])
    t = Lognormal(*completion)
    mean = sum(min(t.quantile((i + 0.5) / POINTS), limit) for i in range(POINTS)) / POINTS
    low, high = (min(whole(t.quantile(p)), limit) for p in (0.05, 0.95))
    # The range holds the mean, also where nearly everything is cut off.
    low, high = min(low, whole(mean)), max(high, whole(mean))
    return {
        "given": {
            "model": model,
            "as_of": day,
            "input_tokens": prompt,
            "max_completion_tokens": cap,
            "completion_tokens": "..".join(map(str, completion)),
        },
        "expect": {
            "sent.length_risk": {"value": t.above(limit), "tolerance": 0.001},
            "completion_tokens.expected": {"value": mean, "relative": 0.002},
            "completion_tokens.p5": low,
            "completion_tokens.p95": high,
            "cost_usd.p5": usd(cost(model, day, prompt, low)),
            "cost_usd.p95": usd(cost(model, day, prompt, high)),
            "cost_usd.worst_case": usd(cost(model, day, prompt, limit)),
        },
    }


def write(name, source, cases):
    text = json.dumps({"version": 1, "source": source, "cases": cases}, indent=1)
    (HERE / name).write_text(text + "\n")


write(
    "plans.json",
    "make.py; limits and reserve: OpenAI, 'Reasoning models' guide, beta of 2024-09",
    [
        plan("o1-mini", "2024-10-20", prompt)
        for prompt in (0, 1_000, 62_463, 62_464, 62_465, 100_000, 103_000, 103_001, 110_000, 127_999, 128_000)
    ]
    + [plan("o1-preview", "2024-10-20", prompt) for prompt in (1_000, 95_232, 95_233, 103_000, 103_001, 120_000)]
    + [plan("gpt-4o", "2025-01-15", prompt) for prompt in (1_000, 111_616, 111_617, 127_999, 128_000)],
)
write(
    "forecasts.json",
    "make.py: lognormal distributions by their quantiles at 5 % and 95 %, cut at the cap",
    [
        total("o1-mini", "2024-10-20", 3_000, 8_000, (1_000, 12_000)),
        total("o1-mini", "2025-02-20", 110_000, 18_000, (1_000, 12_000)),
        total("o1-preview", "2024-10-20", 757, 512, (600, 9_000)),
        total("gpt-4o", "2025-01-15", 12_000, 4_000, (50, 900)),
        total("gpt-4o", "2025-01-15", 100, 16_384, (800, 800_000)),
        declared("o1-mini", "2024-10-20", 3_000, 8_000, (1_000, 12_000), (200, 1_200)),
        declared("o1-preview", "2024-10-20", 20_000, 25_000, (500, 30_000), (100, 4_000)),
        declared("o1-mini", "2025-02-20", 120_000, 8_000, (2_000, 6_000), (10, 20)),
    ],
)
