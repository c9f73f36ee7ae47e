"""Python values through a pipe: pickled, with large arrays beside the pickle, so that they are copied only once."""

from __future__ import annotations

import pickle
import struct
import threading
from contextlib import suppress
from typing import IO, Any

import numpy as np

_HEAD = struct.Struct("!QI")
"""Bytes of the pickle, number of arrays beside it."""

_BESIDE = struct.Struct("!Q?")
"""Bytes of an array, whether it is read-only."""

_LARGE = 100_000
"""Bytes from which an array is worth a place beside the pickle."""


class Wire:
    """Both ends must be trusted: unpickling can run code. One thread may send while another receives."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._source, self._target = source, target
        self._sending = threading.Lock()

    def send(self, value: Any) -> None:
        """Raises OSError when nobody is there to read; what cannot be pickled raises before anything is sent."""
        beside: list[memoryview] = []

        def stays(buffer: pickle.PickleBuffer) -> bool:
            raw = buffer.raw()
            if raw.nbytes < _LARGE:
                return True
            beside.append(raw)
            return False

        body = pickle.dumps(value, protocol=5, buffer_callback=stays)
        head = _HEAD.pack(len(body), len(beside))
        with self._sending:
            self._target.write(head + b"".join(_BESIDE.pack(raw.nbytes, raw.readonly) for raw in beside) + body)
            for raw in beside:
                self._target.write(raw)
            self._target.flush()

    def receive(self) -> Any:
        """Waits for the next value. Raises EOFError when the other end is gone."""
        size, count = _HEAD.unpack(self._read(_HEAD.size))
        told = [_BESIDE.unpack(self._read(_BESIDE.size)) for _ in range(count)]
        body = self._read(size)
        buffers = [self._read(length).toreadonly() if fixed else self._read(length) for length, fixed in told]
        return pickle.loads(body, buffers=buffers)

    def close(self) -> None:
        for stream in (self._target, self._source):
            with suppress(OSError):  # something unsent, and nobody to read it
                stream.close()

    def _read(self, length: int) -> memoryview:
        room = np.empty(length, np.uint8).data  # not filled with zeros first
        done = 0
        while done < length:
            count = self._source.readinto(room[done:])  # type: ignore[attr-defined]
            if not count:
                raise EOFError("the other end is gone")
            done += count
        return room
