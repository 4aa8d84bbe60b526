"""Writes the piece lists of this folder from the data of the Python package ctok.

    python3 make.py FOLDER_OF_THE_PACKAGE

A list has one piece a line: first the pieces of text, then, after an empty line, the beginnings of
UTF-8 sequences that are one token each, in hexadecimal. In a piece `\\b` begins a word and `\\e` ends
it, `\\s` says that its first letter is a capital, `\\c` that all are; `\\n`, `\\t` and `\\\\` are as usual.
"""

import json
import pathlib
import re
import sys

MARKS = {"bow": "\\b", "eow": "\\e", "shift": "\\s", "caps": "\\c"}
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t"}
ATOMS = re.compile("⟨(bow|eow|shift|caps)⟩|((?:⟨0x[0-9A-F]{2}⟩)+)|(.)", re.DOTALL)


def line(piece: str) -> str:
    """A piece of the package's notation in that of the list."""
    parts = []
    for mark, raw, character in ATOMS.findall(piece):
        text = bytes.fromhex("".join(re.findall("0x(..)", raw))).decode() if raw else character
        parts.append(MARKS.get(mark) or "".join(ESCAPES.get(c, c) for c in text))
    return "".join(parts)


def main(package: pathlib.Path) -> None:
    for family in ("v3", "v4_7"):
        groups = json.loads((package / f"data/pieces_{family}.json").read_text("utf-8"))["tokens"]
        beginnings = sorted(groups.pop("bytes_fallback"))
        # The package lists the ends of contractions without the mark that they are written with.
        glued = {f"{suffix}⟨eow⟩" for suffix in groups["contractions"]}
        pieces = sorted({line(piece) for group in groups.values() for piece in group} | {line(g) for g in glued})
        text = "\n".join([*pieces, "", *beginnings, ""])
        pathlib.Path(__file__).with_name(f"{family}.txt").write_text(text, "utf-8", newline="\n")


main(pathlib.Path(sys.argv[1]))
