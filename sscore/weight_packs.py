"""Weights on a USB stick: one zip with the files, their catalogue rows, hashes and licences.

In the zip: `catalogue.toml`, `LICENCES.txt`, `SHA256SUMS` (for `sha256sum -c`) and `weights/NAME`, not compressed.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sscore import catalogue, disk, paths, weight_store
from sscore.errors import BadOption, WrongWeights
from sscore.types import ModelCard, Progress
from sscore.weight_store import Stored

_ROWS, _FOLDER = "catalogue.toml", "weights/"
_DAMAGED = "copy the pack again"


def pack(cards: Sequence[ModelCard], out: Path, *, progress: Progress | None = None) -> Path:
    """Write the weights of these models, each checked first, to the zip `out`, whole or not at all.

    progress: bytes written of all. Raises ModelMissing (weights not here), WrongWeights (damaged), BadOption (embedded,
    listed twice), DiskFull, OSError, and what the progress raises.
    """
    for card in cards:
        if card.embedded or not card.file:
            raise BadOption(f"{card.id!r} is part of the program everywhere and needs no pack")
    if not cards or len({card.file for card in cards}) != len(cards):
        raise BadOption("name one or more different models")
    stored = [weight_store.verify(card) for card in cards]
    total = sum(one.bytes for one in stored)
    out.parent.mkdir(parents=True, exist_ok=True)
    disk.check_room(out.parent, total)
    temp = out.with_name(f".{out.name[:50]}.{os.getpid()}.tmp")
    try:
        with disk.naming_a_full_disk(out), open(temp, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                for name, text in _texts(stored).items():
                    archive.writestr(zipfile.ZipInfo(name), text.encode())
                done = 0
                for one in stored:
                    _write(archive, one, done, total, progress)
                    done += one.bytes
            file.flush()
            os.fsync(file.fileno())
        paths.put_in_place(temp, out)
    finally:
        paths.discard(temp)
    return out


def unpack(file: Path, *, progress: Progress | None = None) -> list[Stored]:
    """Put the weights of a pack where the program looks for them; models it does not know get a row of the user's.

    A pack that is damaged, or holds anything a pack does not, is refused before anything is written; each file appears
    only when its SHA-256 is right. progress: bytes of all. Raises WrongWeights, DiskFull, OSError, and what the
    progress raises.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(archive, file)
            known = catalogue.cards()
            cards = [_welcome(card, known, file) for card in _packed_rows(archive, members, file)]
            sizes = [_size(card, members, file) for card in cards]
            folder = paths.user_weights()
            folder.mkdir(parents=True, exist_ok=True)
            disk.check_room(folder, sum(sizes))
            placed: list[Stored] = []
            for card, size in zip(cards, sizes, strict=True):
                before = sum(one.bytes for one in placed)
                placed.append(_place(archive, card, size, _shifted(progress, before, sum(sizes))))
            return placed
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise WrongWeights(f"not a whole zip file ({error})", path=file, remedy=_DAMAGED) from error


def _texts(stored: Sequence[Stored]) -> dict[str, str]:
    rows = [replace(one.card, bytes=one.bytes, about_bytes=0, sha256=one.sha256) for one in stored]
    return {
        _ROWS: "\n".join(catalogue.as_toml(row) for row in rows),
        "LICENCES.txt": "".join(f"{row.file}: {row.licence or 'unknown'}. {row.page}".rstrip() + "\n" for row in rows),
        "SHA256SUMS": "".join(f"{row.sha256}  {_FOLDER}{row.file}\n" for row in rows),
    }


def _write(archive: zipfile.ZipFile, one: Stored, done: int, total: int, progress: Progress | None) -> None:
    member = zipfile.ZipInfo(_FOLDER + one.card.file)
    member.file_size = one.bytes  # said beforehand, so that the zip takes files above 4 GB
    digest = hashlib.sha256()
    with archive.open(member, "w") as target, open(one.path, "rb") as source:
        while chunk := source.read(1 << 22):
            target.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            if progress:
                progress(done, total)
    if digest.hexdigest() != one.sha256:
        raise WrongWeights("the file changed while it was packed", path=one.path)


def _members(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Name -> member. Whoever made a zip with anything but plain files of a pack in it is not to be trusted."""
    members = {member.filename: member for member in archive.infolist() if not member.is_dir()}
    for name, member in members.items():
        bare = name.removeprefix(_FOLDER)
        odd = "/" in bare or "\\" in bare or ":" in bare or bare in ("", ".", "..")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if odd or kind not in (0, stat.S_IFREG) or member.flag_bits & 1:
            raise WrongWeights(f"{name!r} has no place in a pack of weights", path=file, remedy="do not use this file")
    if len(members) != sum(not member.is_dir() for member in archive.infolist()):
        raise WrongWeights("it holds two files of one name", path=file, remedy="do not use this file")
    return members


def _packed_rows(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], file: Path) -> list[ModelCard]:
    if _ROWS not in members or members[_ROWS].file_size > 1_000_000:
        raise WrongWeights("this is not a pack of weights", path=file, remedy="packs are made by: ssc models pack")
    try:
        cards = catalogue.parse(archive.read(_ROWS).decode(), file)
    except UnicodeDecodeError as error:
        raise WrongWeights("its catalogue is damaged", path=file, remedy=_DAMAGED) from error
    for card in cards:
        weights = Path(card.file).suffix in weight_store.SUFFIXES
        if not weights or not re.fullmatch("[0-9a-f]{64}", card.sha256):
            raise WrongWeights(f"its row of {card.id!r} names no weights or no SHA-256", path=file, remedy=_DAMAGED)
    return cards


def _welcome(card: ModelCard, known: Sequence[ModelCard], file: Path) -> ModelCard:
    """The card under which a packed model is kept: ours, where we know the id, else the pack's.

    Raises WrongWeights where the pack contradicts our catalogue.
    """
    for ours in known:
        same_file = ours.file.lower() == card.file.lower()
        if ours.id != card.id and not same_file:
            continue
        agree = ours.id == card.id and (ours.family, ours.variant, ours.file) == (card.family, card.variant, card.file)
        if ours.embedded or not agree or ours.sha256 not in ("", card.sha256):
            raise WrongWeights(
                f"its {card.id!r} is another model than {ours.id!r} here",
                path=file,
                remedy="it cannot replace it" if ours.embedded else f"first: ssc models remove {ours.id}",
            )
        return replace(ours, sha256=card.sha256)
    return replace(card, embedded=False)


def _size(card: ModelCard, members: dict[str, zipfile.ZipInfo], file: Path) -> int:
    """Bytes of the card's member, which must be there and as long as the row says."""
    member = members.get(_FOLDER + card.file)
    if member is None or card.bytes not in (0, member.file_size):
        raise WrongWeights(f"{card.file} is missing or not whole in it", path=file, remedy=_DAMAGED)
    return member.file_size


def _place(archive: zipfile.ZipFile, card: ModelCard, size: int, progress: Progress | None) -> Stored:
    target = paths.user_weights() / card.file
    with archive.open(_FOLDER + card.file) as stream:
        weight_store.place(stream, target, size, card.sha256, progress=progress)
    known = {one.id: one for one in catalogue.cards()}
    if card.id not in known:
        catalogue.append(card)
        return Stored(card, target, size, card.sha256, "catalogue")
    against = weight_store.record(known[card.id], card.sha256)
    return Stored(known[card.id], target, size, card.sha256, against)


def _shifted(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one file as progress of the whole."""
    return (lambda done, _: progress(before + done, total)) if progress else None
