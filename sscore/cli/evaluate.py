"""`ssc evaluate`: segmenters and prompt strategies against ground truth."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli import arguments, outputs
from sscore.cli.console import Console, Events, Json, Quiet
from sscore.errors import BadOption

if TYPE_CHECKING:
    from sscore.evaluate.runs import Request, Result
    from sscore.evaluate.truth import Dataset

_NAMED = 20


def evaluate(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A COCO file, or a project folder.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.", show_default=False)],
    images: Annotated[
        Path | None, typer.Option("--images", help="Folder of the photos.  [default: the COCO file's own]")
    ] = None,
    segmenters: Annotated[
        str, typer.Option("--segmenters", metavar="ID,…", help="See: ssc models list.")
    ] = "nano,grabcut",
    strategies: Annotated[
        str, typer.Option("--strategies", metavar="S1,…", help="S1 to S6, and NoC: a simulated user who clicks.")
    ] = "S2,S3,S4,S5,S6",
    shifts: Annotated[
        str, typer.Option("--shifts", metavar="LO-HI,…", help="Careless prompts: moved by so many px.")
    ] = "",
    repeats: Annotated[int, typer.Option("--repeats", help="Of each shift.")] = 5,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the shifts.")] = 0,
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="Processes on this computer; 0: as many as are sensible.")
    ] = 0,
    dask: Annotated[str, typer.Option("--dask", metavar="ADDRESS", help="A Dask scheduler to work on instead.")] = "",
    engine: arguments.EngineOption = "auto",
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or gpu (Intel).")] = "auto",
    random_weights: Annotated[
        bool, typer.Option("--random-weights", help="Try the mechanics of SAM variants without checkpoints.")
    ] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Then write the report, as ssc report segmentation.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Let go of rows that another request has left in --out.")
    ] = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Measure segmenters against ground truth.

    Every object is asked for by every strategy, as it is and shifted; the candidate that fits best is scored. OUT gets
    all rows (rows.parquet, rows.csv) and what they say (summary.csv, pairs.csv, by_class.csv, by_area.csv, clicks.csv).
    Stopped half-way, the same command goes on where it was; more segmenters, and photos that are new or changed, are
    measured too. What would make earlier rows useless is refused: give another --out, or --replace. Of a project,
    accepted and reviewed instances count.

    Exit code 1: something was left out, each named; the rest is measured.
    """
    from sscore.evaluate import Design, runs
    from sscore.evaluate.truth import open_dataset

    console = Console(json=as_json, events=events, quiet=quiet)
    design = Design(_split(strategies), tuple(_shift(text) for text in _split(shifts)), repeats, seed)
    request = runs.Request(out, _split(segmenters), design, device, engine, random_weights, replace)
    dataset = open_dataset(source, images)
    outputs.check_folder(out, (), replace=replace)
    for text in dataset.notes:
        console.warn(text)
    result = _run(console, request, dataset, workers, dask)
    for problem in result.problems[:_NAMED]:
        console.warn(str(problem))
    if len(result.problems) > _NAMED:
        console.warn(f"{len(result.problems) - _NAMED} more problems: see {out / 'run.json'}")
    page = None
    if report:
        from sscore.report import segmentation

        page = segmentation.write([out], out / "report")
    console.result(_answer(request, dataset, result, page), _text(request, dataset, result, page))
    return 1 if result.problems else 0


def _run(console: Console, request: Request, dataset: Dataset, workers: int, dask: str) -> Result:
    from sscore.evaluate import runs

    clock = _Clock()
    with console.progress("Measuring", of="prompts") as show:

        def progress(done: int, total: int) -> None:
            clock.tick(done, total)
            show(done, total)

        def photo_done(segmenter: str, image: str) -> None:
            console.event("image", segmenter=segmenter, image=image, seconds_left=clock.left)

        return runs.run(
            request,
            dataset,
            processes=workers,
            scheduler=dask,
            note=console.warn,
            photo_done=photo_done,
            progress=progress,
        )


class _Clock:
    """How long is left, as if the rest went as fast as what was done in this run. left: seconds, None at first."""

    def __init__(self) -> None:
        self.left: float | None = None
        self._start: tuple[float, int] | None = None

    def tick(self, done: int, total: int) -> None:
        if self._start is None:
            self._start = time.monotonic(), done
        began, first = self._start
        if done > first:
            self.left = round((time.monotonic() - began) / (done - first) * (total - done), 1)


def _answer(request: Request, dataset: Dataset, result: Result, page: Path | None) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "out": str(request.out),
        "photos": len(dataset.photos),
        "objects": dataset.objects,
        "rows": result.rows,
        "reused": result.reused,
        "problems": [asdict(problem) for problem in result.problems],
        "summary": _records(request.out / "summary.csv"),
        "clicks": _records(request.out / "clicks.csv"),
        "report": str(page) if page else "",
    }


def _text(request: Request, dataset: Dataset, result: Result, page: Path | None) -> str:
    wide = max(16, *(len(one) + 1 for one in request.segmenters))
    head = f"{'segmenter':<{wide}}{'strategy':<10}{'shift':<8}{'n':>7}{'DICE':>8}  {'95 % interval':<15}{'drop':>7}"
    lines = [
        f"{dataset.objects} objects on {len(dataset.photos)} photos, {result.rows} rows",
        "",
        head,
        "-" * len(head),
    ]
    for one in _records(request.out / "summary.csv"):
        between = f"{float(one['dice_low']):.3f}-{float(one['dice_high']):.3f}" if one["dice_low"] else "one photo"
        drop = f"{float(one['dice_drop']):.1f}" if one["dice_drop"] else ""
        lines.append(
            f"{one['segmenter']:<{wide}}{one['strategy']:<10}{one['shift']:<8}{one['n']:>7}"
            f"{float(one['dice_mean']):>8.3f}  {between:<15}{drop:>7}"
        )
    for one in _records(request.out / "clicks.csv"):
        first = f"{float(one['noc_85']):.1f} ({one['failed_85']} of {one['n']} never)"
        second = f"{float(one['noc_90']):.1f} ({one['failed_90']} never)"
        lines.append(f"{one['segmenter']:<{wide}}clicks to IoU 0.85: {first}, 0.90: {second}")
    lines += ["", f"written: {request.out}"] + ([f"report: {page}"] if page else [])
    if result.problems:
        lines.append(f"left out: {len(result.problems)}, see the warnings")
    return "\n".join(lines)


def _records(file: Path) -> list[dict[str, str]]:
    import csv

    if not file.exists():
        return []
    with open(file, encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _shift(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    try:
        return float(low), float(high)
    except ValueError:
        raise BadOption(f"--shifts {text}: expected LO-HI in px, for example 0-10,10-20") from None
