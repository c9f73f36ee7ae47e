"""`ssc embed`: the slow step of a segmenter done ahead, for all photos of a folder."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli.console import Console, Events, Json, Quiet
from sscore.cli.gather import gather
from sscore.errors import BadImage, BadOption

if TYPE_CHECKING:
    from sscore.digests import KnownDigests
    from sscore.models.cache import EmbeddingCache
    from sscore.types import Segmenter


def embed(
    paths: Annotated[list[Path], typer.Argument(metavar="PATHS", help="Photos and folders.", show_default=False)],
    segmenter: Annotated[str, typer.Option("--segmenter", metavar="ID", help="See: ssc models list.")] = "nano",
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Compute embeddings ahead, so that the first click on every photo is answered at once.

    They are kept in the cache folder, up to 20 GB (SSC_EMBEDDINGS_GB changes that), and serve the studio, label and
    segment. Stopped half-way, the same command goes on where it was.

    Exit code 1: a photo was left out; the rest is done.
    """
    from sscore import models
    from sscore.models.cache import EmbeddingCache, needed_by

    console = Console(json=as_json, events=events, quiet=quiet)
    gathered = gather(paths)
    model = models.load_segmenter(segmenter)
    if not needed_by(model):
        text = f"{segmenter} needs no embeddings: it answers the first click on a photo at once. Nothing to do."
        console.result({"segmenter": segmenter, "needed": False, "photos": len(gathered.photos)}, text)
        return 0
    cache = EmbeddingCache(ram_bytes=0)
    if not cache.store.limit:
        raise BadOption("SSC_EMBEDDINGS_GB is 0, so nothing can be kept", remedy="set it to some gigabytes")
    job = _Job(console, model, cache)
    for name, why in gathered.left_out:
        job.problem(name, why)
    job.run(gathered.photos)
    job.check()
    console.result(job.answer(segmenter, len(gathered.photos)), job.text())
    return 1 if job.problems else 0


@dataclass
class _Job:
    """One run: what was done so far and what went wrong."""

    console: Console
    model: Segmenter
    cache: EmbeddingCache
    embedded: int = 0
    already: int = 0
    digests: list[str] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    dropped: int = 0

    def run(self, photos: dict[str, Path]) -> None:
        """Raises BadOption when embeddings cannot be kept: going on would be hours for nothing."""
        from sscore.digests import KnownDigests

        known = KnownDigests()
        started = time.monotonic()
        with self.console.progress("Embedding", of="photos") as progress:
            for done, (name, path) in enumerate(photos.items(), start=1):
                state = self._photo(name, path, known)
                self.seconds = time.monotonic() - started
                left = self._left(len(photos) - done)
                self.console.event("image", image=name, state=state, seconds_left=left)
                progress(done, len(photos))
        if not self.digests:
            raise BadImage("none of the photos could be used", remedy="see the warnings above")

    def _photo(self, name: str, path: Path, known: KnownDigests) -> str:
        from sscore import images

        digest = known.get(path)
        if digest and self.cache.has(self.model, digest):
            return self._count(digest, new=False)
        try:
            rgb = images.read(path)
        except BadImage as error:
            return self.problem(name, str(error))
        digest = images.digest(rgb)
        known.note(path, digest)
        if self.cache.has(self.model, digest):
            return self._count(digest, new=False)
        try:
            self.cache.get(self.model, rgb, digest)
        except MemoryError:
            return self.problem(name, "not enough memory for this photo")
        if not self.cache.has(self.model, digest):
            raise BadOption(
                f"embeddings cannot be kept in {self.cache.store.place}: the disk is full, the folder cannot be "
                "written, or its limit is smaller than one of them",
                remedy="SSC_CACHE names another folder, SSC_EMBEDDINGS_GB the limit",
            )
        return self._count(digest, new=True)

    def _count(self, digest: str, *, new: bool) -> str:
        self.digests.append(digest)
        self.embedded += new
        self.already += not new
        return "embedded" if new else "already"

    def _left(self, photos: int) -> float | None:
        """Seconds, as if all that come had to be embedded; None before the first one was."""
        return round(self.seconds / self.embedded * photos, 1) if self.embedded else None

    def check(self) -> None:
        """More photos than fit: the first ones had to go again."""
        self.dropped = len(set(self.digests)) - len(self.cache.ready(self.model, self.digests))
        if self.dropped:
            limit = self.cache.store.limit / 1e9
            self.console.warn(
                f"{self.dropped} embeddings had to be dropped again: all may take {limit:g} GB; "
                "SSC_EMBEDDINGS_GB changes that"
            )

    def problem(self, image: str, message: str) -> str:
        self.problems.append({"image": image, "problem": message})
        self.console.warn(message if image in message else f"{image}: {message}")
        return "unreadable"

    def answer(self, segmenter: str, photos: int) -> dict[str, Any]:
        return {
            "segmenter": segmenter,
            "needed": True,
            "photos": photos,
            "embedded": self.embedded,
            "already": self.already,
            "dropped": self.dropped,
            "problems": self.problems,
            "bytes": self.cache.store.written,
            "seconds": round(self.seconds, 3),
            "folder": str(self.cache.store.place),
        }

    def text(self) -> str:
        size = self.cache.store.written / 1e6
        lines = [
            f"embedded: {self.embedded} photos in {self.seconds:.1f} s, {size:.1f} MB in {self.cache.store.place}",
            *([f"there already: {self.already}"] if self.already else []),
            *([f"problems: {len(self.problems)}, see the warnings"] if self.problems else []),
        ]
        return "\n".join(lines)
