"""The weight files of the models on this computer: download, add, verify, remove.

They lie in `paths.user_weights()` under the names the catalogue gives them. Where no trustworthy source publishes the
SHA-256 of a file, that of the first copy is recorded beside it (`NAME.sha256`, as sha256sum writes it) and holds.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Literal

from sscore import catalogue, disk, fetch, paths
from sscore.errors import BadOption, DownloadFailed, ModelMissing, WrongWeights
from sscore.types import ModelCard, Progress

Against = Literal["catalogue", "recorded", "nothing"]
Place = Literal["built in", "embedded", "installed", "started", "to download", "missing"]

SUFFIXES = (".pth", ".pt", ".safetensors")
"""What names of weight files end in; others could be records of hashes."""

_ID = r"\w(?:[\w.-]{0,62}\w)?"
_WINDOWS_DEVICES = r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?"


@dataclass(frozen=True, slots=True)
class Stored:
    """A whole weight file on this computer. sha256: hexadecimal; against: what it was compared with, "nothing" when
    it is now recorded for the first time; url: where it was downloaded just now, else ""."""

    card: ModelCard
    path: Path
    bytes: int
    sha256: str
    against: Against
    url: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where a model's weights are. "built in": it needs none; "embedded": they came with the program; "installed";
    "started": an unfinished download; "to download"; "missing": to be added by hand. bytes: of the file if it is here,
    else as the catalogue knows it, 0 when it does not; partial: bytes downloaded so far."""

    place: Place
    path: Path | None = None
    bytes: int = 0
    partial: int = 0


def state(card: ModelCard) -> State:
    """Where the weights of a model are. Reads no file's contents."""
    if not card.file:
        return State("built in")
    target = paths.user_weights() / card.file
    try:
        path = catalogue.weight_file(card)
    except ModelMissing:
        size, part = card.bytes or card.about_bytes, fetch.partial_files(target)[0]
        if part.is_file():
            return State("started", None, size, part.stat().st_size)
        return State("to download" if card.urls else "missing", None, size)
    return State("installed" if path == target else "embedded", path, path.stat().st_size)


def known_sha256(card: ModelCard) -> tuple[str, Against]:
    """The SHA-256 the card's file must have and who says so; ("", "nothing") when it is not known."""
    if card.sha256:
        return card.sha256, "catalogue"
    try:
        recorded = _record_file(card).read_text(encoding="utf-8").split()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        recorded = ""
    return (recorded, "recorded") if re.fullmatch("[0-9a-f]{64}", recorded) else ("", "nothing")


def addresses(card: ModelCard, url: str = "") -> list[str]:
    """Where to download from, in this order. url: instead of all others; one that ends in / is a folder. The
    environment's SSC_MIRROR, a folder with the files under their names, comes before the catalogue's."""
    if url:
        return [url + card.file if url.endswith("/") else url]
    mirror = os.environ.get("SSC_MIRROR", "").strip()
    return ([f"{mirror.rstrip('/')}/{card.file}"] if mirror else []) + list(card.urls)


def download(
    card: ModelCard,
    *,
    url: str = "",
    accept_licence: bool = False,
    progress: Progress | None = None,
    patience: fetch.Patience | None = None,
) -> Stored:
    """Have a model's weights on this computer: a good file that is there is kept, a damaged one is replaced.

    url: as for `addresses`; accept_licence: needed where the card says noncommercial. progress, patience: as for
    `fetch.fetch`. Raises DownloadFailed (with what to do on an offline computer), DiskFull, Busy, BadOption (licence,
    nothing to download), OSError.
    """
    try:
        return verify(card, progress=progress)
    except (ModelMissing, WrongWeights):
        if card.embedded or not card.file:
            raise
    if card.noncommercial and not accept_licence:
        raise BadOption(f"{card.id} is under {card.licence}", remedy="accept it with --accept-licence")
    target, urls = paths.user_weights() / card.file, addresses(card, url)
    if not urls:
        raise ModelMissing(f"nobody offers {card.id!r} for download", remedy=f"run: ssc models add {card.file}")
    wanted = fetch.Wanted(card.bytes, card.about_bytes, known_sha256(card)[0])
    try:
        source, sha256 = fetch.fetch(urls, target, wanted, progress=progress, patience=patience)
    except DownloadFailed as error:
        raise DownloadFailed(error.problem, attempts=error.attempts, remedy=_offline(card, error.remedy)) from error
    return Stored(card, target, target.stat().st_size, sha256, record(card, sha256), source)


def add(file: Path, *, as_id: str = "", progress: Progress | None = None) -> Stored:
    """Copy a checkpoint into the user's weights folder; its keys say whose it is.

    as_id: which model it is, where several have these keys; an id nobody has yet makes it a model of its own, in the
    user's catalogue. What `ssc train` made (a head, a classifier, a fine-tuned segmenter) always is one, named as its
    file unless as_id says otherwise. Raises ModelMissing (no such file, or the model it stands on is not here),
    WrongWeights (of no known model, or not the official file), BadOption (id), DiskFull, OSError.
    """
    from sscore.models import checkpoints, trained_files

    if not file.is_file():
        raise ModelMissing("there is no such file", path=file)
    if trained := trained_files.card_of(file):
        return _keep_trained(trained, file, as_id, progress)
    fits = checkpoints.identify(file)
    sha256 = disk.sha256_of(file)
    card = _meant(file, fits, as_id, sha256)
    if card.embedded:
        raise BadOption(f"{card.id!r} is part of the program", remedy="to keep these as another model: --as NEW-ID")
    if card.sha256 not in ("", sha256):
        raise WrongWeights(
            f"it has the keys of {card.id!r} but is not the official file (its SHA-256 differs)",
            path=file,
            remedy="fetch it again, or, when it is fine-tuned, name it: --as NEW-ID",
        )
    target = paths.user_weights() / card.file
    if not (target.is_file() and target.samefile(file)):
        with open(file, "rb") as stream:
            place(stream, target, file.stat().st_size, sha256, progress=progress)
    new = card.id not in [one.id for one in catalogue.cards()]
    if new:
        catalogue.append(card)
    return Stored(card, target, target.stat().st_size, sha256, "nothing" if new else record(card, sha256))


def check_own_id(model_id: str, *, replace_it: bool = False) -> None:
    """Whether a model of the user's own may have this id: raises BadOption when it makes no file name, is a shipped
    model's, or (unless replace_it) taken."""
    if not re.fullmatch(_ID, model_id) or re.fullmatch(_WINDOWS_DEVICES, model_id):
        raise BadOption(f"{model_id!r} makes no id: letters, digits, - and ., at most 64")
    own = catalogue.user_ids()
    if any(card.id == model_id and model_id not in own for card in catalogue.cards()):
        raise BadOption(f"{model_id!r} is a model of the program", remedy="choose another name")
    if model_id in own and not replace_it:
        raise BadOption(f"there is a model {model_id!r} already", remedy="choose another name, or add --replace")


def _keep_trained(card: ModelCard, file: Path, as_id: str, progress: Progress | None) -> Stored:
    """As `keep`, under a free id; a file that is here already stays what it is."""
    for row in catalogue.cards(card.kind):
        if row.sha256 and row.id in catalogue.user_ids() and as_id in ("", row.id):
            there = paths.user_weights() / row.file
            if there.is_file() and there.stat().st_size == file.stat().st_size and row.sha256 == disk.sha256_of(file):
                return Stored(row, there, row.bytes, row.sha256, "catalogue")
    name = as_id or re.sub(r"[^\w.-]+", "-", file.stem).strip("-.")[:64] or card.family
    try:
        check_own_id(name)
    except BadOption as error:
        raise BadOption(error.problem, path=file, remedy="name it: --as NEW-ID") from error
    return keep(replace(card, id=name, file=f"{name}.safetensors"), file, progress=progress)


def keep(card: ModelCard, source: Path, *, replace_it: bool = False, progress: Progress | None = None) -> Stored:
    """A model trained here becomes one of the user's own: its file is copied under the card's name, with size and
    SHA-256, and the card appended to the user's catalogue. replace_it: one of the same id makes room.

    Raises BadOption as `check_own_id`, ModelMissing (no such file), DiskFull, OSError.
    """
    check_own_id(card.id, replace_it=replace_it)
    if not source.is_file():
        raise ModelMissing("there is no such file", path=source)
    size, sha256 = source.stat().st_size, disk.sha256_of(source)
    card = replace(card, bytes=size, sha256=sha256, embedded=False)
    target = paths.user_weights() / card.file
    with open(source, "rb") as stream:
        place(stream, target, size, sha256, progress=progress)
    if card.id in catalogue.user_ids():
        catalogue.drop(card.id)
    catalogue.append(card)
    return Stored(card, target, size, sha256, "nothing")


def verify(card: ModelCard, *, progress: Progress | None = None) -> Stored:
    """Read a model's weight file through and compare size and SHA-256 with the catalogue, or with the record.

    Without either the SHA-256 is recorded. Raises ModelMissing (not here), WrongWeights (differs), OSError.
    """
    if not card.file:
        raise ModelMissing(f"{card.id!r} is built in and needs no weights")
    path = catalogue.weight_file(card)
    size, sha256 = path.stat().st_size, disk.sha256_of(path, progress)
    known, against = known_sha256(card)
    if card.bytes not in (0, size) or known not in ("", sha256):
        says = "the catalogue" if against == "catalogue" or card.bytes not in (0, size) else "its first copy"
        problem = f"these weights of {card.id!r} are damaged or replaced: they differ from {says}"
        if card.embedded:
            raise WrongWeights(problem, path=path, remedy="install the program again")
        if not card.urls:
            raise WrongWeights(problem, path=path, remedy=f"ssc models remove {card.id}, then add its file again")
        raise WrongWeights(problem, path=path, remedy=f"run: ssc models get {card.id}")
    return Stored(card, path, size, sha256, record(card, sha256))


def remove(card: ModelCard) -> int:
    """Delete a model's weights, finished or not, and its row if it is the user's and offers no download. Returns bytes
    freed.

    Raises BadOption for what ships with the program, ModelMissing when there is nothing to remove, OSError.
    """
    if card.embedded:
        raise BadOption(f"{card.id!r} is part of the program and stays")
    target, own = paths.user_weights() / card.file, not card.urls and card.id in catalogue.user_ids()
    shared = own and any(one.file == card.file for one in catalogue.cards() if one.id != card.id)
    files = [one for one in (target, *fetch.partial_files(target), _record_file(card)) if card.file and one.is_file()]
    files = [] if shared else files
    if not files and not own:
        raise ModelMissing(f"no weights of {card.id!r} are on this computer", path=target)
    freed = sum(one.stat().st_size for one in files)
    for one in files:
        paths.patiently(one.unlink)
    if own:
        catalogue.drop(card.id)
    return freed


def place(stream: IO[bytes], target: Path, size: int, sha256: str, *, progress: Progress | None = None) -> None:
    """Copy `size` bytes to `target`, which appears only whole and with that SHA-256.

    Raises WrongWeights (ends early, another SHA-256), DiskFull, OSError, and what the progress raises.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    disk.check_room(target.parent, size)
    temp = target.with_name(f".{target.name[:50]}.{os.getpid()}-{threading.get_ident()}.tmp")
    digest, done = hashlib.sha256(), 0
    try:
        with disk.naming_a_full_disk(target), open(temp, "wb") as file:
            while chunk := stream.read(min(1 << 22, size - done)):
                file.write(chunk)
                digest.update(chunk)
                done += len(chunk)
                if progress:
                    progress(done, size)
            file.flush()
            os.fsync(file.fileno())
        if done != size or digest.hexdigest() != sha256:
            raise WrongWeights("what was read is not the whole file", path=target, remedy="copy it again")
        paths.put_in_place(temp, target)
    finally:
        paths.discard(temp)


def record(card: ModelCard, sha256: str) -> Against:
    """Note the SHA-256 of a file just checked or put in place, if its card has none. Returns what it agrees with."""
    known, against = known_sha256(card)
    if known == sha256:
        return against
    paths.write_atomic(_record_file(card), f"{sha256}  {card.file}\n".encode())
    return "nothing"


def _meant(file: Path, fits: tuple[str, ...], as_id: str, sha256: str) -> ModelCard:
    """The card, perhaps a new one, under which a checkpoint that fits these ids is to be kept."""
    known = {card.id: card for card in catalogue.cards()}
    if as_id in fits or (as_id in known and known[as_id].sha256 == sha256):
        return known[as_id]
    if as_id in known:
        raise WrongWeights(f"this is not {as_id!r}: it looks like {' or '.join(fits)}", path=file)
    if not as_id:
        same = [name for name in fits if known[name].sha256 == sha256]
        threefold = [name for name in fits if name.endswith("-3x") == ("3x" in file.stem.lower())]
        return known[(same or threefold or list(fits))[0]]
    if not re.fullmatch(_ID, as_id) or re.fullmatch(_WINDOWS_DEVICES, as_id):
        raise BadOption(f"--as {as_id}: letters, digits, - and . make an id, at most 64")
    suffix = file.suffix.lower()
    name = as_id + (suffix if suffix in SUFFIXES else SUFFIXES[0])
    if taken := [card.id for card in known.values() if card.file.lower() == name.lower()]:
        raise BadOption(f"--as {as_id}: the file {name} belongs to {taken[0]!r}")
    return replace(
        known[fits[0]],
        id=as_id,
        file=name,
        bytes=file.stat().st_size,
        about_bytes=0,
        sha256=sha256,
        urls=(),
        page="",
        embedded=False,
        note=f"Own weights, added from {file.name}.",
    )


def _record_file(card: ModelCard) -> Path:
    return paths.user_weights() / f"{card.file}.sha256"


def _offline(card: ModelCard, remedy: str) -> str:
    """What to do when no address answers, for a computer without a network too."""
    source = card.page or (card.urls[0] if card.urls else "")
    if not source:
        return remedy
    where = f"{card.urls[0]} (see {card.page})" if card.urls and card.page else source
    carry = f"carry the file here on a USB stick and run: ssc models add {card.file}"
    return f"{remedy}; offline: download {where} on another computer, {carry}"
