"""Published checkpoints: read without running what they contain, told apart by their keys, loaded to the last key."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sscore import catalogue
from sscore.errors import ModelMissing, WrongWeights
from sscore.models import weights
from sscore.types import ModelCard

if TYPE_CHECKING:
    from torch import Tensor, nn

_ANEW = "fetch or copy the weight file again"
_WRAPPERS = ("model", "state_dict", "module", "model_state_dict", "net", "model_ema", "state_dict_ema")
_VIT = {768: "vit_b", 1024: "vit_l", 1280: "vit_h"}
_CN_CLIP = {(768, 197): "vit_b_16", (1024, 257): "vit_l_14", (1024, 577): "vit_l_14_336", (1280, 257): "vit_h_14"}
"""By the width of the image transformer and its places."""
_UNUSED = "bert.pooler."
"""Published with CN-CLIP, but no part of it: the authors' loader leaves these out too."""


def read(path: Path) -> dict[str, Tensor]:
    """Name -> float32 tensor on the CPU, of a .pth/.pt file (opened with weights_only=True) or safetensors.

    A state dict inside {"model": ...}, {"state_dict": ...}, and names that all begin with "module.", as trainers leave
    them, are unwrapped. Raises ModelMissing (no file) and WrongWeights (damaged, a program instead of weights, not
    numbers).
    """
    if not path.is_file():
        raise ModelMissing("the weight file is not there", path=path, remedy=_ANEW)
    if is_safetensors(path):
        return weights.tensors(path)
    stored = _unpickled(path)
    for wrapper in _WRAPPERS:
        if isinstance(stored, Mapping) and isinstance(stored.get(wrapper), Mapping):
            stored = stored[wrapper]
    tensors = _tensors(stored, path)
    if all(name.startswith("module.") for name in tensors):
        tensors = {name.removeprefix("module."): value for name, value in tensors.items()}
    tensors = {name: value for name, value in tensors.items() if not name.startswith(_UNUSED)}
    wrong = [name for name, value in tensors.items() if value.is_floating_point() and not bool(value.isfinite().all())]
    if wrong:
        raise WrongWeights(f"{', '.join(wrong[:3])} holds values that are not numbers", path=path, remedy=_ANEW)
    return {name: value.float() if value.is_floating_point() else value for name, value in tensors.items()}


def is_safetensors(path: Path) -> bool:
    """By its first bytes: the header's length, then "{"."""
    try:
        with open(path, "rb") as file:
            start = file.read(9)
    except OSError as error:
        raise ModelMissing(f"the weight file cannot be read: {error.strerror}", path=path, remedy=_ANEW) from error
    return len(start) == 9 and start[8:] == b"{" and int.from_bytes(start[:8], "little") < 100_000_000


def _unpickled(path: Path) -> object:
    import pickle

    import torch

    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any("/code/" in name for name in archive.namelist()):
                raise WrongWeights(
                    "this is a TorchScript program, not weights",
                    path=path,
                    remedy="use the checkpoint that it was made from",
                )
    else:
        with open(path, "rb") as file:
            start = file.read(2)
        if start == b"PK":
            raise WrongWeights("the checkpoint is cut off: its end is missing", path=path, remedy=_ANEW)
        if start[:1] != b"\x80":
            raise WrongWeights("this is not a checkpoint", path=path, remedy=_ANEW)
    try:
        stored: object = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        text = str(error)
        if "weights_only" in text.lower() or "unsupported" in text.lower():
            raise WrongWeights(
                "the file contains more than weights, which could run as a program; it was not opened",
                path=path,
                remedy="use the published checkpoint, or save its state dict alone",
            ) from error
        raise WrongWeights("this is not a checkpoint", path=path, remedy=_ANEW) from error
    except (RuntimeError, EOFError, ValueError, KeyError, OSError, AttributeError, TypeError, AssertionError) as error:
        raise WrongWeights(
            f"the checkpoint is damaged or not one ({_first_line(error)})", path=path, remedy=_ANEW
        ) from error
    return stored


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:120] if lines else type(error).__name__


def _tensors(stored: object, path: Path) -> dict[str, Tensor]:
    import torch

    if not isinstance(stored, Mapping) or not stored:
        raise WrongWeights("the file holds no state dict", path=path, remedy=_ANEW)
    if strange := [str(key) for key, value in stored.items() if not isinstance(value, torch.Tensor)]:
        raise WrongWeights(f"{strange[0]!r} in the file is not a tensor", path=path, remedy="save the state dict alone")
    return {str(key): value for key, value in stored.items()}


def architecture(shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, str] | None:
    """(family, variant) as in the catalogue that tensors of these names and shapes look like, by a few telling names;
    None for something else."""
    if "image_encoder.fuse_stage2.weight" in shapes:
        return "edge_sam", ""
    high_quality = "mask_decoder.hf_token.weight" in shapes
    if "image_encoder.patch_embed.seq.0.c.weight" in shapes:
        return ("sam_hq", "vit_tiny") if high_quality else ("mobile_sam", "")
    position = shapes.get("image_encoder.pos_embed")
    if position is not None and (variant := _VIT.get(position[-1])) and "mask_decoder.iou_token.weight" in shapes:
        return "sam_hq" if high_quality else "sam", variant
    if "bert.embeddings.word_embeddings.weight" in shapes and "visual.attnpool.c_proj.weight" in shapes:
        return "cn_clip", "rn50"
    places = shapes.get("visual.positional_embedding", (0, 0))
    if "bert.embeddings.word_embeddings.weight" in shapes and (variant := _CN_CLIP.get((places[-1], places[0]))):
        return "cn_clip", variant
    if "stem.0.weight" in shapes:
        return ("nano", "") if "head.weight" in shapes else ("nano_cls", "")
    return None


def fill(net: nn.Module, path: Path, family: str, variant: str, base: Path | None = None) -> nn.Module:
    """The network with all tensors of a checkpoint, in eval mode. base: the whole checkpoint where `path` holds a
    fine-tuned decoder only. Raises ModelMissing, and WrongWeights that names the missing, additional and misshapen keys
    and says what the file looks like instead."""
    stored = read(path) if base is None else _put_into(base, path)
    if problem := weights.difference(net.state_dict(), stored):
        shapes = {name: tuple(value.shape) for name, value in stored.items()}
        looks = architecture(shapes)
        other = "" if looks in (None, (family, variant)) else f"; it looks like {_called(looks)}"
        raise WrongWeights(
            f"these are not the weights of {_called((family, variant))}: {problem}{other}",
            path=path,
            remedy=_ANEW if not other else "choose that model, or the right file",
        )
    # A network laid out without memory takes the file's tensors as its own.
    net.load_state_dict(stored, strict=True, assign=any(value.is_meta for value in net.state_dict().values()))
    # After loading: TinyViT keeps a table of its attention biases from the moment it is put into eval mode.
    return net.train().eval()


def is_tuned(name: str) -> bool:
    """Whether a fine-tuned decoder may have its own tensor of this name. SAM-HQ's features of the photo alone are part
    of the embedding, so that every decoder of a base shares its embeddings."""
    own = name.startswith("mask_decoder.")
    return own and not name.startswith(("mask_decoder.embedding_encoder.", "mask_decoder.compress_vit_feat."))


def _put_into(base: Path, path: Path) -> dict[str, Tensor]:
    """The tensors of a base with those of a decoder in their places, to the last one."""
    facts, tuned, stored = weights.metadata(path), read(path), read(base)
    if facts.get("base_sha256") != weights.digest(base):
        raise WrongWeights(
            f"this decoder was made for another copy of {facts.get('base', 'its base')!r}",
            path=path,
            remedy=f"put the checkpoint with the SHA-256 {facts.get('base_sha256', '')[:12]} in its place",
        )
    _check_whole(path, facts, tuned, stored)
    return stored | tuned


def check_decoder(path: Path, wanted: Mapping[str, Tensor]) -> None:
    """Whether a file holds a whole fine-tuned decoder for a network with these tensors. Raises WrongWeights."""
    _check_whole(path, weights.metadata(path), read(path), wanted)


def _check_whole(path: Path, facts: Mapping[str, str], tuned: dict[str, Tensor], base: Mapping[str, Tensor]) -> None:
    strange = [name for name in tuned if not is_tuned(name) or name not in base]
    strange += [name for name in tuned if name in base and tuned[name].shape != base[name].shape]
    if strange or facts.get("tensors") != str(len(tuned)):
        what = f"{strange[0]} does not fit the base" if strange else f"{len(tuned)} tensors, not {facts.get('tensors')}"
        raise WrongWeights(f"not a whole decoder: {what}", path=path, remedy=_ANEW)


def _called(looks: tuple[str, str] | None) -> str:
    rows = [row.id for row in catalogue.cards() if (row.family, row.variant) == looks]
    return " or ".join(rows) if rows else " ".join(looks or ())


def identify(path: Path) -> tuple[str, ...]:
    """Ids of the catalogue's models that this file's tensors fit, the likeliest first.

    Models of one architecture cannot be told apart by their keys; the file's name decides which comes first, then the
    order of the catalogue. Raises ModelMissing, and WrongWeights when it fits none.
    """
    stored = read(path)
    looks = architecture({name: tuple(value.shape) for name, value in stored.items()})
    rows = [row for row in catalogue.cards() if (row.family, row.variant) == looks]
    if looks is None or not rows:
        raise WrongWeights(
            "these weights are of no model this program knows",
            path=path,
            remedy=f"it knows: {', '.join(row.id for row in catalogue.cards() if row.file)}",
        )
    if looks[0] not in ("nano", "nano_cls") and (problem := weights.difference(laid_out(*looks).state_dict(), stored)):
        raise WrongWeights(f"these are not the weights of {_called(looks)}: {problem}", path=path, remedy=_ANEW)
    return tuple(row.id for row in sorted(rows, key=lambda row: -_alike(row, path.name)))


def laid_out(family: str, variant: str) -> nn.Module:
    """A published network for its names and shapes. A large transformer is laid out without filling its gigabytes; the
    small encoders compute as they are built."""
    import torch

    from sscore.models.nets import cn_clip, sam

    if family == "cn_clip":
        with torch.device("meta"):
            return cn_clip.CnClip(cn_clip.CONFIGS[variant])
    with torch.device("meta" if variant in _VIT.values() else "cpu"):
        return sam.build(family, variant)


def _alike(row: ModelCard, name: str) -> int:
    """Letters of the row's file name found in another file's name ("edge_sam_3x (1).pth" is most like edge_sam_3x)."""
    stem = Path(row.file).stem.lower()
    return len(stem) if stem and stem in name.lower() else 0
