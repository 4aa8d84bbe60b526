#!/usr/bin/env python3
"""Two builds of outlay beside each other: the start, counting and the audit of logs.

    benches/beside.py BEFORE NOW

The two run in turn on one thread. Shown are the medians: of the start in wall time, of all else in user CPU. A build of an
older commit: `git worktree add ../before COMMIT && cargo build --locked --profile dist`, or `--release` where there is no
such profile. Stop other work first; a difference below 2 % says nothing.
"""

import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILDS = [str(pathlib.Path(build).resolve()) for build in sys.argv[1:]]
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "RAYON_NUM_THREADS": "1"}
RECORD = (
    '{{"id": "chatcmpl-{i:012}", "object": "chat.completion", "created": {time}, "model": "o1-{model}-2024-09-12", '
    '"metadata": {{"task": "{task}"}}, "choices": [{{"index": 0, "message": {{"role": "assistant", "content": "{text}", '
    '"refusal": null}}, "logprobs": null, "finish_reason": "stop"}}], "usage": {{"prompt_tokens": {prompt}, '
    '"completion_tokens": {completion}, "prompt_tokens_details": {{"cached_tokens": 0}}, '
    '"completion_tokens_details": {{"reasoning_tokens": {reasoning}}}}}, "system_fingerprint": "fp_abc"}}\n'
)


def text(pattern, size):
    # Without the signs of templates, which are refused where their blocks do not end.
    lines = (line for path in sorted(ROOT.glob(pattern)) for line in path.read_text().splitlines(keepends=True))
    whole = "".join(line for line in lines if not any(sign in line for sign in ("{{", "}}", "{%", "{#", "<%")))
    return (whole * (size // len(whole) + 1))[:size]


def words(size):
    choice = random.Random(1).choices((ROOT / "README.md").read_text().split(), k=size // 7)
    return " ".join(choice)


def log(records):
    chance = random.Random(1)
    vocabulary = "the function returns sorted output of input model token price".split()
    for i in range(records):
        prompt, reasoning = chance.randrange(400, 1300), 64 * chance.randrange(180)
        yield RECORD.format(
            i=i, time=1729400000 + i, model="preview" if i % 3 else "mini", task="abcdef"[i % 6], prompt=prompt,
            text=" ".join(chance.choices(vocabulary, k=110)), completion=reasoning + 320, reasoning=reasoning,
        )


def run(build, arguments):
    cpu, wall = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, time.perf_counter()
    ended = subprocess.run([build, *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if ended.returncode != 0:
        sys.exit(f"{build} {' '.join(arguments)}: {ended.stderr.decode()}")
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - cpu, time.perf_counter() - wall


def compare(name, arguments, times, figure, unit, scale):
    found = [[], []]
    for _ in range(times):
        for build, figures in zip(BUILDS, found):
            figures.append(run(build, arguments)[figure])
    before, now = (scale * statistics.median(figures) for figures in found)
    print(f"{name:34} {before:8.2f} {now:8.2f} {unit}  {now / before - 1:+.1%}", flush=True)


if len(BUILDS) != 2:
    sys.exit(__doc__)
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    # How a program lies in the memory of files changes its start by a tenth: both are written anew.
    BUILDS = [shutil.copy(build, pathlib.Path(folder, name)) for build, name in zip(BUILDS, ["before", "now"])]
    pathlib.Path("small.txt").write_text("Say hello.\n")
    pathlib.Path("code.rs").write_text(text("src/**/*.rs", 60_000_000))
    os.link("code.rs", "code.txt")
    pathlib.Path("prose.txt").write_text(text("docs/**/*.md", 40_000_000))
    pathlib.Path("words.txt").write_text(words(40_000_000))
    with open("log.jsonl", "w") as file:
        file.writelines(log(600_000))
    print(f"{'':34} {'before':>8} {'now':>8}")
    compare("start, wall", ["count", "small.txt", "-m", "gpt-4o"], 200, 1, "ms", 1e3)
    compare("list of all models, wall", ["models"], 50, 1, "ms", 1e3)
    for file, what in [("code.rs", "Rust of here"), ("code.txt", "the same as text"), ("prose.txt", "documents of here"), ("words.txt", "random words")]:
        size = round(os.stat(file).st_size / 1e6)
        compare(f"count {size} MB: {what}", ["count", file, "-m", "gpt-4o"], 15, 0, "s ", 1)
    size = round(os.stat("log.jsonl").st_size / 1e6)
    compare(f"audit {size} MB of a log", ["audit", "log.jsonl", "--as-of", "2024-11-01"], 15, 0, "s ", 1)
