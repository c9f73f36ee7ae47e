"""Recipes of `ssc train classifier`: presets of published trainings as TOML files."""

from __future__ import annotations

from itertools import product
from typing import Any

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from sscore.errors import BadOption
from sscore.train import recipe as recipes
from sscore.train.recipe import Recipe

KIND = "classifier"


class ClassifierRecipe(Recipe):
    """See `Recipe`.

    architecture: default of the recipe; px: side of the input; learn, choose, judge: shares of the pieces to train on,
    to choose the best epoch by, and to be judged on at the end. learned_layers: how many layers, counted from the end,
    learn; 0: all. balanced: a class with few pieces counts as much as one with many. pretrained: begin with ImageNet
    weights, from timm's hub or cache, unless a checkpoint is given.

    Variations of a training crop, each drawn evenly up to the number given: rotation and shear in degrees; shift and
    zoom as shares of the side; mirrored, upside_down: half of the crops; channel_shift: levels of 255 added to each
    colour; brightness: a factor between the two. per_architecture: other values for some architectures; grid: values
    tried one after the other, in all combinations.
    """

    architecture: str = "convnext-t"
    px: PositiveInt = 224
    learn: PositiveFloat = 0.8
    choose: PositiveFloat = 0.1
    judge: PositiveFloat = 0.1
    learned_layers: NonNegativeInt = 0
    balanced: bool = False
    pretrained: bool = False
    dropout: float = Field(0.0, ge=0, lt=1)
    smoothing: float = Field(0.0, ge=0, lt=1)
    rotation: NonNegativeFloat = 0.0
    shear: NonNegativeFloat = 0.0
    shift: NonNegativeFloat = 0.0
    zoom: float = Field(0.0, ge=0, lt=1)
    mirrored: bool = False
    upside_down: bool = False
    channel_shift: NonNegativeFloat = 0.0
    brightness: tuple[PositiveFloat, PositiveFloat] = (1.0, 1.0)
    grid_lr: tuple[PositiveFloat, ...] = ()
    grid_schedule_factor: tuple[PositiveFloat, ...] = ()
    grid_batch: tuple[PositiveInt, ...] = ()

    @property
    def shares(self) -> dict[str, float]:
        return {"learn": self.learn, "choose": self.choose, "judge": self.judge}

    def combinations(self) -> list[ClassifierRecipe]:
        """The recipe with every combination of the grid's values."""
        rates, factors = self.grid_lr or (self.lr,), self.grid_schedule_factor or (self.schedule_factor,)
        return [
            self.model_copy(update={"lr": lr, "schedule_factor": factor, "batch": batch})
            for lr, factor, batch in product(rates, factors, self.grid_batch or (self.batch,))
        ]


def load(preset: str, architecture: str | None = None, **changes: Any) -> ClassifierRecipe:
    """A preset that ships, or a TOML file: first as it stands, then its values for the architecture, then `changes`.

    Raises BadOption, which names the field.
    """
    chosen = architecture or recipes.load(ClassifierRecipe, KIND, preset).architecture
    return recipes.load(ClassifierRecipe, KIND, preset, part=chosen, **(changes | {"architecture": chosen}))


def names() -> list[str]:
    return recipes.names(KIND)


def checked(recipe: ClassifierRecipe, classes: int) -> None:
    """Raises BadOption for what cannot be trained."""
    if recipe.batch < 2:
        raise BadOption("a batch of one piece teaches nothing of differences", remedy="take a batch of at least 2")
    if classes < 2:
        raise BadOption("there are pieces of one class only", remedy="add pieces of another class")
