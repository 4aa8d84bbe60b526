#!/usr/bin/env python3
"""Makes the measured profiles in this folder from a table of usage figures.

    python3 pricing/profiles/make.py reasoning_usage.csv

The table has one row per request with the columns model, effort, task_type, completion_tokens, reasoning_tokens,
content_tokens_o200k (the visible answer counted again), finish_reason, created_utc and source_repo. A profile keeps
figures only: per task, how often each combination of reasoning, completion and content tokens occurred. Requests
that were cut off are kept as censored, because their completion would have been at least that long. Records that contradict themselves
(more reasoning than completion) are left out, and the origin counts them.
"""

import csv
import json
import pathlib
import sys
from collections import Counter, defaultdict

MODELS = ["o1-mini", "o1-preview", "o3", "o3-mini", "o4-mini"]
LICENSES = {"karthikv792/LLMs-Planning": "MIT", "cpldcpu/LRMTokenEconomy": "Apache-2.0"}


def model_of(name):
    """The undated id: o1-mini-2024-09-12 is o1-mini."""
    parts = name.split("-")
    return "-".join(parts[:-3]) if parts[-3:-2] and parts[-3].isdigit() else name


def is_sound(row):
    return int(row["reasoning_tokens"]) <= int(row["completion_tokens"])


def profile(model, all_rows):
    rows = [row for row in all_rows if is_sound(row)]
    tasks = defaultdict(Counter)
    for row in rows:
        task = ":".join(filter(None, [row["task_type"], row["effort"]]))
        content = row["content_tokens_o200k"]
        tasks[task][
            int(row["reasoning_tokens"]),
            int(row["completion_tokens"]),
            int(content) if content else None,
            int(row["finish_reason"] == "length"),
        ] += 1
    dates = sorted(row["created_utc"][:10] for row in rows if row["created_utc"])
    repositories = Counter(row["source_repo"].split("@")[0] for row in rows)
    origin = ", ".join(
        f"{repository} ({count} requests{', ' + LICENSES[repository] if repository in LICENSES else ''})"
        for repository, count in sorted(repositories.items())
    )
    if left_out := len(all_rows) - len(rows):
        origin += f"; {left_out} more left out, whose reasoning exceeds their completion"
    return {
        "schema_version": 1,
        "model": model,
        "origin": origin,
        "period": {"from": dates[0], "to": dates[-1]},
        "n": len(rows),
        "columns": ["reasoning", "completion", "content", "count", "censored"],
        "tasks": {
            task: sorted(
                ([r, t, k, count, censored] for (r, t, k, censored), count in counter.items()),
                key=lambda row: [value if value is not None else -1 for value in row],
            )
            for task, counter in sorted(tasks.items())
        },
    }


def text(profile):
    """JSON with one line per task, so that a change shows where it is."""
    head = {key: value for key, value in profile.items() if key != "tasks"}
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    tasks = [
        f"    {json.dumps(task)}: {json.dumps(rows, separators=(',', ':'))}" for task, rows in profile["tasks"].items()
    ]
    return "{\n" + "\n".join(lines) + '\n  "tasks": {\n' + ",\n".join(tasks) + "\n  }\n}\n"


def main():
    rows = defaultdict(list)
    with open(sys.argv[1], newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            rows[model_of(row["model"])].append(row)
    for model in MODELS:
        path = pathlib.Path(__file__).with_name(f"{model}.json")
        path.write_text(text(profile(model, rows[model])), encoding="utf-8")


main()
