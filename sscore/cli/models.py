"""`ssc models …`: which models there are, and getting their weights onto this computer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sscore.cli import outputs
from sscore.cli.console import Console, Events, Json, Quiet, say
from sscore.errors import BadOption, Cancelled, DownloadFailed, WrongWeights

if TYPE_CHECKING:
    from sscore.types import ModelCard
    from sscore.weight_store import Stored

_MB = 1_000_000
_SAYS = {
    "catalogue": "as the catalogue lists it",
    "recorded": "the same as its first copy here",
    "nothing": "no published SHA-256 to compare with; this one is recorded and holds from now on",
}

Ids = Annotated[list[str], typer.Argument(metavar="ID", help="See: ssc models list.", show_default=False)]


def list_models(as_json: Json = False) -> int:
    """List the models: what they do, where their weights are, their size."""
    from sscore import catalogue

    rows = [_row(card) for card in catalogue.cards()]
    wide = {key: max((len(row[key]) for row in rows), default=0) for key in ("id", "kind", "where")}
    lines = [
        f"{row['id']:<{wide['id']}}  {row['kind']:<{wide['kind']}}  {row['where']:<{wide['where']}}"
        f"  {_size(row['bytes']):>9}  {row['note']}{'  Non-commercial.' if row['noncommercial'] else ''}".rstrip()
        for row in rows
    ]
    Console(json=as_json).result({"models": rows}, "\n".join(lines))
    return 0


def get(
    ids: Ids,
    url: Annotated[
        str, typer.Option("--url", help="Download from here instead; ending in / it is a folder.", show_default=False)
    ] = "",
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept a licence that forbids commercial use.")
    ] = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Download the weights of models.

    A stopped download goes on where it was. SSC_MIRROR, the address of a folder with the files, is tried first.

    Exit code 1: some could not be downloaded, each named; the others are here.
    """
    from sscore import catalogue, weight_store

    cards = [catalogue.card(name) for name in ids]
    if url and len(cards) > 1:
        raise BadOption("--url is for one model at a time")
    console = Console(json=as_json, events=events, quiet=quiet)
    done, failed = [], []
    for card in cards:
        accepted = _accepted(card, accept_licence, ask=not (as_json or events or quiet))
        try:
            with console.progress(f"Downloading {card.id}", unit=_MB, of="MB") as progress:
                done.append(weight_store.download(card, url=url, accept_licence=accepted, progress=progress))
        except (BadOption, DownloadFailed, WrongWeights) as error:
            if len(cards) == 1:
                raise
            failed.append(card.id)
            console.warn(f"{card.id}: {error}")
    if not done:
        raise DownloadFailed("none of the models could be downloaded", attempts=(), remedy="see the warnings above")
    _report(console, done, "here", failed=failed)
    return 1 if failed else 0


def add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A checkpoint: .pth, .pt or .safetensors.", show_default=False)
    ],
    as_id: Annotated[
        str, typer.Option("--as", metavar="ID", help="Which model it is; a new id keeps it as one of your own.")
    ] = "",
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Add a checkpoint from this computer or a USB stick; its keys tell which model it is.

    What ssc train made becomes a model of your own, named as its file.
    """
    from sscore import weight_store

    console = Console(json=as_json, events=events, quiet=quiet)
    with console.progress("Copying", unit=_MB, of="MB") as progress:
        stored = weight_store.add(file, as_id=as_id, progress=progress)
    _report(console, [stored], "added")
    return 0


def verify(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="All that are here if none.")] = None,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Check size and SHA-256 of weights.

    Exit code 1: some are damaged; each is named.
    """
    from sscore import catalogue, weight_store

    console = Console(json=as_json, events=events, quiet=quiet)
    here = [card for card in catalogue.cards() if weight_store.state(card).place in ("embedded", "installed")]
    cards = [catalogue.card(name) for name in ids] if ids else here
    good, bad = [], []
    for card in cards:
        with console.progress(f"Reading {card.id}", unit=_MB, of="MB") as progress:
            try:
                good.append(weight_store.verify(card, progress=progress))
            except WrongWeights as error:
                if len(cards) == 1:
                    raise
                bad.append(card.id)
                console.warn(str(error))
    _report(console, good, "whole", bad=bad)
    return 1 if bad else 0


def remove(ids: Ids, as_json: Json = False, quiet: Quiet = False) -> int:
    """Delete the weights of models, unfinished downloads too. Embedded models stay."""
    from sscore import catalogue, weight_store

    cards = [catalogue.card(name) for name in ids]
    freed = {card.id: weight_store.remove(card) for card in cards}
    lines = [f"{name}: removed, {_size(size)} freed" for name, size in freed.items()]
    removed = [{"id": name, "bytes": size} for name, size in freed.items()]
    Console(json=as_json, quiet=quiet).result({"removed": removed}, "\n".join(lines))
    return 0


def pack(
    ids: Ids,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.zip", help="The zip to write.", show_default=False)],
    replace: outputs.Replace = False,
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Write weights to one zip for a USB stick, with their catalogue rows, hashes and licences."""
    from sscore import catalogue, weight_packs

    outputs.check_file(out, replace=replace, forms=".zip")
    cards = [catalogue.card(name) for name in ids]
    console = Console(json=as_json, events=events, quiet=quiet)
    with console.progress("Packing", unit=_MB, of="MB") as progress:
        weight_packs.pack(cards, out, progress=progress)
    size = out.stat().st_size
    text = f"written: {out} ({_size(size)}); on the other computer: ssc models unpack {out.name}"
    console.result({"out": str(out), "bytes": size, "models": [card.id for card in cards]}, text)
    return 0


def unpack(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="What ssc models pack wrote.", show_default=False)],
    as_json: Json = False,
    events: Events = False,
    quiet: Quiet = False,
) -> int:
    """Install the weights from such a zip."""
    from sscore import weight_packs

    console = Console(json=as_json, events=events, quiet=quiet)
    with console.progress("Unpacking", unit=_MB, of="MB") as progress:
        stored = weight_packs.unpack(file, progress=progress)
    for one in stored:
        if one.card.noncommercial:
            console.warn(f"{one.card.id} is under {one.card.licence}")
    _report(console, stored, "installed")
    return 0


def _accepted(card: ModelCard, flag: bool, *, ask: bool) -> bool:
    """Whether the user accepts a licence that forbids commercial use; it is named before any download."""
    from sscore import weight_store

    if not card.noncommercial or weight_store.state(card).place == "installed":
        return flag
    say(f"ssc: {card.id} is under {card.licence}{f'; see {card.page}' if card.page else ''}")
    if flag or not (ask and _at_a_terminal()):
        return flag
    if not typer.confirm("Do you accept this licence?", err=True):
        raise Cancelled
    return True


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _report(console: Console, stored: list[Stored], word: str, **more: Any) -> None:
    """The answer about whole weight files, the same for all verbs."""
    models = [
        {
            "id": one.card.id,
            "file": str(one.path),
            "bytes": one.bytes,
            "sha256": one.sha256,
            "against": one.against,
            "url": one.url,
            "licence": one.card.licence,
            "note": one.card.note,
        }
        for one in stored
    ]
    lines = [f"{one.card.id}: {word}, {_size(one.bytes)}, {_SAYS[one.against]}: {one.path}" for one in stored]
    lines += [f"{one.card.id}: {one.card.note}" for one in stored if word == "added" and one.card.note]
    console.result({"models": models, **more}, "\n".join(lines))


def _size(size: int) -> str:
    if size < 100_000:
        return f"{size / 1000:.1f} kB" if size else "-"  # no weights, or not known before the download
    return f"{size / _MB:.1f} MB"


def _row(card: ModelCard) -> dict[str, Any]:
    """where: as `weight_store.State.place`. bytes: of the weight file here, else as the catalogue has it."""
    from sscore import weight_store

    state = weight_store.state(card)
    return {
        "id": card.id,
        "kind": card.kind,
        "family": card.family,
        "where": state.place,
        "bytes": state.bytes,
        "licence": card.licence,
        "noncommercial": card.noncommercial,
        "note": card.note,
    }
