"""The one door every prompt passes before a segmenter of this program answers it."""

from __future__ import annotations

from sscore.errors import BadPrompt
from sscore.types import Prompt


def checked(prompt: Prompt, image_hw: tuple[int, int]) -> Prompt:
    """The prompt with its box clipped to the image. Raises BadPrompt when nothing of it lies in the image."""
    height, width = image_hw
    if prompt.empty:
        raise BadPrompt("the prompt is empty", remedy="give a box or at least one positive point")
    if prompt.box is None and not prompt.positive.any():
        raise BadPrompt("there are only negative points", remedy="add a box or a positive point")
    x, y = prompt.points[:, 0], prompt.points[:, 1]
    outside = (x < 0) | (y < 0) | (x >= width) | (y >= height)
    if outside.any():
        first = int(outside.argmax())
        raise BadPrompt(f"the point {x[first]:g},{y[first]:g} lies outside the image of {width} x {height} px")
    if prompt.box is None:
        return prompt
    box = prompt.box.clipped(height, width)
    if box.area <= 0:
        raise BadPrompt(f"the box {prompt.box.as_tuple()} has no area inside the image of {width} x {height} px")
    return Prompt(prompt.points, prompt.positive, box, prompt.logits)
