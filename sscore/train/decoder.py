"""`ssc train decoder`: a segmenter fine-tuned on a lab's own instances, measured before and after, ready to use."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sscore import catalogue, disk, models, paths, weight_store
from sscore.errors import BadDataset, BadOption
from sscore.models.cache import EmbeddingCache
from sscore.train import decoder_nano, decoder_report, decoder_sam, recipe
from sscore.train.control import Control
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.decoder_time import ENOUGH, FINISHED, LEAST
from sscore.train.hardware import device_of, is_main
from sscore.train.instances import Instances, gather, leaks, split
from sscore.train.trainer import Emit, Outcome
from sscore.types import ModelCard, Progress


@dataclass(frozen=True, slots=True)
class Request:
    """The options of `ssc train decoder`. changes: of the recipe, None: as it stands."""

    out: Path
    sources: tuple[Path, ...]
    model: str = "nano"
    recipe: str = "robust"
    name: str = ""
    photos: Path | None = None
    group_by: str = "photo"
    validation: float = 0.2
    seed: int = 1
    epochs: int | None = None
    batch: int | None = None
    lr: float | None = None
    precision: str | None = None
    device: str = "auto"
    tensorboard: bool = False
    everything: int = 4
    resume: bool = False


def train(
    request: Request,
    *,
    emit: Emit,
    warn: Callable[[str], None],
    progress: Callable[[str], Progress | None] = lambda title: None,
) -> dict[str, Any]:
    """The whole of it. progress: makes the progress of a named part.

    Result: "state" ("done", "early", "finished" or "paused"), "model" (id of the new row, "" when there is none:
    paused, or no epoch was better than the model as it was), "epochs", "best_epoch", "report" (see
    `decoder_report.compare`), "left_out" (a sentence for each thing that could not be used).
    Raises BadDataset (too few instances, photos missing), BadOption, ModelMissing, and as `trainer.train` does.
    """
    if request.resume:
        request = _again(request)
    elif (request.out / "last.pt").exists():
        raise BadOption("a run is already there", path=request.out, remedy="add --resume, or choose another folder")
    card = catalogue.card(request.model, "segmenter")
    if card.family != "nano" and card.family not in decoder_sam.FAMILIES:
        families = ", ".join(decoder_sam.FAMILIES)
        raise BadOption(f"{card.id!r} cannot be fine-tuned", remedy=f"choose nano or a model of {families}")
    catalogue.weight_file(card)
    name = request.name or free_name(card.id)
    weight_store.check_own_id(name, replace_it=request.resume and _made_here(name, request.out))
    plan = recipe_of(request, card)
    device = device_of(request.device)
    data = gather(request.sources, photos=request.photos, group_by=request.group_by, progress=progress("Reading"))
    for sentence in (*data.left_out, *data.remarks):
        warn(sentence)
    parts = parted(data, request)
    learn, judge = parts["train"], parts["validation"]
    for sentence in doubts(learn, judge):
        warn(sentence)
    _begin(request, name, parts)
    facts = {"learn": learn.count, "judge": judge.count, "photos": len(data.shots), "groups": len(data.groups)}
    emit({"event": "plan", "model": card.id, "name": name, "epochs": plan.epochs, "recipe": request.recipe, **facts})
    tune = decoder_nano.fine_tune if card.family == "nano" else decoder_sam.fine_tune
    with Control(request.out, warn) as control:
        outcome, weights = tune(
            card,
            learn,
            judge,
            plan,
            request.out,
            device=device,
            resume=request.resume,
            tensorboard=request.tensorboard,
            emit=emit,
            control=control,
            progress=progress("Encoding photos"),
        )
    result: dict[str, Any] = {"state": outcome.state, "model": "", "epochs": outcome.epochs}
    result |= {"left_out": list(data.left_out)}
    result |= {"best_epoch": outcome.best_epoch, "seconds": round(outcome.seconds, 1), "out": str(request.out)} | facts
    if outcome.state == "paused" or not is_main():
        return result
    if outcome.best_epoch:
        new = _kept(card, name, weights, request, outcome, learn)
        emit({"event": "measuring", "model": new.id})
        report = _measured(card, new, judge, request.everything, progress("Measuring"))
        paths.write_atomic(request.out / "report.json", json.dumps(report, indent=1).encode())
        paths.write_atomic(request.out / "report.txt", decoder_report.as_text(report).encode() + b"\n")
        result |= {"model": new.id, "report": report}
    paths.write_atomic(request.out / FINISHED, json.dumps(result, indent=1).encode())
    return result


def recipe_of(request: Request, card: ModelCard) -> DecoderRecipe:
    """The recipe with the request's changes. Raises BadOption."""
    changes = {"epochs": request.epochs, "batch": request.batch, "lr": request.lr, "precision": request.precision}
    part = "nano" if card.family == "nano" else ""
    return recipe.load(DecoderRecipe, "decoder", request.recipe, part=part, seed=request.seed, **changes)


def parted(data: Instances, request: Request) -> dict[str, Instances]:
    """To learn from and to judge by. Raises BadDataset when there is too little."""
    if data.count < LEAST:
        raise BadDataset(
            f"{data.count} instances are too few to learn from",
            remedy=f"annotate {LEAST} or more, on several photos; from about {ENOUGH} on a gain can be expected",
        )
    return split(data, {"train": 1 - request.validation, "validation": request.validation}, seed=request.seed)


def doubts(learn: Instances, judge: Instances) -> list[str]:
    """What speaks against trusting the figures, in sentences."""
    found = []
    if learn.count + judge.count < ENOUGH:
        found.append(f"{learn.count + judge.count} instances are few: from about {ENOUGH} on a gain can be expected")
    if len(judge.shots) == 1:
        found.append("only one photo is left to judge by: there will be no interval")
    if len(labels := learn.labels + judge.labels) == 1:
        found.append(f"all instances are of one class, {next(iter(labels))!r}: others may get worse")
    if pairs := leaks(learn, judge):
        a, b = pairs[0]
        found.append(
            f"{len(pairs)} photo(s) to judge by look like photos to learn from, such as {b} and {a}: if they show the "
            "same pieces, the figures flatter; --group-by keeps photos of one scene together"
        )
    return found


def free_name(base: str) -> str:
    """The first of BASE-tuned, BASE-tuned-2 … that no model has."""
    taken = {card.id for card in catalogue.cards()}
    number = 1
    while (name := f"{base}-tuned" + (f"-{number}" if number > 1 else "")) in taken:
        number += 1
    return name


def _begin(request: Request, name: str, parts: dict[str, Instances]) -> None:
    """Note what the run was asked for, or see that it still has the same data."""
    told = {part: [shot.name for shot in data.shots] for part, data in parts.items()}
    code = {part: data.digest for part, data in parts.items()}
    file = request.out / "data.json"
    if request.resume:
        if json.loads(file.read_bytes())["digests"] != code:
            raise BadDataset("the annotations have changed since this run began", path=file, remedy="begin it anew")
        return
    values = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(replace(request, name=name)).items()}
    values["sources"] = [str(source.resolve()) for source in request.sources]
    for path, content in (("request.json", values), ("data.json", {"digests": code, "photos": told})):
        paths.write_atomic(request.out / path, json.dumps(content, indent=1).encode())


def _again(request: Request) -> Request:
    """What the run in this folder was asked for. Raises BadOption when there is none."""
    file = request.out / "request.json"
    try:
        values = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise BadOption("there is nothing to resume", path=file, remedy="leave --resume out") from error
    values["sources"] = tuple(Path(source) for source in values["sources"])
    values["out"], values["photos"] = request.out, Path(values["photos"]) if values["photos"] else None
    return Request(**values | {"resume": True})


def _made_here(name: str, folder: Path) -> bool:
    """Whether the model of this name is what the run in this folder made before it was stopped while measuring."""
    file = folder / "decoder.safetensors"
    own = {card.id: card.sha256 for card in catalogue.cards() if card.id in catalogue.user_ids()}
    return file.is_file() and own.get(name) == disk.sha256_of(file)


def _kept(card: ModelCard, name: str, file: Path, request: Request, outcome: Outcome, learn: Instances) -> ModelCard:
    """The new model's row, now in the user's catalogue, its weights in the user's folder."""
    own = replace(card, id=name, file=f"{name}.safetensors", about_bytes=0, urls=(), page="", embedded=False)
    base = "" if card.family == "nano" else card.base or card.id
    how = f"{card.id} fine-tuned on {learn.count} instances ({request.recipe}, epoch {outcome.best_epoch})."
    again = _made_here(name, request.out)
    return weight_store.keep(replace(own, base=base, note=how), file, replace_it=again).card


def _measured(
    card: ModelCard, new: ModelCard, judge: Instances, everything: int, progress: Progress | None
) -> dict[str, Any]:
    cache = EmbeddingCache()
    before, after = (decoder_report.remembering(models.load_segmenter(one.id), cache) for one in (card, new))
    return decoder_report.compare(before, after, judge, everything=everything, progress=progress)
