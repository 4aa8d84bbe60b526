#!/usr/bin/env python3
"""How time and memory grow with the lists that a user can make long.

    benches/growth.py PROGRAM [ROW...]

Each row is run at several sizes, on one thread: CPU seconds in user mode, and the peak of memory. A run that takes more
than LIMIT seconds, or more than 8 GB, is ended and said so. ROW is the beginning of a row's name.
"""

import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

LIMIT = 120
MEMORY = 8 << 30
PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
DAY = ["--as-of", "2024-10-20"]


def lines(path, rows):
    with open(path, "w") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def messages(n):
    roles = ["user", "assistant"]
    turns = [{"role": roles[i % 2], "content": "hi"} for i in range(n)]
    pathlib.Path("m.json").write_text(json.dumps({"model": "gpt-4o", "messages": turns}))


def requests(n):
    lines("requests.jsonl", ({"model": "gpt-4o", "messages": [{"role": "user", "content": f"Say {i}"}]} for i in range(n)))


def call(i, **more):
    return {"id": f"call-{i:08}", "model": "gpt-4o", "prompt_tokens": 100 + i % 50, "completion_tokens": 20 + i % 30} | more


def models_of_log(n):
    lines("log.jsonl", (call(i, model=f"m-{i}") for i in range(n)))


def tasks(n):
    lines("log.jsonl", (call(i, metadata={"task": f"t-{i}"}) for i in range(n)))


def prompts(n, folder="prompts"):
    for i in range(n):
        place = pathlib.Path(folder, f"{i // 1000}")
        if i % 1000 == 0:
            place.mkdir(parents=True, exist_ok=True)
        (place / f"p{i}.md").write_text(f"Answer question {i}.\n")


CONFIG = '[call]\nmodel = "gpt-4o"\n[budget]\nmax_increase = "50%"\n[[prompt]]\nname = "p"\npaths = ["prompts"]\n'


def git(*arguments):
    subprocess.run(["git", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], check=True, stdout=subprocess.DEVNULL)


def repository(n):
    prompts(n)
    pathlib.Path("outlay.toml").write_text(CONFIG)
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "Prompts")


def checked(n):
    prompts(n)
    pathlib.Path("outlay.toml").write_text(CONFIG.replace('max_increase = "50%"', "max_prompt_tokens = 100"))


def baselines(n):
    prompts(n)
    pathlib.Path("outlay.toml").write_text(CONFIG)
    run(["check", "--update-baseline", "--baseline", "a.json"])
    shutil.copy("a.json", "b.json")


def tables(n):
    prompts(n)
    each = "".join(f'[[prompt]]\nname = "p{i}"\npaths = ["prompts/{i // 1000}/p{i}.md"]\n' for i in range(n))
    pathlib.Path("outlay.toml").write_text('[call]\nmodel = "gpt-4o"\n[budget]\nmax_prompt_tokens = 100\n' + each)


def globs(n):
    prompts(4_001)
    each = "".join(f'[[prompt]]\nname = "p{i}"\npaths = ["prompts/**/*.md"]\n' for i in range(n))
    pathlib.Path("outlay.toml").write_text('[call]\nmodel = "gpt-4o"\n[budget]\nmax_prompt_tokens = 100\n' + each)


def slots(n):
    pathlib.Path("t.md").write_text(" ".join("{{s%d}}" % i for i in range(n)))
    sizes = "".join(f"s{i} = 10\n" for i in range(n))
    pathlib.Path("outlay.toml").write_text(
        '[call]\nmodel = "gpt-4o"\n[budget]\nmax_prompt_tokens = 9000000\n[[prompt]]\nname = "t"\npaths = ["t.md"]\n[prompt.slots]\n' + sizes
    )


def binary(gigabytes):
    with open("binary.bin", "wb") as file:
        file.truncate(gigabytes << 30)


def text(megabytes):
    with open("x.txt", "w") as file:
        for i in range(megabytes << 10):
            file.write(f"{i:8} The quick brown fox jumps over the lazy dog. ".ljust(128, "x") * 8)


MODEL = """[[model]]
id = "own-{i}"
provider = "openai"
reasoning = false
released = 2024-01-01
source = "own"
checked = 2024-10-01
[model.counting]
encoding = "o200k_base"
fidelity = "estimate"
source = "own"
checked = 2024-10-01
[model.limits]
window = 100000
output_cap = 8000
source = "own"
checked = 2024-10-01
[[model.price]]
from = 2024-01-01
rates = [{{ tier = "standard", input = "2", output = "10" }}]
source = "own"
checked = 2024-10-01
"""


def catalogue(n):
    pathlib.Path("own.toml").write_text("".join(MODEL.format(i=i) for i in range(n)))
    pathlib.Path("p.md").write_text("Answer in one word.\n")


def nothing(_):
    pathlib.Path("outlay.toml").write_text(CONFIG)
    prompts(1)


ROWS = [
    ("lint of messages", messages, [4_000, 16_000, 500_000], ["lint", "m.json"]),
    ("simulate of messages", messages, [4_000, 16_000, 500_000], ["simulate", "m.json"]),
    ("diff of baselines", baselines, [20_000, 40_000], ["diff", "a.json", "b.json"]),
    ("diff HEAD .", repository, [20_000, 40_000], ["diff", "HEAD", "."]),
    ("check --base HEAD", repository, [10_000, 40_000, 100_000], ["check", "--base", "HEAD"]),
    ("check of tables", tables, [1_000, 4_000, 20_000], ["check"]),
    ("check of slots", slots, [2_000, 20_000], ["check"]),
    ("check of globs of 4,001 files", globs, [50, 200], ["check"]),
    ("count of a binary, GB", binary, [6], ["count", "binary.bin", "-m", "gpt-4o"]),
    ("count /dev/zero", nothing, [0], ["count", "/dev/zero", "-m", "gpt-4o"]),
    ("count --lossy /dev/zero", nothing, [0], ["count", "--lossy", "/dev/zero", "-m", "gpt-4o"]),
    ("--catalog /dev/zero", nothing, [0], ["count", "prompts", "-m", "gpt-4o", "--catalog", "/dev/zero"]),
    ("--config /dev/zero", nothing, [0], ["check", "--config", "/dev/zero"]),
    ("--baseline /dev/zero", nothing, [0], ["check", "--baseline", "/dev/zero"]),
    ("models import /dev/zero", nothing, [0], ["models", "import", "/dev/zero"]),
    ("count --show-tokens, MB", text, [64, 256], ["count", "x.txt", "--show-tokens", "-m", "gpt-4o"]),
    ("lint of a text, MB", text, [64, 256], ["lint", "x.txt", "-m", "gpt-4o"]),
    ("audit of models without a price", models_of_log, [100_000, 400_000], ["audit", "log.jsonl"]),
    ("audit --by task", tasks, [100_000, 400_000], ["audit", "log.jsonl", "--by", "task"]),
    ("audit --by task as CSV", tasks, [100_000, 400_000], ["audit", "log.jsonl", "--by", "task", "--format", "csv"]),
    ("calibrate of tasks", tasks, [10_000, 40_000], ["calibrate", "log.jsonl"]),
    ("count of JSON lines", requests, [10_000, 40_000], ["count", "requests.jsonl", "-m", "gpt-4o"]),
    ("estimate of JSON lines", requests, [10_000, 40_000], ["estimate", "requests.jsonl", "-m", "gpt-4o"]),
    ("plan of JSON lines", requests, [10_000, 40_000], ["plan", "requests.jsonl", "-m", "gpt-4o"]),
    ("plan of JSON lines as JSON", requests, [10_000, 40_000], ["plan", "requests.jsonl", "-m", "gpt-4o", "--format", "json"]),
    ("estimate of JSON lines as HTML", requests, [10_000, 40_000], ["estimate", "requests.jsonl", "-m", "gpt-4o", "--format", "html"]),
    ("compare of JSON lines", requests, [10_000, 40_000], ["compare", "requests.jsonl", "-m", "gpt-4o,o1-mini"]),
    ("count of a folder", prompts, [10_000, 100_000], ["count", "prompts", "-m", "gpt-4o"]),
    ("estimate of a folder", prompts, [10_000, 100_000], ["estimate", "prompts", "-m", "gpt-4o"]),
    ("plan of a folder", prompts, [10_000, 100_000], ["plan", "prompts", "-m", "gpt-4o"]),
    ("check of a folder", checked, [10_000, 100_000], ["check"]),
    ("compare of models as HTML", catalogue, [1_000, 4_000], ["compare", "p.md", "-m", "all", "--catalog", "own.toml", "--format", "html"]),
]


def run(arguments):
    """CPU seconds, bytes at the peak, the exit code, bytes written, and the first error."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    environment = {"PATH": os.environ["PATH"], "HOME": os.getcwd(), "RAYON_NUM_THREADS": "1"}
    with open("../out", "w+b") as out, open("../err", "w+b") as err:
        child = subprocess.Popen([PROGRAM, *arguments, *DAY], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, preexec_fn=limit)
        _, status, used = os.wait4(child.pid, 0)
        err.seek(0)
        errors = [line for line in err.read().decode(errors="replace").splitlines() if line.startswith("error")]
        return used.ru_utime, used.ru_maxrss << 10, os.waitstatus_to_exitcode(status), out.seek(0, 2), errors[:1]


def main():
    chosen = sys.argv[2:]
    print("| run | size | user CPU, s | peak, MB | exit | output, MB |\n|---|---:|---:|---:|---:|---:|")
    for name, make, sizes, arguments in ROWS:
        if chosen and not any(name.startswith(begin) for begin in chosen):
            continue
        for size in sizes:
            with tempfile.TemporaryDirectory() as root:
                place = pathlib.Path(root, "work")
                place.mkdir()
                os.chdir(place)
                make(size)
                took, peak, code, written, errors = run(arguments)
                ended = "ended" if code == -signal.SIGXCPU or code == -signal.SIGKILL else code
                print(f"| {name} | {size:,} | {took:.2f} | {peak / 1e6:.0f} | {ended} | {written / 1e6:.1f} |", *errors, flush=True)
                os.chdir("/")


main()
