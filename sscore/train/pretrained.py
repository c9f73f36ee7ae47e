"""Are timm's ImageNet weights of an architecture here or within reach: told in seconds, before the data is read."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from pathlib import Path

from sscore.errors import BadOption
from sscore.models.nets import architectures

_SECONDS = 4.0
"""To wait for any answer. timm's own download tries for most of a minute, and of a server that drops packets longer."""


def check(name: str, seconds: float = _SECONDS) -> None:
    """Raises BadOption when the weights of the architecture `name` are neither in timm's cache nor to be had."""
    known = architectures.ARCHITECTURES.get(name)
    found = _source(known.timm if known else name)
    if found is None:
        return  # `architectures.build` says what is wrong with it
    url, here = found
    if here or not url:
        return
    why = "HF_HUB_OFFLINE is set" if _offline(url) else _trouble(url, seconds)
    if why:
        raise BadOption(
            f"the pre-trained weights of {architectures.title_of(name)} are not on this computer, and {url} cannot be "
            f"reached: {why}",
            remedy="without a network, fetch that file elsewhere and give it with --mode fine-tune --start FILE, or "
            "leave --pretrained out; HF_ENDPOINT names a mirror",
        )


def _source(timm_name: str) -> tuple[str, bool] | None:
    """Address of the weights, and whether they are here; None for a name of no model."""
    import timm
    import torch
    from huggingface_hub import hf_hub_url, try_to_load_from_cache

    if not timm_name or not timm.is_model(timm_name):
        return None
    config = timm.get_pretrained_cfg(timm_name)
    if config is None or not config.has_weights:
        return None
    if config.hf_hub_id:
        repo, _, revision = config.hf_hub_id.partition("@")
        names = [config.hf_hub_filename] if config.hf_hub_filename else ["model.safetensors", "pytorch_model.bin"]
        here = any(isinstance(try_to_load_from_cache(repo, one, revision=revision or None), str) for one in names)
        return hf_hub_url(repo, names[0], revision=revision or None), here
    url = str(config.url or "")
    here = (Path(torch.hub.get_dir()) / "checkpoints" / url.rpartition("/")[2]).is_file()
    return url, here


def _offline(url: str) -> bool:
    from huggingface_hub import constants

    return bool(constants.HF_HUB_OFFLINE) and url.startswith(constants.ENDPOINT)


def _trouble(url: str, seconds: float) -> str:
    """Why nobody answers there; "" when somebody does, whatever the answer. The question is put by a thread, since a
    name server that keeps silent would hold us up for longer than any timeout."""
    said = ["no answer in time"]

    def ask() -> None:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=seconds):
                said[:] = [""]
        except urllib.error.HTTPError:
            said[:] = [""]
        except Exception as error:  # of a network, a proxy or a certificate: all are the same to the user
            cause = getattr(error, "reason", error)
            said[:] = [" ".join(str(getattr(cause, "strerror", None) or cause).split())[:120]]

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    return said[0]
