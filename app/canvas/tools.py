"""What a mouse gesture means: each tool is asked with a frozen `Pointer` and gives a frozen `Answer`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from app.canvas.sketch import NO_SKETCH, Sketch
from app.drawing import Patch
from sscore.polygons import Ring
from sscore.types import Box, Page, Prompt

ToolKey = Literal["select", "box", "points", "brush", "lasso", "polygon", "knife", "corners", "ruler"]
# These mean what is drawn, not what lies under the mouse.
DRAWING: tuple[ToolKey, ...] = ("brush", "lasso", "polygon", "knife", "corners", "ruler")
SMALLEST_BOX = 3.0  # image px: below this a drag was a click
CLICK_SLACK = 4.0  # screen px a click may wander


@dataclass(frozen=True, slots=True)
class Pointer:
    """The mouse in image px; `scale` is screen px per image px; `negative`: right button or Shift; `extend`: Ctrl."""

    x: float
    y: float
    scale: float
    negative: bool = False
    extend: bool = False
    right: bool = False
    shift: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`draft`: prompt to preview; `prompt`: prompt to ask; `pick`: select what lies at this image point; `sketch`: what
    is being drawn, to be shown; `patch`: what was drawn; `redraw`: number of an outline, before and after; `ruler`: the
    line measured, () for none any more; `shift_by`: how far the selected objects are moved, and whether for good;
    `piece`: a box that is answered by itself, beside others; `menu`: show what can be done with the selection."""

    draft: Prompt | None = None
    prompt: Prompt | None = None
    pick: tuple[float, float] | None = None
    extend: bool = False
    cancelled: bool = False
    sketch: Sketch | None = None
    patch: Patch | None = None
    redraw: tuple[int, Ring, Ring] | None = None
    ruler: tuple[tuple[float, float], ...] | None = None
    shift_by: tuple[int, int, bool] | None = None
    piece: Box | None = None
    menu: bool = False


NOTHING = Answer()


class Tool(Protocol):
    key: ToolKey

    @property
    def dragging(self) -> bool:
        """The button is held down, and its release will mean something."""
        ...

    def press(self, at: Pointer, prompt: Prompt) -> Answer: ...

    def move(self, at: Pointer) -> Answer: ...

    def release(self, at: Pointer) -> Answer: ...

    def cancel(self) -> bool:
        """Call off a gesture; False when none is under way."""
        ...


class SelectTool:
    """Click an object to select it; Shift adds to the selection. Dragging a selected object moves the selection. Right
    click: what can be done with it."""

    key: ToolKey = "select"

    def __init__(self, grabs: Callable[[float, float], bool]) -> None:
        self._grabs = grabs
        self._start: Pointer | None = None
        self._dragged = False

    @property
    def dragging(self) -> bool:
        return self._start is not None

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        if at.right:
            return Answer(menu=True, pick=None if self._grabs(at.x, at.y) else (at.x, at.y))
        extend = at.negative or at.extend
        if not extend and self._grabs(at.x, at.y):
            self._start, self._dragged = at, False
            return NOTHING
        return Answer(pick=(at.x, at.y), extend=extend)

    def move(self, at: Pointer) -> Answer:
        return self._shift(at, final=False)

    def release(self, at: Pointer) -> Answer:
        answer = self._shift(at, final=True)
        start, self._start = self._start, None
        return Answer(pick=(start.x, start.y)) if start is not None and answer is NOTHING else answer

    def cancel(self) -> bool:
        active, self._start = self.dragging, None
        return active

    def _shift(self, at: Pointer, *, final: bool) -> Answer:
        if self._start is None:
            return NOTHING
        dx, dy = at.x - self._start.x, at.y - self._start.y
        self._dragged = self._dragged or max(abs(dx), abs(dy)) * at.scale > CLICK_SLACK
        return Answer(shift_by=(round(dx), round(dy), final)) if self._dragged else NOTHING


class PointsTool:
    """Left click: part of the piece. Right click or Shift: not part of it. A click on an existing point removes it."""

    key: ToolKey = "points"
    dragging = False

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        near = point_near(prompt, at)
        return Answer(prompt=without_point(prompt, near) if near is not None else with_point(prompt, at))

    def move(self, at: Pointer) -> Answer:
        return NOTHING

    def release(self, at: Pointer) -> Answer:
        return NOTHING

    def cancel(self) -> bool:
        return False


class BoxTool:
    """Drag a box. Points inside it stay part of the prompt. Right click or Shift-click adds a negative point. With Ctrl
    every box is a piece of its own, so that one can be drawn after the other."""

    key: ToolKey = "box"

    def __init__(self) -> None:
        self._start: Pointer | None = None
        self._prompt = Prompt()
        self._dragged = self._many = False

    @property
    def dragging(self) -> bool:
        return self._start is not None

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        if at.negative:
            near = point_near(prompt, at)
            return Answer(prompt=without_point(prompt, near) if near is not None else with_point(prompt, at))
        self._start, self._prompt, self._dragged = at, prompt, False
        self._many = at.extend
        return NOTHING

    def move(self, at: Pointer) -> Answer:
        if self._start is None:
            return NOTHING
        wandered = max(abs(at.x - self._start.x), abs(at.y - self._start.y)) * at.scale
        self._dragged = self._dragged or wandered > CLICK_SLACK
        box = box_between(self._start, at)
        if not self._dragged or min(box.width, box.height) < SMALLEST_BOX:
            return NOTHING
        return Answer(sketch=_frame(box)) if self._many else Answer(draft=with_box(self._prompt, box))

    def release(self, at: Pointer) -> Answer:
        start, self._start = self._start, None
        if start is None:
            return NOTHING
        if not self._dragged:
            return Answer(pick=(at.x, at.y))
        box = box_between(start, at)
        if min(box.width, box.height) < SMALLEST_BOX:
            return Answer(cancelled=True, sketch=NO_SKETCH)
        if self._many:
            return Answer(sketch=NO_SKETCH, piece=box)
        return Answer(prompt=with_box(self._prompt, box))

    def cancel(self) -> bool:
        active, self._start = self.dragging, None
        return active


def clamped(at: Pointer, page: Page, inside: float = 0.0, beyond: float = 0.0) -> tuple[float, float]:
    """The pointer moved onto the photo; its far edges count as outside by `inside` px (a box may end there, a point
    may not lie there). It may stay `beyond` px away from the photo."""
    x0, x1, y0, y1 = -beyond, page.width - inside + beyond, -beyond, page.height - inside + beyond
    return min(max(at.x, x0), x1), min(max(at.y, y0), y1)


def _frame(box: Box) -> Sketch:
    return Sketch("area", ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)))


def box_between(one: Pointer, other: Pointer) -> Box:
    return Box(min(one.x, other.x), min(one.y, other.y), max(one.x, other.x), max(one.y, other.y))


def with_box(prompt: Prompt, box: Box) -> Prompt:
    """The prompt with this box; points outside it belonged to another thought and go."""
    xy = prompt.points
    inside = (xy[:, 0] >= box.x0) & (xy[:, 0] <= box.x1) & (xy[:, 1] >= box.y0) & (xy[:, 1] <= box.y1)
    return Prompt(points=xy[inside], positive=prompt.positive[inside], box=box)


def with_point(prompt: Prompt, at: Pointer) -> Prompt:
    points = np.concatenate([prompt.points, np.array([[at.x, at.y]], dtype=np.float32)])
    return Prompt(points=points, positive=np.append(prompt.positive, not at.negative), box=prompt.box)


def without_point(prompt: Prompt, index: int) -> Prompt:
    keep = np.arange(len(prompt.points)) != index
    return Prompt(points=prompt.points[keep], positive=prompt.positive[keep], box=prompt.box)


def point_near(prompt: Prompt, at: Pointer, slack: float = 7.0) -> int | None:
    """Index of the prompt point within `slack` screen px of the pointer, the nearest one."""
    if not len(prompt.points):
        return None
    far = np.hypot(prompt.points[:, 0] - at.x, prompt.points[:, 1] - at.y) * at.scale
    index = int(far.argmin())
    return index if far[index] <= slack else None


def hit(page: Page, x: float, y: float, hidden: frozenset[int] = frozenset()) -> int | None:
    """Id of the front-most instance with a pixel at this image point; those of `hidden` are not there."""
    column, row = int(np.floor(x)), int(np.floor(y))
    for annotation in reversed(page.annotations):
        mask = annotation.mask
        i, j = row - mask.top, column - mask.left
        inside = 0 <= i < mask.bits.shape[0] and 0 <= j < mask.bits.shape[1] and mask.bits[i, j]
        if inside and annotation.id not in hidden:
            return annotation.id
    return None
