"""Values kept between runs and readers: the least recently used go when there are too many or they are too large.

Streamlit's own caches hash every argument field by field and unpickle at every hit, which costs more than most of a
page. Keys here are plain hashable values, hits hand out the same object, so what is kept must not be changed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A bounded cache; each value is made once, also when several readers ask for it at the same time.

    Args:
        entries: values kept at most.
        weight: how heavy a value is, 0 where only their number counts.
        limit: weight of all values together that is kept at most.
    """

    def __init__(self, entries: int, weight: Callable[[Value], int] = lambda _value: 0, limit: int = 0) -> None:
        self._entries, self._weight, self._limit = entries, weight, limit
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._total = 0
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of the key, made when it isn't there; when making fails, nothing is kept."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._guard:
                if key in self._values:
                    return self._values[key][0]
            try:
                value = make()
                self._put(key, value)
            finally:
                with self._guard:
                    self._making.pop(key, None)
        return value

    def _put(self, key: Hashable, value: Value) -> None:
        weight = self._weight(value)
        with self._guard:
            self._values[key] = value, weight
            self._total += weight
            while self._values and (len(self._values) > self._entries or (self._limit and self._total > self._limit)):
                _key, (_value, gone) = self._values.popitem(last=False)
                self._total -= gone

    def __len__(self) -> int:
        return len(self._values)
