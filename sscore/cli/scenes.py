"""`ssc scenes`: rendered scrap scenes with exact masks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sscore.cli import arguments, outputs
from sscore.cli.console import Console, Events, Json, Quiet

_FILES = ("annotations.json", "cameras.json", "scene_0000.jpg", "scene_0000_v1.jpg")


def scenes(
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write to.", show_default=False)],
    count: Annotated[int, typer.Option("--count", min=1, help="Scenes.")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same scenes.")] = 0,
    size: Annotated[str, typer.Option("--size", metavar="WxH", help="Width and height, px.")] = "640x480",
    views: Annotated[int, typer.Option("--views", min=1, help="Cameras per scene; ids stay the same in all.")] = 1,
    pieces: Annotated[int | None, typer.Option("--pieces", min=1, help="Pieces per scene.  [default: varied]")] = None,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Render scrap scenes with exact masks.

    Piles of the seven shapes: photos, COCO truth (annotations.json) and cameras (cameras.json).
    """
    width_height = arguments.size(size)
    console = Console(json=as_json, events=events, quiet=quiet)
    from sscore.scenes import write_scenes

    outputs.check_folder(out, _FILES, replace=replace)

    with console.progress("Rendering", of="scenes") as progress:
        files = write_scenes(
            out, count=count, seed=seed, size=width_height, views=views, pieces=pieces, progress=progress
        )
    result = {"out": str(out), "photos": [str(file) for file in files], "annotations": str(out / "annotations.json")}
    console.result(result, f"{len(files)} photos with annotations.json and cameras.json in {out}")
    return 0
