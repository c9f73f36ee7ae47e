"""Tools that draw on masks themselves. Like all tools they get a frozen `Pointer` and give a frozen `Answer`; what an
answer's `Patch` means for the page is `app.drawing`'s business."""

from __future__ import annotations

import math
from collections.abc import Callable

from app.canvas.sketch import NO_SKETCH, Sketch
from app.canvas.tools import CLICK_SLACK, NOTHING, Answer, Pointer, ToolKey
from app.drawing import Patch
from sscore import outlines
from sscore.polygons import Ring
from sscore.types import Prompt

_CORNER_SLACK = 8.0  # screen px around a corner or line that still mean it
_CLOSE_SLACK = 10.0
Point = tuple[float, float]


class BrushTool:
    """Drag: add what the brush covers. Ctrl or the right button erases."""

    key: ToolKey = "brush"

    def __init__(self, radius: Callable[[], float]) -> None:
        self._radius = radius
        self._points: list[Point] = []
        self._erase = False

    @property
    def dragging(self) -> bool:
        return bool(self._points)

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        self._points, self._erase = [(at.x, at.y)], at.extend or at.right
        return Answer(sketch=self._sketch())

    def move(self, at: Pointer) -> Answer:
        if not self._points:
            return NOTHING
        x, y = self._points[-1]
        # Points closer than this would change nothing that can be seen.
        if math.hypot(at.x - x, at.y - y) >= max(0.5, 0.12 * self._radius()):
            self._points.append((at.x, at.y))
        return Answer(sketch=self._sketch())

    def release(self, at: Pointer) -> Answer:
        if not self._points:
            return NOTHING
        points, self._points = tuple(self._points), []
        return Answer(sketch=NO_SKETCH, patch=Patch("stroke", points, self._erase, self._radius()))

    def cancel(self) -> bool:
        active, self._points = bool(self._points), []
        return active

    def _sketch(self) -> Sketch:
        return Sketch("stroke", tuple(self._points), erase=self._erase, radius=self._radius())


class LassoTool:
    """Draw around something: add it. Ctrl or the right button takes it away."""

    key: ToolKey = "lasso"

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._erase = False

    @property
    def dragging(self) -> bool:
        return bool(self._points)

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        self._points, self._erase = [(at.x, at.y)], at.extend or at.right
        return NOTHING

    def move(self, at: Pointer) -> Answer:
        if not self._points:
            return NOTHING
        x, y = self._points[-1]
        if math.hypot(at.x - x, at.y - y) * at.scale >= 1.5:
            self._points.append((at.x, at.y))
        return Answer(sketch=Sketch("area", tuple(self._points), erase=self._erase))

    def release(self, at: Pointer) -> Answer:
        points, self._points = tuple(self._points), []
        if not points:
            return NOTHING
        wandered = max(max(abs(x - points[0][0]), abs(y - points[0][1])) for x, y in points) * at.scale
        if wandered <= CLICK_SLACK:
            return Answer(sketch=NO_SKETCH, pick=points[0], extend=at.shift)
        return Answer(sketch=NO_SKETCH, patch=Patch("area", points, self._erase))

    def cancel(self) -> bool:
        active, self._points = bool(self._points), []
        return active


class KnifeTool:
    """Draw a line through an object: it falls in two. Shift: a straight one; a click picks the object to cut."""

    key: ToolKey = "knife"

    def __init__(self) -> None:
        self._points: list[Point] = []

    @property
    def dragging(self) -> bool:
        return bool(self._points)

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        self._points = [] if at.right else [(at.x, at.y)]
        return NOTHING

    def move(self, at: Pointer) -> Answer:
        if not self._points:
            return NOTHING
        if at.shift:
            self._points[1:] = [_snapped(self._points[0], at)]
        elif not _near(at, self._points[-1], 1.5):
            self._points.append((at.x, at.y))
        return Answer(sketch=Sketch("corners", tuple(self._points)))

    def release(self, at: Pointer) -> Answer:
        points, self._points = tuple(self._points), []
        if not points:
            return NOTHING
        if all(_near(at, point, CLICK_SLACK) for point in points):
            return Answer(sketch=NO_SKETCH, pick=points[0], extend=at.shift)
        return Answer(sketch=NO_SKETCH, patch=Patch("cut", points))

    def cancel(self) -> bool:
        active, self._points = bool(self._points), []
        return active


class PolygonTool:
    """Click corner by corner. A click on the first corner, a double click or Enter closes; Ctrl then takes away."""

    key: ToolKey = "polygon"
    dragging = False  # it is made of clicks

    def __init__(self) -> None:
        self._points: list[Point] = []

    @property
    def drawing(self) -> bool:
        return bool(self._points)

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        if at.right:
            return self.step_back()
        if len(self._points) >= 3 and _near(at, self._points[0], _CLOSE_SLACK):
            return self.close(erase=at.extend)
        if self._points and _near(at, self._points[-1], 2.0):  # the second click of a double click
            return self.close(erase=at.extend) if len(self._points) >= 3 else NOTHING
        self._points.append(self._next(at))
        return Answer(sketch=self._sketch(None))

    def move(self, at: Pointer) -> Answer:
        if len(self._points) >= 3 and _near(at, self._points[0], _CLOSE_SLACK):  # what a click here would close
            closed = tuple(self._points)
            return Answer(sketch=Sketch("area", closed, erase=at.extend, knobs=closed))
        return Answer(sketch=self._sketch(self._next(at))) if self._points else NOTHING

    def release(self, at: Pointer) -> Answer:
        return NOTHING

    def close(self, *, erase: bool = False) -> Answer:
        """Enter: done with fewer than three corners means called off."""
        points, self._points = tuple(self._points), []
        if len(points) < 3:
            return Answer(sketch=NO_SKETCH)
        return Answer(sketch=NO_SKETCH, patch=Patch("area", points, erase))

    def step_back(self) -> Answer:
        """Backspace: without the last corner."""
        if self._points:
            self._points.pop()
        return Answer(sketch=self._sketch(None) if self._points else NO_SKETCH)

    def cancel(self) -> bool:
        active, self._points = bool(self._points), []
        return active

    def _sketch(self, at: Point | None) -> Sketch:
        return Sketch("corners", (*self._points, at) if at else tuple(self._points), knobs=tuple(self._points))

    def _next(self, at: Pointer) -> Point:
        return _snapped(self._points[-1], at) if at.shift and self._points else (at.x, at.y)


class CornersTool:
    """Corners of the selected object's outline: drag one; click the line for a new one; right click takes one away."""

    key: ToolKey = "corners"

    def __init__(self, rings: Callable[[], list[Ring]]) -> None:
        self._rings = rings
        self._ring: int | None = None
        self._corner = 0
        self._before: Ring | None = None
        self._after: Ring | None = None

    @property
    def dragging(self) -> bool:
        return self._ring is not None

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        rings = self._rings()
        corner = outlines.nearest_corner(rings, at.x, at.y)
        on_corner = corner is not None and corner[2] * at.scale <= _CORNER_SLACK
        if corner is not None and on_corner and (at.right or at.extend):
            before = rings[corner[0]]
            after = outlines.without_corner(before, corner[1])
            return Answer(redraw=(corner[0], before, after)) if after is not None else NOTHING
        if at.right:
            return NOTHING
        if corner is not None and on_corner:
            self._take(corner[0], corner[1], rings[corner[0]], rings[corner[0]])
            return NOTHING
        edge = outlines.nearest_edge(rings, at.x, at.y)
        if edge is None or edge[2] * at.scale > _CORNER_SLACK:
            return Answer(pick=(at.x, at.y), extend=at.shift)
        before = rings[edge[0]]
        self._take(edge[0], edge[1], before, outlines.with_corner(before, edge[1], at.x, at.y))
        return self._answer()

    def move(self, at: Pointer) -> Answer:
        if self._after is None:
            return NOTHING
        self._after = outlines.moved(self._after, self._corner, at.x, at.y)
        return self._answer()

    def release(self, at: Pointer) -> Answer:
        ring, before, after = self._ring, self._before, self._after
        self.cancel()
        if ring is None or before is None or after is None or before is after:
            return NOTHING
        return Answer(sketch=NO_SKETCH, redraw=(ring, before, after))

    def cancel(self) -> bool:
        active, self._ring, self._before, self._after = self._ring is not None, None, None, None
        return active

    def _take(self, ring: int, corner: int, before: Ring, after: Ring) -> None:
        self._ring, self._corner, self._before, self._after = ring, corner, before, after

    def _answer(self) -> Answer:
        assert self._after is not None
        points = tuple((x, y) for x, y in self._after.points.tolist())
        return Answer(sketch=Sketch("area", points, knobs=(points[self._corner],)))


class RulerTool:
    """Drag a line to measure; a click picks the object to measure. Shift: only level, upright or at 45 degrees."""

    key: ToolKey = "ruler"

    def __init__(self) -> None:
        self._start: Pointer | None = None

    @property
    def dragging(self) -> bool:
        return self._start is not None

    def press(self, at: Pointer, prompt: Prompt) -> Answer:
        self._start = at
        return NOTHING

    def move(self, at: Pointer) -> Answer:
        if self._start is None or not self._dragged(at):
            return NOTHING
        line = self._line(at)
        return Answer(sketch=Sketch("ruler", line), ruler=line)

    def release(self, at: Pointer) -> Answer:
        start = self._start
        if start is None:
            return NOTHING
        dragged, line = self._dragged(at), self._line(at)
        self._start = None
        if not dragged:
            return Answer(sketch=NO_SKETCH, pick=(start.x, start.y), ruler=())
        return Answer(sketch=Sketch("ruler", line), ruler=line)

    def cancel(self) -> bool:
        active, self._start = self._start is not None, None
        return active

    def _dragged(self, at: Pointer) -> bool:
        return self._start is not None and not _near(at, (self._start.x, self._start.y), CLICK_SLACK)

    def _line(self, at: Pointer) -> tuple[Point, Point]:
        assert self._start is not None
        start = (self._start.x, self._start.y)
        return start, _snapped(start, at) if at.shift else (at.x, at.y)


def _near(at: Pointer, point: Point, slack: float) -> bool:
    return math.hypot(at.x - point[0], at.y - point[1]) * at.scale <= slack


def _snapped(start: Point, at: Pointer) -> Point:
    """The pointer turned about `start` to the nearest multiple of 45 degrees."""
    far, angle = math.hypot(at.x - start[0], at.y - start[1]), math.atan2(at.y - start[1], at.x - start[0])
    angle = round(angle / (math.pi / 4)) * (math.pi / 4)
    return start[0] + far * math.cos(angle), start[1] + far * math.sin(angle)
