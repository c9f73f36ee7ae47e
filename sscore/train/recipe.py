"""How a training by epochs goes, as a preset in a TOML file says it, and what follows from that: optimizer and rate."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

import torch
from pydantic import (
    BaseModel,
    ConfigDict,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
)

from sscore import paths
from sscore.errors import BadOption

Made = TypeVar("Made", bound="Recipe")


class Recipe(BaseModel):
    """A training by epochs. Recipes of one kind of training add fields of their own.

    schedule: cosine falls to zero at the end (Loshchilov and Hutter, 2017); step multiplies the rate by
    `schedule_factor` every `schedule_epochs`; plateau does so when the monitored figure has not improved for
    `schedule_epochs`. warm_up_steps: the rate rises linearly over as many. patience: stop after so many epochs without
    improvement, 0: never. clip: longest gradient, 0: as it is. validate_every: epochs; the last is always validated.
    precision: auto takes half precision where the hardware has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: PositiveInt
    batch: PositiveInt = 1
    lr: PositiveFloat
    optimizer: Literal["adamw", "adam", "sgd"] = "adamw"
    weight_decay: NonNegativeFloat = 0.01
    schedule: Literal["constant", "cosine", "step", "plateau"] = "constant"
    schedule_epochs: PositiveInt = 10
    schedule_factor: PositiveFloat = 0.1
    warm_up_steps: NonNegativeInt = 0
    patience: NonNegativeInt = 0
    clip: NonNegativeFloat = 0.0
    validate_every: PositiveInt = 1
    precision: Literal["auto", "float32", "bf16", "fp16"] = "auto"
    seed: NonNegativeInt = 1

    def rate(self, epoch: int, steps: int, worse: float = 1.0) -> float:
        """Learning rate in an epoch (from 1) after `steps` steps in all; worse: what plateaus have made of it."""
        part = 1.0
        if self.schedule == "cosine":
            part = 0.5 * (1 + math.cos(math.pi * (epoch - 1) / self.epochs))
        elif self.schedule == "step":
            part = self.schedule_factor ** ((epoch - 1) // self.schedule_epochs)
        elif self.schedule == "plateau":
            part = worse
        return self.lr * part * min(1.0, (steps + 1) / (self.warm_up_steps + 1))

    def optimize(self, groups: Iterable[dict[str, Any]]) -> torch.optim.Optimizer:
        """The optimizer over groups of parameters as torch takes them; "lr_scale" in a group multiplies its rate."""
        listed = list(groups)
        if self.optimizer == "sgd":
            return torch.optim.SGD(listed, lr=self.lr, momentum=0.9, weight_decay=self.weight_decay)
        kind = torch.optim.AdamW if self.optimizer == "adamw" else torch.optim.Adam
        return kind(listed, lr=self.lr, weight_decay=self.weight_decay)


def names(prefix: str) -> list[str]:
    """Of the presets that ship for one kind of training: resources/recipes/PREFIX-NAME.toml."""
    return sorted(path.stem.removeprefix(f"{prefix}-") for path in _folder().glob(f"{prefix}-*.toml"))


def load(kind: type[Made], prefix: str, preset: str, *, part: str = "", **changes: Any) -> Made:
    """A preset that ships, by name, or a TOML file of the user's, with some values changed (None: as it stands).

    part: table of the file whose values come before the others; tables are for no other purpose.

    Raises BadOption, which names the field.
    """
    path = Path(preset) if preset.lower().endswith(".toml") else _folder() / f"{prefix}-{preset}.toml"
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))  # Notepad puts a mark in front
    except FileNotFoundError as error:
        known = ", ".join(names(prefix))
        raise BadOption(f"there is no recipe {preset!r}", remedy=f"choose {known}, or a .toml file") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadOption(f"the recipe cannot be read: {error}", path=path) from error
    special = values.get(part, {}) if part else {}
    values = {name: value for name, value in values.items() if not isinstance(value, dict)} | special
    try:
        return kind(**(values | {name: value for name, value in changes.items() if value is not None}))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        file = None if changes.get(where) is not None else path  # it is not the file's fault
        if first["type"] == "missing":
            raise BadOption(f"recipe, {where} is missing", path=file) from error
        raise BadOption(f"recipe, {where}: {first['msg']}", path=file) from error


def _folder() -> Path:
    return paths.resources() / "recipes"
