"""`ssc segment`: prompts on one photo → masks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli import arguments, outputs
from sscore.cli.arguments import NoCache
from sscore.cli.console import Console, Events, Json, Quiet, write_json
from sscore.errors import BadOption

if TYPE_CHECKING:
    from sscore.types import Candidate, Prompt


def segment(
    image: Annotated[Path, typer.Argument(metavar="PHOTO", help="The photo.", show_default=False)],
    box: Annotated[
        str | None, typer.Option("--box", metavar="X0,Y0,X1,Y1", help="A box around the object, px.")
    ] = None,
    point: Annotated[
        list[str] | None,
        typer.Option(
            "--point", metavar="X,Y[,0]", help="A point on the object; with ,0 on the background. Repeatable."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Find every object, without a prompt.")] = False,
    segmenter: Annotated[str, typer.Option("--segmenter", metavar="ID", help="See: ssc models list.")] = "nano",
    zoom: arguments.ZoomOption = "auto",
    no_cache: NoCache = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="FILE.png: the best mask, 0 and 255. FILE.json: all candidates as RLE."),
    ] = None,
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Segment objects of one photo.

    From a box, points or both: one object, its candidates best first. With --everything: all objects.

    Exit code 1: the model found nothing there.
    """
    from sscore import images, labels, models, recognize
    from sscore.models import zoom as zooming
    from sscore.models.cache import EmbeddingCache
    from sscore.models.everything import find_all

    prompt = arguments.prompt(box, point or [])
    closer = zooming.checked(zoom)
    _check(prompt, everything, out, replace)
    if out is not None and out.exists() and image.exists() and out.samefile(image):
        raise BadOption("is the photo itself", path=out, remedy="give another name")
    console = Console(json=as_json, events=events, quiet=quiet)
    rgb = images.read(image)
    model = models.load_segmenter(segmenter)
    cache = None if no_cache else EmbeddingCache(ram_bytes=0)
    embedding = model.encode(rgb) if cache is None else cache.get(model, rgb)
    if everything:
        with console.progress("Looking everywhere") as progress:
            candidates = find_all(model, rgb, embedding, progress=progress)
    else:
        proposal = recognize.propose(model, None, labels.load(), rgb, embedding, prompt, zoom=closer, cache=cache)
        candidates = [one for one in proposal.candidates if one.mask is not None]
    if not candidates:
        console.warn(f"{image}: {segmenter} found no object there; nothing was written")
    height, width = rgb.shape[:2]
    answer = {
        "image": str(image),
        "width": width,
        "height": height,
        "segmenter": segmenter,
        "prompt": None if everything else _prompt_json(prompt),
        "candidates": [_candidate_json(one, height, width) for one in candidates],
    }
    if out is not None and candidates:
        _write(out, answer, candidates, height, width)
    console.result(answer, _summary(candidates, out))
    return 0 if candidates else 1


def _check(prompt: Prompt, everything: bool, out: Path | None, replace: bool) -> None:
    if everything != prompt.empty:
        raise BadOption("give --box, --point or both, or else --everything")
    if out is not None:
        outputs.check_file(out, replace=replace, forms=".png .json")
    if out is not None and out.suffix.lower() == ".png" and everything:
        raise BadOption("--everything finds many masks and a .png holds one", remedy="give --out FILE.json")


def _write(out: Path, answer: dict[str, Any], candidates: list[Candidate], height: int, width: int) -> None:
    from sscore import images

    if out.suffix.lower() == ".json":
        write_json(out, answer)
    elif (best := candidates[0].mask) is not None:
        images.write_image(out, best.full(height, width))


def _candidate_json(candidate: Candidate, height: int, width: int) -> dict[str, Any]:
    """COCO words: bbox is x, y, width, height in px; segmentation a compressed RLE."""
    mask = candidate.mask
    assert mask is not None
    rows, columns = mask.bits.shape
    return {
        "segmentation": mask.rle(height, width),
        "bbox": [mask.left, mask.top, columns, rows],
        "area": mask.area,
        "score": round(float(candidate.score), 4),
        "index": candidate.index,
    }


def _prompt_json(prompt: Prompt) -> dict[str, Any]:
    """In the form of a prompts file."""
    points = [[float(x), float(y), int(on)] for (x, y), on in zip(prompt.points, prompt.positive, strict=True)]
    return ({} if prompt.box is None else {"box": list(prompt.box.as_tuple())}) | ({"points": points} if points else {})


def _summary(candidates: list[Candidate], out: Path | None) -> str:
    lines = []
    for number, candidate in enumerate(candidates, start=1):
        if candidate.mask is not None:
            x0, y0, x1, y1 = (int(value) for value in candidate.mask.box.as_tuple())
            lines.append(
                f"{number}: {candidate.mask.area} px in {x0},{y0},{x1},{y1}, predicted IoU {candidate.score:.2f}"
            )
    return "\n".join(lines + ([f"written: {out}"] if out is not None and candidates else []))
