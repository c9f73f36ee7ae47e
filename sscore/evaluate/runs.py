"""Whole evaluations, in a folder of their own: stopped at any time, the same command goes on where it was.

RUN/run.json          what was asked, of which weights and photos, on which computer, with which problems
RUN/parts/…           one file for each photo and segmenter, named by all that its rows depend on
RUN/rows.*, truths.*  all rows and the true masks (Parquet; rows also as CSV)
RUN/summary.csv …     what they say (see sscore.evaluate.summary)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sscore import __version__, bench, catalogue
from sscore.errors import BadDataset, BadOption, SscError
from sscore.evaluate import rows as rows_files
from sscore.evaluate import scale, workers
from sscore.evaluate.measure import Design, shift_name
from sscore.evaluate.rows import Problem, Truth
from sscore.evaluate.truth import Dataset, Photo
from sscore.file_lock import only_one
from sscore.models import weights
from sscore.models.engines import check_names
from sscore.paths import write_atomic
from sscore.types import Progress

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
OTHER_RUN = "the rows in it are of another run"
"""How the refusal begins to measure where rows would be lost."""

_ORDER = ("segmenter", "strategy", "shift", "repeat", "image", "annotation")


@dataclass(frozen=True, slots=True)
class Request:
    """What to measure, and where to keep it. untrained: random weights, to try the mechanics of SAM variants; replace:
    let go of the rows of a run that was asked for something else."""

    out: Path
    segmenters: tuple[str, ...]
    design: Design
    device: str = "auto"
    engine: str = "auto"
    untrained: bool = False
    replace: bool = False

    def __post_init__(self) -> None:
        if not self.segmenters or len(set(self.segmenters)) < len(self.segmenters):
            raise BadOption("name each segmenter once, and at least one", remedy="see: ssc models list")
        check_names(self.engine, self.device)  # before a mistyped one makes what was measured look out of date


@dataclass(slots=True, eq=False)
class Result:
    """rows: how many there are; reused: photos (of a segmenter) that were measured before; problems: all of the run."""

    rows: int = 0
    reused: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """One photo for one segmenter, and the file of its rows."""

    segmenter: str
    photo: Photo
    file: Path


def run(
    request: Request,
    dataset: Dataset,
    *,
    processes: int = 1,
    scheduler: str = "",
    note: Callable[[str], None] = lambda text: None,
    photo_done: Callable[[str, str], None] = lambda segmenter, image: None,
    progress: Progress | None = None,
) -> Result:
    """Measure what is not measured yet, and write the run's files.

    processes: on this computer, 0: as many as are sensible; scheduler: see `workers.outcomes`; note: called with what a
    person should know; photo_done: with segmenter and photo; progress: in prompts. Raises BadOption, also when rows of
    another request are in the folder and are not to be replaced; Busy; BadDataset when nothing could be measured.
    """
    result = Result(problems=list(dataset.problems))
    with only_one(request.out / "run.json"):
        digests = _weights(request, result)
        before = manifest(request.out) if (request.out / "run.json").exists() else {}
        other = _other(before, request, digests, dataset) if before else ""
        if other and not request.replace and _measured(request.out):
            raise BadOption(
                f"{OTHER_RUN}: {other}",
                path=request.out,
                remedy="name another folder, or add --replace to let go of them",
            )
        units = [_unit(request, digests[one], one, photo) for one in digests for photo in dataset.photos]
        for text in _changes(before, request, digests, dataset):
            note(text)
        about = _about(request, digests, dataset, before)
        todo = [unit for unit in units if not rows_files.is_whole(unit.file)]
        if todo:
            processes = 0 if scheduler else processes or _sensible(request, about, todo)
            about["processes"] = sorted({*about["processes"], processes})
        _write_manifest(request.out, about, result, finished=False)
        _measure(request, units, todo, result, processes, scheduler, photo_done, progress)
        done = [unit for unit in units if unit.file.exists()]
        if not done:
            first = str(result.problems[0]) if result.problems else ""
            raise BadDataset("nothing could be measured", path=dataset.source, remedy=first)
        parts = [rows_files.read(unit.file) for unit in done]
        result.problems += [problem for part in parts for problem in rows_files.problems_of(part)]
        table = rows_files.joined(parts, _ORDER)
        result.rows = table.num_rows
        _write_tables(request, table, dataset)
        _sweep(request, units)
        _write_manifest(request.out, about, result, finished=True)
    return result


def manifest(folder: Path) -> dict[str, Any]:
    """run.json of a run. Raises BadDataset when it is missing or of no use."""
    path = folder / "run.json"
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
    except ValueError:
        problem = "is not whole"
    else:
        if isinstance(found, dict) and found.get("format") == FORMAT:
            return found
        problem = "is of another version of this program"
    raise BadDataset(problem, path=path, remedy="give a folder that ssc evaluate has written, or another --out")


def _weights(request: Request, result: Result) -> dict[str, str]:
    """{segmenter: digest of its weights}; those that are not there become problems. Raises the first of these when
    none is left."""
    found: dict[str, str] = {}
    errors: list[SscError] = []
    for one in request.segmenters:
        try:
            card = catalogue.card(one, "segmenter")
            file = None if request.untrained or not card.file else catalogue.weight_file(card)
            found[one] = weights.digest(file) if file else "random" if card.file else "none"
        except SscError as error:
            errors.append(error)
            result.problems.append(Problem("", str(error), segmenter=one))
    if not found:
        raise errors[0]
    return found


def _unit(request: Request, digest: str, segmenter: str, photo: Photo) -> _Unit:
    facts = [FORMAT, segmenter, digest, request.device, request.engine, request.untrained, photo.digest]
    text = json.dumps([*facts, asdict(request.design)])
    name = hashlib.blake2b(photo.name.encode(), digest_size=8).hexdigest()
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return _Unit(segmenter, photo, request.out / "parts" / segmenter / f"{name}-{key}.parquet")


def _changes(before: dict[str, Any], request: Request, digests: dict[str, str], dataset: Dataset) -> Iterator[str]:
    """What has changed since the run was last worked on, for people."""
    if not before:
        return
    if _measured(request.out) and (other := _other(before, request, digests, dataset)):
        yield f"the rows of an earlier run are replaced: {other}"
    known = before["photos"]
    changed = [p.name for p in dataset.photos if p.name in known and known[p.name]["digest"] != p.digest]
    if changed:
        yield f"{_photos(len(changed))} or their objects have changed since, and are measured anew: {_first(changed)}"
    new = [photo.name for photo in dataset.photos if photo.name not in known]
    if new:
        yield f"{_photos(len(new))} new: {_first(new)}"
    gone = sorted(set(known) - {photo.name for photo in dataset.photos})
    if gone:
        yield f"{_photos(len(gone))} no longer in the dataset: {_first(gone)}"


def _other(before: dict[str, Any], request: Request, digests: dict[str, str], dataset: Dataset) -> str:
    """In words what a run was asked for that this request is not, so that its rows would be lost; "" for the same."""
    asked = {"device": request.device, "engine": request.engine, "untrained": request.untrained}
    then, now = _options(before), _options({"design": _plain(request.design), **asked})
    for name in now:
        if then.get(name) != now[name]:
            return f"--{name} was {then.get(name)}, not {now[name]}"
    for one, known in before["segmenters"].items():
        if not _measured(request.out, one):
            continue
        if one not in digests:
            return f"it has {one}, which is not measured now"
        if known["weights"] != digests[one]:
            return f"{one} had other weights then"
    names = {photo.name for photo in dataset.photos}
    if before["source"] != str(dataset.source.absolute()) and names.isdisjoint(before["photos"]):
        return f"it is about {before['source']}"
    return ""


def _options(about: dict[str, Any]) -> dict[str, str]:
    """What each row depends on, by the option's name, of what run.json has."""
    others = {"device": about["device"], "engine": about["engine"], "random-weights": bool(about["untrained"])}
    facts = {**about["design"], **others}
    return {k: (",".join(map(str, v)) or "none") if isinstance(v, list) else str(v) for k, v in facts.items()}


def _measured(folder: Path, segmenter: str = "*") -> bool:
    return any((folder / "parts").glob(f"{segmenter}/*.parquet"))


def _photos(count: int) -> str:
    return "1 photo" if count == 1 else f"{count} photos"


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _sensible(request: Request, about: dict[str, Any], todo: Sequence[_Unit]) -> int:
    parameters = [about["segmenters"][one]["parameters"] for one in {unit.segmenter for unit in todo}]
    prompts = sum(len(unit.photo.masks) for unit in todo) * request.design.asked()
    return workers.sensible(parameters, len(todo), prompts, device=request.device, engine=request.engine)


def _measure(
    request: Request,
    units: Sequence[_Unit],
    todo: Sequence[_Unit],
    result: Result,
    processes: int,
    scheduler: str,
    photo_done: Callable[[str, str], None],
    progress: Progress | None,
) -> None:
    prompts = request.design.asked()
    total = sum(len(unit.photo.masks) * prompts for unit in units)
    done = total - sum(len(unit.photo.masks) * prompts for unit in todo)
    result.reused = len(units) - len(todo)
    # The largest photos of each segmenter first, so that no process is left with one at the end.
    order = {one: place for place, one in enumerate(request.segmenters)}
    todo = sorted(todo, key=lambda unit: (order[unit.segmenter], -len(unit.photo.masks)))
    files = {(unit.segmenter, unit.photo.name): unit.file for unit in todo}
    jobs = [
        workers.Job(u.segmenter, u.photo, request.design, request.device, request.engine, request.untrained)
        for u in todo
    ]
    if progress:
        progress(done, total)
    for job, outcome in workers.outcomes(jobs, workers=processes, scheduler=scheduler) if jobs else ():
        if outcome.unusable:
            result.problems.append(Problem("", f"cannot be used: {outcome.unusable}", segmenter=job.segmenter))
        if outcome.rows:
            part = rows_files.as_part(outcome.rows, outcome.problems)
            write_atomic(files[job.segmenter, job.photo.name], part)
        else:
            result.problems += outcome.problems
        done += len(job.photo.masks) * prompts
        photo_done(job.segmenter, job.photo.name)
        if progress:
            progress(done, total)


def _sweep(request: Request, units: Sequence[_Unit]) -> None:
    """Delete rows of these segmenters that nothing asks for any more. Those of a photo that is not there now stay: its
    drive may only be unplugged."""
    wanted = {unit.file for unit in units}
    there = {file.name.partition("-")[0] for file in wanted}
    for one in request.segmenters:
        for file in (request.out / "parts" / one).glob("*.parquet"):
            if file not in wanted and file.name.partition("-")[0] in there:
                file.unlink(missing_ok=True)


def _write_tables(request: Request, table: pa.Table, dataset: Dataset) -> None:
    from sscore.evaluate import summary

    rows_files.write(table, request.out, "rows", leave_out=("mask",))
    truths = [truth for photo in dataset.photos for truth in photo.truths()]
    write_atomic(request.out / "truths.parquet", rows_files.as_parquet(rows_files.table_of(truths, Truth)))
    summary.write(table, request.out)


def _about(request: Request, digests: dict[str, str], dataset: Dataset, before: dict[str, Any]) -> dict[str, Any]:
    known = before.get("segmenters", {})
    return {
        "format": FORMAT,
        "program": __version__,
        "source": str(dataset.source.absolute()),
        "design": _plain(request.design),
        "device": request.device,
        "engine": request.engine,
        "untrained": request.untrained,
        "machine": bench.machine(),
        "processes": before.get("processes", []),  # of this computer at a time; 0: a cluster
        "segmenters": {
            one: {"weights": digest, "parameters": known.get(one, {}).get("parameters") or scale.parameters(one)}
            for one, digest in digests.items()
        },
        "photos": {
            photo.name: {"path": str(photo.path), "digest": photo.digest, "objects": len(photo.masks)}
            for photo in dataset.photos
        },
        "notes": list(dataset.notes),
    }


def _plain(design: Design) -> dict[str, Any]:
    return {
        "strategies": list(design.strategies),
        "shifts": [shift_name(pair) for pair in design.shifts],
        "repeats": design.repeats,
        "seed": design.seed,
    }


def _write_manifest(out: Path, about: dict[str, Any], result: Result, *, finished: bool) -> None:
    whole = {
        **about,
        "finished": finished,
        "rows": result.rows,
        "problems": [asdict(problem) for problem in result.problems],
    }
    write_atomic(out / "run.json", json.dumps(whole, indent=1, ensure_ascii=False).encode())
