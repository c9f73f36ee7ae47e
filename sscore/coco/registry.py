"""Export ids that stay the same from one export to the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sscore.errors import BadProject
from sscore.file_lock import only_one
from sscore.paths import write_atomic

_WAIT_S = 10.0  # for who is just writing; it takes them a moment


class IdRegistry:
    """COCO ids of images and instances, from 1, in the order they were first exported.

    Kept as {"images": {name: id}, "instances": {name: {id on the page: id}}} in one JSON file, to which exports only
    add: an id once given belongs to its instance for ever, also when that is deleted. Without a file the numbers are
    those of a single export, in its order.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Raises BadProject when the file is there and cannot be read."""
        self.path = path
        self._on_disk = self._bytes()
        self._images, self._instances = self._parse(self._on_disk)
        self._next_image = max(self._images.values(), default=0) + 1
        self._next_instance = max((i for ids in self._instances.values() for i in ids.values()), default=0) + 1
        self._changed = False

    def image(self, name: str) -> int:
        """The id of a photo."""
        if name not in self._images:
            self._images[name] = self._next_image
            self._next_image += 1
            self._changed = True
        return self._images[name]

    def instance(self, name: str, page_id: int) -> int:
        """The id of the instance that has the id `page_id` on the page of the photo `name`."""
        ids = self._instances.setdefault(name, {})
        if page_id not in ids:
            ids[page_id] = self._next_instance
            self._next_instance += 1
            self._changed = True
        return ids[page_id]

    def save(self) -> None:
        """Write what is new. Raises BadProject when somebody else wrote meanwhile, Busy, and OSError from the disk."""
        if self.path is None or not self._changed:
            return
        instances = {name: {str(k): v for k, v in ids.items()} for name, ids in self._instances.items()}
        data = json.dumps({"images": self._images, "instances": instances}, indent=0).encode("ascii") + b"\n"
        with only_one(self.path, wait=_WAIT_S):
            if self._bytes() != self._on_disk:
                raise BadProject("somebody else exported at the same moment", path=self.path, remedy="export once more")
            write_atomic(self.path, data)
        self._on_disk, self._changed = data, False

    def _bytes(self) -> bytes:
        if self.path is None:
            return b""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise BadProject(f"cannot be read: {error.strerror or error}", path=self.path) from error

    def _parse(self, data: bytes) -> tuple[dict[str, int], dict[str, dict[int, int]]]:
        if not data:
            return {}, {}
        try:
            stored: Any = json.loads(data)
            images = {str(name): int(i) for name, i in stored["images"].items()}
            instances = {str(n): {int(k): int(v) for k, v in ids.items()} for n, ids in stored["instances"].items()}
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadProject(
                "the list of export ids is damaged",
                path=self.path,
                remedy="put back a copy of it; or delete it, then the next export gives new ids",
            ) from error
        return images, instances
