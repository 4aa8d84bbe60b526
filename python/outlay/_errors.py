"""The exception of the package."""

from __future__ import annotations


class OutlayError(Exception):
    """What has no answer: what is wrong, and what to do.

    ``message`` is one sentence, with the place where there is one; ``hint`` says what to do, or is None;
    ``kind`` is one of ``amount``, ``catalog``, ``unknown-model``, ``not-released``, ``missing-price``,
    ``malformed``, ``uncountable``, ``tokenizer``, ``refused`` and ``usage``.
    """

    def __init__(self, message: str, hint: str | None = None, kind: str = "usage") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.kind = kind

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"

    def __reduce__(self) -> tuple[type[OutlayError], tuple[str, str | None, str]]:
        return type(self), (self.message, self.hint, self.kind)


class OutlayWarning(UserWarning):
    """Something of the input has no answer, and the rest is answered: see ``errors`` of the document."""


def missing(package: str) -> ImportError:
    """What is raised where the package of an engine is not installed."""
    return ImportError(f"this needs {package}, which is not installed: `pip install {package}`", name=package)
