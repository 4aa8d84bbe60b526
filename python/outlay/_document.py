"""What the verbs answer: a document of the JSON contract."""

from __future__ import annotations

import html
import json
import warnings
from collections.abc import Callable
from typing import Any

from outlay import _outlay
from outlay._errors import OutlayError, OutlayWarning


class Document(dict[str, Any]):
    """A document of the JSON contract, as ``outlay VERB --format json`` writes it.

    Tokens are integers, probabilities are 0 to 1, money is a decimal string in dollars at full precision, and
    what is not known is None. ``schema/`` in the source describes every key. ``errors`` names what has no
    answer, ``warnings`` what to know about the rest.

    In a notebook it shows as the page that ``--format html`` writes.
    """

    #: 0 answered and passed, 1 a gate failed, 2 something has no answer.
    exit_code: int = 0
    #: Makes the page when it is asked for.
    _page: Callable[[], str] | None = None

    def to_html(self) -> str:
        """The page for a browser, as ``--format html`` writes it; it needs nothing from the network."""
        if self._page is None:
            raise OutlayError("this document has no page", "answer the question again")
        return self._page()

    def _repr_html_(self) -> str:
        page = html.escape(self.to_html(), quote=True)
        style = "width:100%;height:36em;border:0"
        return f'<iframe srcdoc="{page}" style="{style}" title="outlay {self["command"]}"></iframe>'

    def __reduce__(self) -> tuple[Any, ...]:
        # The page of a copy is not made again.
        return _restored, (dict(self), self.exit_code)


def _restored(items: dict[str, Any], code: int) -> Document:
    document = Document(items)
    document.exit_code = code
    return document


def document(answer: _outlay.Answer) -> Document:
    """The document of a run; raises where nothing has an answer, and warns where something has none."""
    answer.check()
    found = Document(json.loads(answer.output))
    found.exit_code = answer.code
    errors = found["errors"]
    if errors and not found["results"]:
        raise _error(errors)
    if errors:
        text = f"{len(errors)} of the input have no answer, first: {_place(errors[0])}"
        warnings.warn(text, OutlayWarning, stacklevel=4)
    return found


def _error(errors: list[dict[str, Any]]) -> OutlayError:
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return OutlayError(_place(errors[0]) + more, errors[0]["hint"])


def _place(error: dict[str, Any]) -> str:
    places = [error["input"], error["line"], error["column"]]
    known = [str(place) for place in places if place is not None and place != "-"]
    message: str = error["message"]
    return f"{':'.join(known)}: {message}" if known else message
