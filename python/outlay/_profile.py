"""``outlay.Profile``: measured completions."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from outlay import _outlay
from outlay._arrays import out
from outlay._catalog import Catalog, native


class Profile:
    """Measured completions of one or several models, by task: exact joint histograms.

    ``source`` is a profile file (``pathlib.Path``) or its text (``str``), as ``outlay calibrate -o`` writes it;
    ``name`` is what answers call it. Give it as ``profile=`` to ``estimate``, ``plan``, ``simulate`` and ``compare``.

    Raises ``OutlayError`` for what is no profile.
    """

    __slots__ = ("_text", "name")

    def __init__(self, source: str | os.PathLike[str], name: str | None = None) -> None:
        if isinstance(source, str):
            self._text = source
            self.name = name or "profile"
        else:
            self._text = Path(source).read_text(encoding="utf-8")
            self.name = name or os.fspath(source)
        # What cannot be read is said here, and not where it is used.
        _outlay.profile_rows(self._text)

    @classmethod
    def of_rows(cls, table: object, origin: str = "own logs", catalog: Catalog | None = None) -> Profile:
        """A profile of histogram rows, which add up in any order and however they were parted.

        ``table`` is anything that streams Arrow, with the columns of :meth:`rows`: ``model`` and ``task``
        (text), ``completion_tokens``, ``reasoning_tokens``, ``content_tokens`` (tokens, the last may be null),
        ``censored`` (whether the answer was cut off), ``count`` (how often), ``first_day`` and ``last_day``
        (dates, may be missing). ``outlay.spark.profile_rows`` makes such rows on a cluster.

        Raises ``OutlayError`` with the row for what contradicts itself.
        """
        return cls(_outlay.profile_of_rows(table, origin, native(catalog)))

    def to_json(self) -> str:
        """The profile file, byte for byte as ``outlay calibrate -o`` writes it."""
        return self._text

    def rows(self) -> Any:
        """The histogram as an Arrow struct column, one row for each observation with how often it was made."""
        return out(_outlay.profile_rows(self._text))

    def __repr__(self) -> str:
        return f"<outlay.Profile {self.name}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Profile) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[type[Profile], tuple[str, str]]:
        return type(self), (self._text, self.name)
