"""How a network runs: torch (the reference; CUDA when there is a GPU; compiled on request) or OpenVINO (CPU, several
times faster).

Networks here take float32 arrays and return a tuple of float32 arrays; both engines look alike from outside.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sscore import __version__, paths
from sscore.errors import BadOption
from sscore.models import eight_bits
from sscore.models.engine_choice import cpu_engine, processor
from sscore.types import FloatArray

if TYPE_CHECKING:
    from torch import nn

INT8 = "openvino-int8"
"""OpenVINO in eight-bit integers, for networks that bear it here (see `sscore.models.eight_bits`)."""

ENGINES = ("auto", "torch", "torch-compile", "openvino", INT8)


class Runner(Protocol):
    """Runs one network: float32 arrays in, float32 arrays out. digest: of its weights; engine: its name; safe to call
    from several threads."""

    digest: str
    engine: str

    def __call__(self, *inputs: FloatArray) -> tuple[FloatArray, ...]: ...


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a network: `shape`, and which of its dimensions may change from call to call."""

    shape: tuple[int, ...]
    free: tuple[int, ...] = ()

    @property
    def pattern(self) -> list[int]:
        """The shape with -1 for every free dimension."""
        return [-1 if axis in self.free else size for axis, size in enumerate(self.shape)]


@cache
def has_cuda() -> bool:
    """Whether an NVIDIA driver and a CUDA build of torch are there. Does not import torch where there is no driver."""
    try:
        ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return False
    import torch

    return bool(torch.cuda.is_available())


def open_runner(
    build: Callable[[], nn.Module],
    inputs: Sequence[Input],
    family: str,
    digest: str,
    *,
    device: str = "auto",
    engine: str = "auto",
    keep: bool = True,
    blocks: tuple[int, ...] = (),
    fused: bool = True,
    trial: eight_bits.Trial | None = None,
) -> Runner:
    """Choose an engine and prepare the network for it.

    build: makes the network in eval mode, called only when it is needed (a converted model may be in the cache);
    family, digest: which network, with which weights; keep: whether its converted form may go to the cache on disk;
    blocks, fused, trial: see `OpenVinoRunner`; the trial is held for "auto" and INT8 alone, and INT8 without
    one is "openvino". Raises BadOption.
    """
    check_names(engine, device)
    if device.startswith("cuda") and (engine in (INT8, "openvino") or not has_cuda()):
        raise BadOption(
            f"device {device!r} cannot be used here", remedy="use --device cpu, or --engine torch with a GPU"
        )
    if device == "auto":
        device = "cuda" if engine not in (INT8, "openvino") and has_cuda() else "cpu"
    if device == "gpu":
        return OpenVinoRunner(build, inputs, family, digest, keep=keep, device="GPU", blocks=blocks, fused=fused)
    if device == "cpu" and (engine == INT8 or (engine == "auto" and trial and find_spec("openvino"))):
        quick = OpenVinoRunner(build, inputs, family, digest, keep=keep, blocks=blocks, fused=fused, trial=trial)
        if INT8 in (engine, quick.engine) or cpu_engine() == "openvino":
            return quick
    if engine == "auto":
        engine = cpu_engine() if device == "cpu" else "torch"
    if engine.startswith("torch"):
        return TorchRunner(build(), digest, device, compiled=engine == "torch-compile")
    return OpenVinoRunner(build, inputs, family, digest, keep=keep, blocks=blocks, fused=fused)


def check_names(engine: str, device: str = "auto") -> None:
    """Raises BadOption when there is no such engine or device anywhere."""
    if engine not in ENGINES:
        raise BadOption(f"there is no engine {engine!r}", remedy=f"choose one of {', '.join(ENGINES)}")
    if device not in ("auto", "cpu", "gpu") and not device.startswith("cuda"):
        raise BadOption(f"there is no device {device!r}", remedy="choose auto, cpu, cuda or gpu (Intel)")


def threads() -> int:
    """How many processor threads a network may use, from the environment's SSC_THREADS; 0: the engine decides."""
    text = os.environ.get("SSC_THREADS", "").strip()
    if text and not text.isdigit():
        raise BadOption(
            f"SSC_THREADS={text!r} is not a number of threads", remedy="set it to a whole number, 0 for all"
        )
    return int(text or 0)


class TorchRunner:
    """compiled: through torch.compile, which needs a C++ compiler, takes a minute at first use, and on a GPU is worth
    it where thousands of photos follow."""

    def __init__(self, net: nn.Module, digest: str, device: str, *, compiled: bool = False) -> None:
        import torch

        self.digest = digest
        self.engine = "torch-compile" if compiled else "torch"
        self._device = device
        if device == "cpu" and threads():
            torch.set_num_threads(threads())
        self._net = net.eval().to(device)
        if device != "cpu":
            self._net = self._net.to(memory_format=torch.channels_last)
        self._run = _compiled(self._net) if compiled else self._net

    def __call__(self, *inputs: FloatArray) -> tuple[FloatArray, ...]:
        import torch

        given = [torch.from_numpy(np.require(x, requirements=["C", "W"])).to(self._device) for x in inputs]
        with torch.inference_mode(), torch.autocast("cuda", enabled=self._device.startswith("cuda")):
            outputs = self._run(*given)
        return tuple(np.asarray(x.float().cpu().numpy(), dtype=np.float32) for x in outputs)


def _compiled(net: nn.Module) -> Callable[..., Any]:
    import torch
    from torch._dynamo.exc import TorchDynamoException

    quick = torch.compile(net)

    def run(*inputs: Any) -> Any:
        try:
            return quick(*inputs)
        except TorchDynamoException as error:  # no compiler, or a network that it cannot take apart
            reason = str(error).strip().splitlines()[0]
            raise BadOption(f"torch.compile does not work here: {reason}", remedy="use --engine torch") from error

    return run


class OpenVinoRunner:
    """The converted network is kept in the cache under its family, weights and code: later starts need no torch.

    blocks: sizes of the first dimension, falling and ending with 1, into which inputs are cut. OpenVINO then gets a
    network of its own for each shape, made when that shape first comes (0.1 s): for a small network asked in changing
    shapes a tenth quicker than one network for all. Without blocks there is one for all shapes.

    fused: whether OpenVINO may join small operations. It then also runs the multiplications among them itself, on one
    thread where there is but one batch: SAM's decoder is an eighth quicker without.

    trial: for a network of one input: on a processor without bf16 its matrix products or convolutions then run in eight
    bits, if that is quicker here and answers stay the same (see `sscore.models.eight_bits.judged`); `engine` says so.
    """

    engine = "openvino"

    def __init__(
        self,
        build: Callable[[], nn.Module],
        inputs: Sequence[Input],
        family: str,
        digest: str,
        *,
        keep: bool = True,
        device: str = "CPU",
        blocks: tuple[int, ...] = (),
        fused: bool = True,
        trial: eight_bits.Trial | None = None,
    ) -> None:
        import openvino as ov

        self.digest = digest
        self._blocks = blocks
        self._device = device
        self._core = ov.Core()
        if not any(name.startswith(device) for name in self._core.available_devices):
            raise BadOption("there is no Intel GPU that OpenVINO can use here", remedy="use --device cpu")
        name = f"{family}-{digest[:24]}-{_code()}"
        self._model = _converted(ov, self._core, build, inputs, name, keep=keep)
        # LATENCY: one request uses all cores, which is what a waiting user wants. Where the processor has bf16 (AMX,
        # AVX512-bf16), OpenVINO uses it by itself.
        self._config: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if device == "CPU" and threads():
            self._config["INFERENCE_NUM_THREADS"] = threads()
        self._private = {"SNIPPETS_MODE": "DISABLE"} if device == "CPU" and not fused else {}
        if trial and "BF16" not in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            kept = eight_bits.place(_cache(), name, [ov.__version__, processor()])
            verdict = eight_bits.judged(self._core, self._model, self._config, trial, kept)
            if verdict.good(trial):
                self._model, self.engine = eight_bits.rounded(self._model, trial, verdict.spans), INT8
        self._compiled: dict[Any, Any] = {}
        self._lock = threading.Lock()
        self._local = threading.local()
        if not blocks:
            self._network(None)

    def __call__(self, *inputs: FloatArray) -> tuple[FloatArray, ...]:
        if not self._blocks:
            return self._infer(None, inputs)
        parts = []
        for start, end in _cuts(len(inputs[0]), self._blocks):
            some = tuple(x[start:end] for x in inputs)
            parts.append(self._infer(tuple(x.shape for x in some), some))
        return parts[0] if len(parts) == 1 else tuple(np.concatenate(same) for same in zip(*parts, strict=True))

    def _infer(self, shapes: Any, inputs: tuple[FloatArray, ...]) -> tuple[FloatArray, ...]:
        requests = self._local.__dict__
        if shapes not in requests:
            requests[shapes] = self._network(shapes).create_infer_request()
        results = requests[shapes].infer([np.ascontiguousarray(x) for x in inputs], share_inputs=True)
        return tuple(np.array(values, dtype=np.float32) for values in results.values())

    def _network(self, shapes: Any) -> Any:
        """The compiled network for inputs of just these shapes, or (None) for all that the model allows."""
        with self._lock:
            if shapes not in self._compiled:
                model = self._model
                if shapes is not None:
                    model = model.clone()
                    model.reshape(dict(enumerate(shapes)))
                self._compiled[shapes] = self._compile(model)
            return self._compiled[shapes]

    def _compile(self, model: Any) -> Any:
        if self._private:
            try:
                return self._core.compile_model(model, self._device, self._config | self._private)
            except RuntimeError:
                self._private = {}  # not a documented setting: an OpenVINO that does not know it does without
        return self._core.compile_model(model, self._device, self._config)


def _cuts(count: int, blocks: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """0..count cut into blocks, the largest that fit first."""
    start = 0
    for size in blocks:
        while count - start >= size:
            yield start, start + size
            start += size


@cache
def _code() -> str:
    """Of the networks' source: a converted model is no longer the network once its code has changed."""
    digest = hashlib.blake2b(__version__.encode(), digest_size=6)
    for path in sorted((Path(__file__).parent / "nets").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache() -> Path:
    return paths.cache() / "openvino"


def _converted(
    ov: Any, core: Any, build: Callable[[], nn.Module], inputs: Sequence[Input], name: str, *, keep: bool
) -> Any:
    version = ov.__version__.split("-")[0]
    path = _cache() / f"{name}-{version}.xml"
    if keep and path.exists():
        try:
            return core.read_model(path)
        except RuntimeError:
            pass  # a damaged cache entry is made anew
    import torch

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # conversion traces the network, which torch calls old-fashioned
        example = tuple(torch.zeros(x.shape) for x in inputs)
        model = ov.convert_model(build().eval(), example_input=example)
    model.reshape({number: x.pattern for number, x in enumerate(inputs)})
    if keep:
        _keep(ov, model, path)
    return model


def _keep(ov: Any, model: Any, path: Path) -> None:
    """Into the cache, xml last and whole; a full or read-only disk costs only the time saved."""
    temp = path.with_name(f"{path.stem}.{os.getpid()}-{threading.get_ident()}.xml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ov.save_model(model, temp, compress_to_fp16=False)
        paths.put_in_place(temp.with_suffix(".bin"), path.with_suffix(".bin"))
        paths.put_in_place(temp, path)
    except (OSError, RuntimeError):
        paths.discard(temp)
        paths.discard(temp.with_suffix(".bin"))
