"""``outlay.Catalog``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from outlay import _outlay
from outlay._errors import OutlayError


class Catalog:
    """Models, prices and limits: those of the package, changed by overlays.

    ``overlays`` are files (``pathlib.Path``) or texts (``str``) of catalogues, in the form of
    ``pricing/openai.toml`` in the source; the last one wins. A catalogue that ``outlay models update`` keeps
    on this machine is used as well, as the command line does, unless ``isolated``.

    A catalogue pickles as its texts: workers on other machines price as this one does.

    Raises ``OutlayError`` with the line for an overlay that is no catalogue.
    """

    __slots__ = ("native",)

    def __init__(self, *overlays: str | os.PathLike[str], isolated: bool = False) -> None:
        texts = [_text(overlay, at) for at, overlay in enumerate(overlays, 1)]
        self.native = _outlay.Catalog(texts, "" if isolated else None)

    @property
    def digest(self) -> str:
        """A hash of everything in it: the same digest, the same prices."""
        return self.native.digest

    def ids(self) -> list[str]:
        """The ids of its models."""
        return self.native.ids()

    def __repr__(self) -> str:
        return f"<outlay.Catalog {self.digest}>"

    def __reduce__(self) -> tuple[Callable[..., Catalog], tuple[Sequence[tuple[str, str]], str]]:
        return _again, self.native.state()


def _text(overlay: str | os.PathLike[str], at: int) -> tuple[str, str]:
    if isinstance(overlay, str):
        if "\n" not in overlay and "=" not in overlay:
            raise OutlayError(
                f"`{overlay}` is no text of a catalogue",
                "give a file as pathlib.Path(...)",
                "catalog",
            )
        return f"overlay {at}", overlay
    return os.fspath(overlay), Path(overlay).read_text(encoding="utf-8")


def _again(overlays: Sequence[tuple[str, str]], kept: str) -> Catalog:
    """The catalogue that was pickled; each process reads it once."""
    key = (tuple(map(tuple, overlays)), kept)
    found = _READ.get(key)
    if found is None:
        found = Catalog.__new__(Catalog)
        found.native = _outlay.Catalog(list(overlays), kept)
        _READ[key] = found
    return found


_READ: dict[object, Catalog] = {}


def native(catalog: Catalog | None) -> _outlay.Catalog | None:
    """What the compiled functions take."""
    return None if catalog is None else catalog.native
