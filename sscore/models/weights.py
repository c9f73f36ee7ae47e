"""Opening weight files: safetensors into a network, strictly, with errors that name what differs."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sscore import paths
from sscore.errors import ModelMissing, WrongWeights

if TYPE_CHECKING:
    from torch import Tensor, nn

    Net = TypeVar("Net", bound=nn.Module)

_ANEW = "fetch or copy the weight file again"


def digest(path: Path) -> str:
    """SHA-256 of the file, hexadecimal. Raises ModelMissing when it is not there."""
    try:
        stat = path.stat()
        return _digest(path, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise ModelMissing(f"the weight file cannot be read: {error.strerror}", path=path, remedy=_ANEW) from error


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors file, fractions as float32. Raises ModelMissing (no file) and WrongWeights (not a
    whole safetensors file, values that are not numbers)."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        stored = load(path.read_bytes())
    except OSError as error:
        raise ModelMissing(f"the weight file cannot be read: {error.strerror}", path=path, remedy=_ANEW) from error
    except (SafetensorError, ValueError, KeyError) as error:
        raise WrongWeights(f"not a whole safetensors file ({error})", path=path, remedy=_ANEW) from error
    if wrong := [k for k, v in stored.items() if not bool(v.isfinite().all())]:
        raise WrongWeights(f"{', '.join(wrong[:3])} holds values that are not numbers", path=path, remedy=_ANEW)
    return {k: v.float() if v.is_floating_point() else v for k, v in stored.items()}


def numbers(path: Path) -> int:
    """How many numbers a safetensors file holds, told without torch. Raises ModelMissing, WrongWeights."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 - no mapping
    except OSError as error:
        problem = f"the weight file cannot be read: {error.strerror or error}"
        raise ModelMissing(problem, path=path, remedy=_ANEW) from error
    except SafetensorError as error:
        raise WrongWeights(f"not a whole safetensors file ({error})", path=path, remedy=_ANEW) from error


def filled(net: Net, path: Path) -> Net:
    """The network with the file's tensors, in float32 and eval mode.

    Raises as `tensors`, and WrongWeights that names missing, additional and misshapen keys.
    """
    stored = tensors(path)
    wanted = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    if problem := difference(wanted, stored):
        raise WrongWeights(f"these are not this model's weights: {problem}", path=path, remedy=_ANEW)
    net.load_state_dict(stored, strict=False)
    return net.eval()


def difference(wanted: Mapping[str, Tensor], stored: Mapping[str, Tensor]) -> str:
    """The first differences in names, shapes and kinds of numbers between the tensors of a network and of a file, in
    words; "" when they fit."""
    wrong = [f"{name} is missing" for name in wanted if name not in stored]
    wrong += [f"{name} is one too many" for name in stored if name not in wanted]
    wrong += [
        f"{name} is {tuple(stored[name].shape)} but should be {tuple(value.shape)}"
        for name, value in wanted.items()
        if name in stored and stored[name].shape != value.shape
    ]
    wrong += [
        f"{name} holds {str(stored[name].dtype).removeprefix('torch.')} but should hold fractions"
        for name, value in wanted.items()
        if name in stored and value.is_floating_point() and not stored[name].is_floating_point()
    ]
    more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return "; ".join(wrong[:3]) + more


def save(net: nn.Module, path: Path, metadata: dict[str, str]) -> None:
    """All of a network, see `store`."""
    store({k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}, path, metadata)


def store(tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str]) -> None:
    """Float16 safetensors (half the size; the networks do not notice), atomically; the same tensors give the same
    bytes."""
    from safetensors.torch import save as encode

    halves = {name: value.detach().cpu().half().contiguous() for name, value in tensors.items()}
    paths.write_atomic(path, _settled(encode(halves, metadata=metadata)))


def _settled(data: bytes) -> bytes:
    """A safetensors file with its header in order: the library writes it in another order each time, and the same
    weights would have another digest."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.dumps(json.loads(data[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data[8 + length :]


def metadata(path: Path) -> dict[str, str]:
    """The text values stored in a safetensors file's header. Raises ModelMissing, WrongWeights."""
    try:
        with open(path, "rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(length, 10_000_000)))
    except OSError as error:
        raise ModelMissing(f"the weight file cannot be read: {error.strerror}", path=path, remedy=_ANEW) from error
    except (struct.error, ValueError) as error:
        raise WrongWeights("not a safetensors file", path=path, remedy=_ANEW) from error
    return {str(k): str(v) for k, v in header.get("__metadata__", {}).items()}
