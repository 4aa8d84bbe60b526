"""Results as what the caller's Arrow library has."""

from __future__ import annotations

import sys
from typing import Any

from outlay import _outlay


def out(array: _outlay.ArrowArray) -> Any:
    """The same column as a ``pyarrow.Array`` where pyarrow is loaded; others take it by its PyCapsules."""
    pyarrow = sys.modules.get("pyarrow")
    if pyarrow is None or not hasattr(pyarrow.Array, "__arrow_c_array__"):
        return array
    return pyarrow.array(array)
