"""How the canvas shows things: a small panel that hangs from the toolbar. The photos themselves stay as they are."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app import colouring
from app.look import Look
from app.settings import Settings

# Setting, smallest, largest, in hundredths (of gamma: of its logarithm to this base).
_SLIDERS = (("opacity", 0, 100), ("brightness", -100, 100), ("contrast", -100, 100), ("gamma", -100, 100))
_GAMMA = 3.0  # at the right end of its slider, 1 in the middle, a third at the left end
_TONES = ("brightness", "contrast", "gamma")
_CHECKS = ("outline_only", "show_names", "minimap", "pixel_grid", "hover_preview")


class DisplayPanel(QFrame):
    """Each control writes its setting at once; the canvas follows."""

    def __init__(self, settings: Settings, look: Look, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self._settings = settings
        self._titles = {"objects": QLabel(), "photo": QLabel()}
        for title in self._titles.values():
            title.setProperty("role", "title")
        self._names = {key: QLabel() for key in ("colour_by", *(row[0] for row in _SLIDERS))}
        self._values = {row[0]: QLabel() for row in _SLIDERS}
        self.sliders: dict[str, QSlider] = {}
        for key, low, high in _SLIDERS:
            slider = self.sliders[key] = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(low, high)
            slider.setMinimumWidth(170)
            slider.valueChanged.connect(lambda value, k=key: settings.set(k, _setting(k, value)))
            self._values[key].setProperty("role", "muted")
            self._values[key].setMinimumWidth(40)
            self._values[key].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.ways = QComboBox()
        for way in colouring.WAYS:
            self.ways.addItem("", way)
        self.ways.activated.connect(lambda _index: settings.set("colour_by", self.ways.currentData()))
        self.checks: dict[str, QCheckBox] = {}
        for key in _CHECKS:
            self.checks[key] = QCheckBox()
            self.checks[key].toggled.connect(lambda on, k=key: settings.set(k, on))
        self.reset = QPushButton()
        self.reset.clicked.connect(self.plain)
        self._lay_out()
        settings.changed.connect(self._on_setting)
        look.changed.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.addWidget(self._titles["objects"], 0, 0, 1, 3)
        grid.addWidget(self._names["colour_by"], 1, 0)
        grid.addWidget(self.ways, 1, 1, 1, 2)
        self._slider_row(grid, 2, "opacity")
        grid.setRowMinimumHeight(3, 34)  # a new part begins
        grid.addWidget(self._titles["photo"], 3, 0, 1, 3, Qt.AlignmentFlag.AlignBottom)
        for row, key in enumerate(_TONES, 4):
            self._slider_row(grid, row, key)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self.reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(8)
        column.addLayout(grid)
        column.addLayout(foot)
        column.addSpacing(4)
        for check in self.checks.values():
            column.addWidget(check)

    def _slider_row(self, grid: QGridLayout, row: int, key: str) -> None:
        grid.addWidget(self._names[key], row, 0)
        grid.addWidget(self.sliders[key], row, 1)
        grid.addWidget(self._values[key], row, 2)

    def refresh(self) -> None:
        """Words anew."""
        self._titles["objects"].setText(self.tr("Objects"))
        self._titles["photo"].setText(self.tr("Photo (on screen only)"))
        names = {
            "colour_by": self.tr("Colour by"),
            "opacity": self.tr("Opacity"),
            "brightness": self.tr("Brightness"),
            "contrast": self.tr("Contrast"),
            "gamma": self.tr("Gamma"),
        }
        for key, label in self._names.items():
            label.setText(names[key])
        for key, slider in self.sliders.items():
            slider.setAccessibleName(names[key])
        self.sliders["gamma"].setToolTip(self.tr("Above 1 opens dark piles without washing out what is bright"))
        self.ways.setAccessibleName(names["colour_by"])
        for index, text in enumerate((self.tr("Class"), self.tr("Object"), self.tr("Status"))):
            self.ways.setItemText(index, text)
        checks = {
            "outline_only": self.tr("Outlines only"),
            "show_names": self.tr("Names of all objects"),
            "minimap": self.tr("Overview map"),
            "pixel_grid": self.tr("Pixel grid when zoomed in"),
            "hover_preview": self.tr("Point tool: preview the mask under the mouse"),
        }
        for key, check in self.checks.items():
            check.setText(checks[key])
        self.reset.setText(self.tr("As photographed"))
        self._show()

    def plain(self) -> None:
        """Brightness, contrast and gamma as the photo has them."""
        for key, value in zip(_TONES, (0.0, 0.0, 1.0), strict=True):
            self._settings.set(key, value)

    def _on_setting(self, key: str) -> None:
        if key in self.sliders or key in self.checks or key == "colour_by":
            self._show()

    def _show(self) -> None:
        get = self._settings.get
        for key, slider in self.sliders.items():
            slider.blockSignals(True)
            slider.setValue(_position(key, get(key)))
            slider.blockSignals(False)
            text = f"{get(key):.2f}" if key == "gamma" else f"{100 * get(key):+.0f}".replace("+0", "0")
            self._values[key].setText(f"{100 * get(key):.0f} %" if key == "opacity" else text)
        for key, check in self.checks.items():
            check.blockSignals(True)
            check.setChecked(get(key))
            check.blockSignals(False)
        self.ways.setCurrentIndex(colouring.WAYS.index(get("colour_by")))
        self.reset.setEnabled((get("brightness"), get("contrast"), get("gamma")) != (0.0, 0.0, 1.0))

    def open_below(self, at: QPoint) -> None:
        """at: global px of the upper right corner."""
        self._show()
        self.adjustSize()
        self.move(at - QPoint(self.width(), 0))
        self.show()
        self.sliders["opacity"].setFocus(Qt.FocusReason.PopupFocusReason)


def _setting(key: str, position: int) -> float:
    """What a slider stands for."""
    return round(_GAMMA ** (position / 100), 2) if key == "gamma" else position / 100


def _position(key: str, value: float) -> int:
    return round(100 * (math.log(max(value, 0.01), _GAMMA) if key == "gamma" else value))
