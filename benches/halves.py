#!/usr/bin/env python3
"""How profiles do on the half of a log that they were not made from.

    python3 benches/halves.py LOG.jsonl [--outlay PATH] [--task-from metadata.task] [--splits 8]

LOG holds one response a line, with `model` and `usage`. Each split parts the calls of every model and task into halves at
random, with a fixed seed; `outlay calibrate` reads the one, and its cap for a risk of 1 % and its mean costs are held
against the other.
"""

import argparse
import json
import random
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import mean


def field(record, path):
    for key in path.split("."):
        record = record.get(key, {}) if isinstance(record, dict) else {}
    return record if isinstance(record, str) else ""


def calibrated(outlay, lines, *more):
    """The results of `outlay calibrate` for these lines."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "used.jsonl"
        log.write_text("".join(lines))
        run = [outlay, "calibrate", str(log), "--json", "--save", str(Path(folder) / "p.json"), *more]
        results = json.loads(subprocess.run(run, check=True, capture_output=True, text=True).stdout)["results"]
        return results, json.loads((Path(folder) / "p.json").read_text())


def means(profile):
    """The mean completion of every task of a profile."""
    profile = profile.get("profiles", [profile])[0]
    return {task: sum(row[1] * row[3] for row in rows) / sum(row[3] for row in rows) for task, rows in profile["tasks"].items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("log", type=Path)
    parser.add_argument("--outlay", default="outlay")
    parser.add_argument("--task-from", default="metadata.task")
    parser.add_argument("--splits", type=int, default=8)
    args = parser.parse_args()
    calls = defaultdict(lambda: defaultdict(list))
    for line in args.log.read_text().splitlines(keepends=True):
        record = json.loads(line)
        completion = record["usage"]["completion_tokens"]
        calls[record["model"]][field(record, args.task_from)].append((completion, line))
    print("| model | calls | longer than the cap for 1 % | than the cap with 95 % confidence | cost error, mean of splits | largest |")
    print("|---|---|---|---|---|---|")
    for model, tasks in sorted(calls.items()):
        longer, safely, costs = [], [], []
        for seed in range(1, args.splits + 1):
            draw = random.Random(seed)
            used, kept = [], []
            for task, rows in sorted(tasks.items()):
                rows = draw.sample(rows, len(rows))
                used += [line for _, line in rows[: len(rows) // 2]]
                kept += [(task, completion) for completion, _ in rows[len(rows) // 2 :]]
            # The cap is that of all tasks together, and costs are forecast task by task.
            results, _ = calibrated(args.outlay, used, "--task", "all")
            cap = results[0]["recommended"][0]
            share = lambda cap: sum(t > cap for _, t in kept) / len(kept)
            longer.append(share(cap["measured"]))
            safely.append(share(cap["at_confidence"]))
            _, profile = calibrated(args.outlay, used, "--task-from", args.task_from)
            expected = means(profile)
            costs.append(sum(expected[task or "unlabelled"] for task, _ in kept) / sum(t for _, t in kept) - 1)
        n = sum(map(len, tasks.values()))
        print(
            f"| {model} | {n:,} | {100 * mean(longer):.2f} % | {100 * mean(safely):.2f} % "
            f"| {100 * mean(costs):+.1f} % | {100 * max(costs, key=abs):+.1f} % |"
        )


if __name__ == "__main__":
    main()
