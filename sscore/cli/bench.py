"""`ssc bench`: how fast the models run on this computer, beside the published code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sscore.cli.console import Console, Events, Json, Quiet
from sscore.errors import BadOption


def bench(
    image: Annotated[
        Path | None,
        typer.Argument(
            metavar="PHOTO", help="The photo to measure on; a sample scene when left out.", show_default=False
        ),
    ] = None,
    models: Annotated[
        str, typer.Option("--models", "--segmenters", metavar="ID,…", help="See: ssc models list.")
    ] = "nano,nano-cls",
    stages: Annotated[
        str, typer.Option("--stages", help="Of encode, predict, everything, classify.")
    ] = "encode,predict,everything,classify",
    engines: Annotated[
        str,
        typer.Option(
            "--engines",
            metavar="ENGINE,…",
            help="auto (what would be used), torch, torch-compile, openvino, openvino-int8.",
        ),
    ] = "auto",
    runs: Annotated[int, typer.Option("--runs", help="Runs of which the median is taken.")] = 5,
    points_per_side: Annotated[
        int, typer.Option("--points-per-side", help="Grid of everything mode; SAM's own default is 32.")
    ] = 8,
    random_weights: Annotated[
        bool,
        typer.Option(
            "--random-weights",
            help="Measure SAM and CN-CLIP variants whose checkpoint is not here; speed is the same.",
        ),
    ] = False,
    official: Annotated[
        bool, typer.Option("--official/--no-official", help="Measure the published code beside ours.")
    ] = True,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Measure encoding, prompting, everything mode (of SAM's kind) and classifying.

    Each is timed in turns with the authors' own code on the same weights; ratio is their time over ours.
    """
    import dataclasses

    from sscore import bench as bench_core
    from sscore import images, paths

    plan = bench_core.Plan(
        models=_split(models),
        stages=_split(stages),
        engines=_split(engines),
        runs=runs,
        points_per_side=points_per_side,
        untrained=random_weights,
        official=official,
    )
    if image is None:
        image = images.list_images(paths.resources() / "samples")[0]
    rgb = images.read(image)
    console = Console(json=as_json, events=events, quiet=quiet)
    rows: list[bench_core.Row] = []
    with console.progress("Measuring", of="models") as progress:
        for row in bench_core.measure(plan, rgb, progress=progress):
            rows.append(row)
            console.event("row", **dataclasses.asdict(row))
    if not rows:
        raise BadOption(
            "there is nothing to measure",
            remedy="segmenters encode and predict, those of SAM's kind find everything too; classifiers classify",
        )
    machine = bench_core.machine()
    height, width = rgb.shape[:2]
    answer = {"machine": machine, "image": f"{width} x {height}", "rows": bench_core.as_json(rows)}
    about = f"{machine['processor']}, {machine['cores']} cores, bf16: {machine['bf16']}; photo of {width} x {height} px"
    if any(row.stage == "everything" for row in rows):
        about += f"; everything mode with {points_per_side} x {points_per_side} points"
    console.result(answer, f"{about}\n\n{bench_core.table(rows)}")
    return 0


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
