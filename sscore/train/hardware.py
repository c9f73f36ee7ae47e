"""What a training computes on: one processor or GPU, or several GPUs through `accelerate`, and in which precision."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor, nn

from sscore.errors import BadOption, SscError

Value = TypeVar("Value")
Precision = Literal["auto", "float32", "bf16", "fp16"]


def device_of(choice: str) -> str:
    """ "auto": the GPU if there is one. Raises BadOption for a GPU that is not there, and for what is no device."""
    if choice == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if choice.split(":")[0] not in ("cpu", "cuda"):
        raise BadOption(f"there is no device {choice!r}", remedy="choose auto, cpu or cuda")
    if choice.startswith("cuda") and not torch.cuda.is_available():
        raise BadOption("this computer has no GPU that torch can use", remedy="take --device cpu")
    return choice


def half_of(device: str, precision: Precision) -> torch.dtype | None:
    """The half precision to compute in, None: float32. auto: bf16 where the hardware multiplies it, else fp16 on GPUs;
    an ordinary processor is slower with it. Raises BadOption for fp16 on a processor."""
    on_gpu = device.startswith("cuda")
    if precision == "auto":
        if on_gpu:
            return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
        return torch.bfloat16 if _processor_has_bf16() else None
    if precision == "fp16" and not on_gpu:
        raise BadOption("fp16 needs a GPU", remedy="take precision bf16 or float32")
    return {"float32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]


def _processor_has_bf16() -> bool:
    able = torch.cpu.get_capabilities()
    return any(bool(able.get(name)) for name in ("amx_bf16", "avx512_bf16"))


class Hardware:
    """One process's share of the work. Started by `accelerate launch` or `torchrun`, there are `world` of them; the one
    with `main` speaks, measures and writes."""

    def __init__(self, device: str, precision: Precision) -> None:
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self._accelerator: Any = _accelerator(device) if self.world > 1 else None
        self.device = str(self._accelerator.device) if self._accelerator else device
        self.rank = self._accelerator.process_index if self._accelerator else 0
        self.half = half_of(self.device, precision)
        self.scaler = torch.amp.GradScaler("cuda", enabled=self.half == torch.float16)

    @property
    def main(self) -> bool:
        return self.rank == 0

    def place(self, net: nn.Module) -> nn.Module:
        """The network to call: itself, or the wrapper that adds up the gradients of all processes."""
        net = net.to(self.device)
        return net if self._accelerator is None else self._accelerator.prepare_model(net)

    def autocast(self) -> torch.autocast:
        kind = self.device.split(":")[0]
        return torch.autocast(kind, dtype=self.half or torch.bfloat16, enabled=self.half is not None)

    def move(self, batch: Any) -> Any:
        """Tensors in tuples, lists and dicts go to the device; anything else stays as it is."""
        if isinstance(batch, Tensor):
            return batch.to(self.device, non_blocking=True)
        if isinstance(batch, dict):
            return {name: self.move(value) for name, value in batch.items()}
        return type(batch)(map(self.move, batch)) if type(batch) in (tuple, list) else batch

    def share(self, batches: Iterator[Value]) -> Iterator[Value]:
        """Every world-th batch is this process's; a rest that does not go round is left out."""
        while len(round_ := list(islice(batches, self.world))) == self.world:
            yield round_[self.rank]

    def mean(self, value: Tensor) -> float:
        """Of one number over all processes."""
        value = value.detach().float()
        return float(value if self._accelerator is None else self._accelerator.reduce(value, reduction="mean"))

    def all_of(self, value: Value) -> list[Value]:
        """What each process says, by rank."""
        if self._accelerator is None:
            return [value]
        from accelerate.utils import gather_object

        return list(gather_object([value]))

    def told(self, value: Value) -> Value:
        """What the main process says, in all of them."""
        if self._accelerator is None:
            return value
        from accelerate.utils import broadcast_object_list

        box = [value]
        broadcast_object_list(box)
        return box[0]


def is_main() -> bool:
    """Whether this process is the one that speaks and writes."""
    return os.environ.get("RANK", "0") == "0"


def _accelerator(device: str) -> Any:
    try:
        from accelerate import Accelerator, DistributedDataParallelKwargs
    except ImportError as error:
        raise SscError(
            "several processes train together through the package accelerate, which is not installed",
            remedy='pip install "scrap-sam-clip[train]"',
        ) from error
    # A step need not reach every parameter: of three masks only the best one is learnt from.
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)
    return Accelerator(cpu=device == "cpu", kwargs_handlers=[unused])


def out_of_memory(error: BaseException) -> bool:
    """Whether that is what an error of torch or python means."""
    return isinstance(error, (torch.cuda.OutOfMemoryError, MemoryError)) or (
        isinstance(error, RuntimeError) and "allocate memory" in str(error)
    )


def first(batch: Any, count: int) -> Any:
    """The first samples of a batch: of each tensor's first axis, or of a list."""
    if isinstance(batch, tuple):
        return tuple(first(part, count) for part in batch)
    if isinstance(batch, dict):
        return {name: first(value, count) for name, value in batch.items()}
    return batch[:count]
