"""Measuring: how long the line is, how long and wide the selected object, and what a pixel is in mm."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QPushButton

from app.actions import native
from app.canvas.foot_bar import FootBar
from app.canvas.view import CanvasView
from app.look import Look
from app.session import Session
from sscore import edits, measure


class RulerBar(FootBar):
    """At the foot of the canvas while the ruler is in hand."""

    def __init__(self, session: Session, look: Look, canvas: CanvasView) -> None:
        super().__init__(canvas.viewport())
        self._session, self._canvas = session, canvas
        self._line: tuple[tuple[float, float], ...] = ()
        self._last: float | None = None  # mm per px, of the photo that got a scale last
        self.news, self.scale, self.name = QLabel(), QLabel(), QLabel()
        self.news.setProperty("role", "title")
        self.scale.setProperty("role", "muted")
        self.length = QDoubleSpinBox()
        self.length.setRange(0.0, 1_000_000.0)
        self.length.setDecimals(1)
        self.length.setSuffix(" mm")
        self.length.setMaximumWidth(128)
        self.length.lineEdit().setTextMargins(6, 0, 0, 0)
        self.put, self.same, self.forget = QPushButton(), QPushButton(), QPushButton()
        self.put.setProperty("primary", "true")
        self.put.clicked.connect(self.set_scale)
        self.same.clicked.connect(lambda: self._store(self._last))
        self.forget.clicked.connect(lambda: self._store(None))
        given, does = (self.name, self.length), (self.put, self.same, self.forget)
        self.arrange((self.news,), given, does, foot=self.scale, wrapping=(self.news, self.scale))
        canvas.measured.connect(self._on_line)
        canvas.gestures.ruled.connect(self._on_ruled)
        canvas.tool_changed.connect(lambda _tool: self._on_tool())
        session.selection_changed.connect(lambda _ids: self._keep_up())
        session.page_changed.connect(lambda _page: self._keep_up())
        session.image_changed.connect(lambda _image: self._on_line(()))
        look.changed.connect(self.refresh)
        self.refresh()
        self.hide()

    @property
    def pixels(self) -> float:
        """Length of the line, px; 0 without one."""
        return measure.distance(*self._line[0], *self._line[1]) if self._line else 0.0

    def _keep_up(self) -> None:
        """With selection and page, while somebody looks: measuring an object at each edit costs time."""
        if not self.isHidden():
            self.refresh()

    def refresh(self) -> None:
        """Words and numbers anew."""
        page = self._session.page
        known = measure.scale_of(page) if page is not None else None
        self.news.setText(self._news(known))
        self.scale.setText(self._scale_words(known))
        self.name.setText(self.tr("True length"))
        self.length.setAccessibleName(self.tr("True length of the line"))
        self.put.setText(self.tr("Set the scale ({key})").format(key=native("Enter")))
        self.put.setToolTip(self.tr("From now on lengths on this photo are in mm"))
        self.forget.setText(self.tr("Forget the scale"))
        for widget in (self.name, self.length, self.put):
            widget.setVisible(bool(self._line))
        self.same.setVisible(page is not None and known is None and self._last is not None)
        if self._last is not None:
            self.same.setText(self.tr("As before: {value} mm/px").format(value=f"{self._last:.4g}"))
        self.forget.setVisible(known is not None)
        if self.isVisible():
            self._canvas.overlays.place()

    def _news(self, known: float | None) -> str:
        page, chosen = self._session.page, self._session.selection
        if self._line:
            return self.tr("Line: {length}").format(length=_length(self.pixels, known))
        found = page.find(chosen[-1]) if page is not None and chosen else None
        if found is None:
            return self.tr("Drag a line, or click an object")
        size = measure.extent(found.mask)
        text = self.tr("Object #{id}: {length} long, {width} wide, at {angle}°")
        return text.format(
            id=found.id, length=_length(size.length, known), width=_length(size.width, known), angle=f"{size.angle:.0f}"
        )

    def _scale_words(self, known: float | None) -> str:
        if known is None:
            return self.tr("No scale yet: draw along something of known length and type that length.")
        text = self.tr("1 px is {value} mm. True for what lies as far away as the reference did.")
        return text.format(value=f"{known:.4g}")

    def set_scale(self) -> None:
        """The line is as long as was typed."""
        if self._line and self.length.value() > 0:
            self._store(measure.scale_from(self.pixels, self.length.value()))
            self._canvas.setFocus()
        elif self._line:
            self._session.whisper.emit(self.tr("Type the true length first."))

    def entered(self) -> None:
        self.set_scale()

    def _on_ruled(self) -> None:
        """The line is drawn: what is typed now is its length, not the class of an object."""
        self.length.setFocus(Qt.FocusReason.OtherFocusReason)
        self.length.selectAll()

    def _store(self, scale: float | None) -> None:
        page = self._session.page
        if page is None:
            return
        self._last = scale or self._last
        title = self.tr("set the scale") if scale else self.tr("forget the scale")
        self._session.edit(title, edits.set_extra(page, measure.SCALE, scale))

    def _on_line(self, line: tuple[tuple[float, float], ...]) -> None:
        self._line = line
        self.refresh()

    def _on_tool(self) -> None:
        if self.isVisible():
            self._canvas.setFocus()  # before the field that may have it goes
        self.setVisible(self._canvas.tool == "ruler")
        self._line = ()
        self.refresh()


def _length(pixels: float, scale: float | None) -> str:
    """ "123.4 px", with "56.7 mm" first where the scale is known."""
    px = f"{pixels:.1f} px"
    return px if scale is None else f"{pixels * scale:.1f} mm ({px})"
