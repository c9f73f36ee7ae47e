"""Frames of a video file or a camera as photos."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from sscore.errors import BadImage
from sscore.types import ByteArray

EXTENSIONS = (".mp4", ".avi", ".mov", ".mkv", ".m4v", ".wmv", ".webm", ".mpg", ".mpeg")


class Frames:
    """An open video or camera. Use it from one thread, and close it.

    count: frames of the file, 0 for a camera or when the file does not say; fps: frames per second, 0 when not known.
    """

    def __init__(self, source: str | Path | int) -> None:
        """source: a file, or the number of a camera, from 0. Raises BadImage."""
        self.source = source
        self._copy: Path | None = None
        self._next = 0
        self._video = self._opened(source)
        if not self._video.isOpened():
            self.close()
            if isinstance(source, int):
                raise BadImage(
                    f"camera {source} does not answer", remedy="plug it in, or close the program that uses it"
                )
            raise BadImage("this video cannot be read", path=source, remedy="convert it to MP4 (H.264) or MJPEG AVI")
        live = isinstance(source, int)
        self.count = 0 if live else max(int(self._video.get(cv2.CAP_PROP_FRAME_COUNT)), 0)
        self.fps = max(float(self._video.get(cv2.CAP_PROP_FPS)), 0.0)

    @property
    def live(self) -> bool:
        return isinstance(self.source, int)

    def read(self, at: int | None = None) -> ByteArray | None:
        """uint8 (H, W, 3) RGB: frame `at` of a file, from 0, or the next one; None at the end."""
        if at is not None and not self.live and at != self._next:
            self._video.set(cv2.CAP_PROP_POS_FRAMES, at)
            self._next = at
        good, frame = self._video.read()
        if not good or frame is None:
            return None
        self._next += 1
        return np.ascontiguousarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False))

    def close(self) -> None:
        self._video.release()
        if self._copy is not None:
            shutil.rmtree(self._copy.parent, ignore_errors=True)
            self._copy = None

    def __enter__(self) -> Frames:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self, source: str | Path | int) -> cv2.VideoCapture:
        if isinstance(source, int):
            return cv2.VideoCapture(source)
        path = Path(source)
        if not path.is_file():
            raise BadImage("there is no such video", path=path)
        video = cv2.VideoCapture(str(path))
        if not video.isOpened() and not str(path).isascii():
            # Some readers on Windows take names in the system's code page only: they get an ASCII name for the file.
            video.release()
            self._copy = Path(tempfile.mkdtemp(prefix="ssc-", dir=_plain_folder())) / f"video{path.suffix.lower()}"
            try:
                os.link(path, self._copy)
            except OSError:
                with contextlib.suppress(OSError):
                    shutil.copyfile(path, self._copy)
            video = cv2.VideoCapture(str(self._copy))
        return video


def _plain_folder() -> str | None:
    """A folder with an ASCII name for temporary files: the user's own has none where that user's name is Chinese."""
    places = (tempfile.gettempdir(), os.environ.get("PUBLIC"), os.environ.get("PROGRAMDATA"))
    return next((place for place in places if place and place.isascii() and os.access(place, os.W_OK)), None)


def frame_name(source: str | Path | int, number: int, taken: set[str]) -> str:
    """A new file name for a captured frame. number: of the frame, or the time of a camera; taken: names in use."""
    stem = f"camera{source}" if isinstance(source, int) else Path(source).stem
    name = f"{stem}_{number:06d}.png"
    again = 2
    while name in taken:
        name = f"{stem}_{number:06d}-{again}.png"
        again += 1
    return name
