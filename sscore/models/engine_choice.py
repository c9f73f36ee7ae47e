"""Which engine is the faster on this computer's processor: measured once, on a small network, and remembered."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import time
import warnings
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from sscore import paths

_FAVOUR = 1.15
"""OpenVINO is kept unless torch is faster by this: it needs less memory and starts without torch."""

_RUNS = 5


@cache
def cpu_engine() -> str:
    """ "openvino" or "torch", whichever ran a network of convolutions and attention faster here.

    The answer is kept in the cache folder under the processor and both libraries' versions. Takes a second or two the
    first time; a cache that cannot be written costs that every time.
    """
    if find_spec("openvino") is None:
        return "torch"
    path = paths.cache() / "engines.json"
    here = _here()
    try:
        known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    found = known.get(here) if isinstance(known, dict) else None
    if isinstance(found, dict) and found.get("engine") in ("torch", "openvino"):
        return str(found["engine"])
    seconds = _measured()
    engine = chosen(seconds)
    with contextlib.suppress(OSError):
        paths.write_atomic(path, json.dumps({here: {"engine": engine, "seconds": seconds}}, indent=1).encode())
    return engine


def chosen(seconds: dict[str, float]) -> str:
    """seconds by engine -> the engine to use; OpenVINO that could not be measured has none."""
    if "openvino" not in seconds:
        return "torch"
    return "torch" if seconds["torch"] * _FAVOUR < seconds["openvino"] else "openvino"


def processor() -> str:
    """Which processor this is, as far as the system tells."""
    return ", ".join((platform.machine(), platform.processor(), str(os.cpu_count())))


def _here() -> str:
    """What the answer holds for."""
    names = [processor()]
    for library in ("torch", "openvino"):
        try:
            names.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            names.append(f"no {library}")
    return ", ".join(name for name in names if name)


def _measured() -> dict[str, float]:
    """Seconds of one pass by engine, the best of a few."""
    import numpy as np
    import openvino as ov
    import torch
    from torch import nn

    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(96, 4, 192, batch_first=True)

    class Small(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.convs = nn.Sequential(
                nn.Conv2d(3, 48, 3, 4, 1), nn.GELU(), nn.Conv2d(48, 96, 3, 2, 1), nn.GELU(), nn.Conv2d(96, 96, 3, 1, 1)
            )
            self.attention = layer

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen: torch.Tensor = self.attention(self.convs(x).flatten(2).transpose(1, 2))
            return seen

    net = Small().eval()
    example = torch.zeros(1, 3, 256, 256)
    seconds: dict[str, float] = {}
    with torch.inference_mode():
        seconds["torch"] = _best(lambda: net(example))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of torch about tracing
                model = ov.convert_model(net, example_input=example)
            model.reshape([1, 3, 256, 256])
            compiled = ov.Core().compile_model(model, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
            request, array = compiled.create_infer_request(), np.zeros((1, 3, 256, 256), np.float32)
            seconds["openvino"] = _best(lambda: request.infer([array]))
        except RuntimeError:
            pass  # a processor it does not know
    return seconds


def _best(work: Callable[[], Any]) -> float:
    times = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
