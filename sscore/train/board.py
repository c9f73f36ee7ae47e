"""The curves of a run for TensorBoard, where it is wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sscore.errors import SscError


class Board:
    """Without a folder it does nothing."""

    def __init__(self, folder: Path | None = None, first_epoch: int = 0) -> None:
        """first_epoch: what an earlier, killed run wrote from this epoch on is hidden. Raises SscError when the package
        is not installed."""
        self._writer: Any = None
        if folder is None:
            return
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise SscError(
                "the TensorBoard log needs the package tensorboard, which is not installed",
                remedy='pip install "scrap-sam-clip[train]", or leave --tensorboard out: events.jsonl has the curves',
            ) from error
        self._writer = SummaryWriter(str(folder), purge_step=first_epoch)

    def add(self, epoch: int, row: dict[str, Any]) -> None:
        """A row of a run's curve."""
        if self._writer is None:
            return
        self._writer.add_scalar("lr", row["lr"], epoch)
        for group in ("train", "validation"):
            for name, value in row[group].items():
                self._writer.add_scalar(f"{group}/{name}", value, epoch)
        self._writer.flush()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
