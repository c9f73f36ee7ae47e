"""Settings: everything at a glance, applied at once."""

from __future__ import annotations

import os

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app import fit
from app.assistant import Assistant
from app.look import Look
from app.settings import Settings, apply_threads
from sscore import paths

_FRAME = 40  # px that a window's title takes at most


class SettingsDialog(QDialog):
    """One control for each setting. There is no OK: what is changed counts, and is seen, at once."""

    def __init__(self, settings: Settings, assistant: Assistant, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._assistant, self._look = settings, assistant, look
        self.controls: dict[str, QWidget] = {}
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(5)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._close = QPushButton()
        self._close.setDefault(True)
        self._close.clicked.connect(self.accept)
        self._where = QLabel(wordWrap=True)
        self._where.setProperty("role", "muted")
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        foot = QHBoxLayout()
        foot.addWidget(self._where, 1)
        foot.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(26, 18, 26, 16)
        column.setSpacing(12)
        self._sheet = QWidget()
        self._sheet.setObjectName("plain")
        self._sheet.setLayout(self._form)
        self._form.setContentsMargins(0, 0, 10, 0)  # room for the scroll bar
        scroll = QScrollArea(widgetResizable=True, frameShape=QFrame.Shape.NoFrame)
        scroll.setObjectName("plain")
        scroll.setWidget(self._sheet)
        column.addWidget(scroll, 1)
        column.addLayout(foot)
        self.setMinimumWidth(560)
        look.changed.connect(self._build_soon)
        assistant.models_changed.connect(self._fill_models)
        self._build()

    def _build_soon(self) -> None:
        """Not at once: the box that changed the language is among what is built anew."""
        QTimer.singleShot(0, self, self._build)

    def _build(self) -> None:
        """All controls anew, in the language of now."""
        had = self.focusWidget()
        focused = next((key for key, control in self.controls.items() if control is had), "")
        while self._form.rowCount():
            self._form.removeRow(0)
        self.controls.clear()
        self.setWindowTitle(self.tr("Settings"))
        self._close.setText(self.tr("Close"))
        self._where.setText(self.tr("Kept in {file}").format(file=paths.user_data() / "studio.ini"))
        system = self.tr("As the system")
        self._section(self.tr("You"))
        self._text("author", self.tr("Your name"), self.tr("It is noted with everything you accept or review"))
        languages = {"system": system, "zh": "中文", "en": "English"}
        self._choice("language", self.tr("Language"), languages)
        themes = {"system": system, "light": self.tr("Light"), "dark": self.tr("Dark")}
        self._choice("theme", self.tr("Theme"), themes)
        self._section(self.tr("Models"))
        self._choice("segmenter", self.tr("Masks"), {})
        self._choice("classifier", self.tr("Classes"), {})
        self.fits = QLabel(wordWrap=True)
        self.fits.setStyleSheet(f"color: {self._look.colours.warn};")
        self._form.addRow("", self.fits)
        self._fill_models()
        devices = {
            "auto": self.tr("The fastest"),
            "cpu": self.tr("Processor"),
            "cuda": self.tr("NVIDIA graphics card"),
            "gpu": self.tr("Intel graphics"),
        }
        self._choice("device", self.tr("Run on"), devices)
        self._whole("threads", self.tr("Threads"), 0, os.cpu_count() or 1, self.tr("automatic"))
        self._share("unknown_below", self.tr("Unknown below"), self.tr("A class less probable than this is no class"))
        self._tick("preview_while_dragging", self.tr("Show the mask while a box is being drawn"))
        self._tick("zoom_small", self.tr("Look closer at small pieces"))
        self._tick("prefetch", self.tr("Prepare the neighbouring photos ahead"))
        self._section(self.tr("Memory and saving"))
        self._number("embeddings_in_memory_gb", self.tr("Prepared photos in memory"), 0.0, 64.0, 0.5)
        self._number("embeddings_on_disk_gb", self.tr("Prepared photos on disk"), 0.0, 2000.0, 5.0)
        self._form.addRow(self.tr("Saving"), QLabel(self.tr("Always at once, after every edit"), wordWrap=True))
        if focused:
            self.controls[focused].setFocus()
        self._fit()

    def _fit(self) -> None:
        """As high as all of it, unless the screen is too low for that: then one scrolls."""
        around = self.sizeHint().height() - self.findChild(QScrollArea).sizeHint().height()
        room = self.screen().availableGeometry().height() - _FRAME
        self.resize(max(self.width(), 560), min(self._sheet.sizeHint().height() + around, room))

    def _section(self, title: str) -> None:
        label = QLabel(title)
        label.setProperty("role", "title")
        if self._form.rowCount():
            label.setContentsMargins(0, 8, 0, 0)
        self._form.addRow(label)

    def _add(self, key: str, name: str, control: QWidget, tip: str = "") -> None:
        control.setAccessibleName(name)
        if tip:
            control.setToolTip(tip)
        self.controls[key] = control
        if isinstance(control, QCheckBox):
            self._form.addRow("", control)
        else:
            self._form.addRow(name, control)

    def _text(self, key: str, name: str, tip: str) -> None:
        line = QLineEdit(self._settings.get(key))
        line.editingFinished.connect(lambda: self._settings.set(key, line.text().strip() or self._settings.get(key)))
        self._add(key, name, line, tip)

    def _choice(self, key: str, name: str, choices: dict[str, str]) -> None:
        box = QComboBox()
        for value, text in choices.items():
            box.addItem(text, value)
        box.setCurrentIndex(max(box.findData(self._settings.get(key)), 0))
        box.activated.connect(lambda _at: self._chosen(key, box.currentData()))
        self._add(key, name, box)

    def _chosen(self, key: str, value: str) -> None:
        if key == "segmenter" or key == "classifier":
            self._assistant.load(key, value)
            return
        self._settings.set(key, value)
        if key == "device":
            self._reload()

    def _reload(self) -> None:
        """The models of now, on another device or with other threads."""
        if present := self._assistant.present("segmenter"):
            self._assistant.load("segmenter", present)
        if present := self._assistant.present("classifier"):
            self._assistant.load("classifier", present)

    def _fill_models(self) -> None:
        for kind in ("segmenter", "classifier"):
            box = self.controls.get(kind)
            if isinstance(box, QComboBox):
                box.clear()
                box.addItems([])
                for card in self._assistant.cards:
                    if card.kind == kind:
                        box.addItem(card.id, card.id)
                box.setCurrentIndex(box.findData(self._assistant.present(kind)))
        labels, strangers = self._assistant.labels, self._assistant.strangers
        if labels is not None and strangers:
            self.fits.setText(fit.advice(labels, strangers, self._look.lang))
        self._form.setRowVisible(self.fits, bool(strangers))

    def _whole(self, key: str, name: str, least: int, most: int, special: str) -> None:
        box = QSpinBox(minimum=least, maximum=most, value=self._settings.get(key), specialValueText=special)
        box.lineEdit().setTextMargins(6, 0, 0, 0)
        box.editingFinished.connect(lambda: self._set_threads(box.value()))
        self._add(key, name, box)

    def _set_threads(self, count: int) -> None:
        if count != self._settings.get("threads"):
            self._settings.set("threads", count)
            apply_threads(self._settings)
            self._reload()

    def _number(self, key: str, name: str, least: float, most: float, step: float) -> None:
        box = QDoubleSpinBox(minimum=least, maximum=most, singleStep=step, decimals=1, suffix=" GB")
        box.setValue(self._settings.get(key))
        box.lineEdit().setTextMargins(6, 0, 0, 0)
        box.editingFinished.connect(lambda: self._settings.set(key, box.value()))
        self._add(key, name, box)

    def _share(self, key: str, name: str, tip: str) -> None:
        slider = QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=95)
        slider.setValue(round(self._settings.get(key) * 100))
        said = QLabel(f"{slider.value()} %")
        said.setMinimumWidth(44)
        said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        slider.valueChanged.connect(lambda value: said.setText(f"{value} %"))
        slider.valueChanged.connect(lambda value: self._settings.set(key, value / 100))
        slider.setAccessibleName(name)
        slider.setToolTip(tip)
        row = QHBoxLayout()
        row.addWidget(slider, 1)
        row.addWidget(said)
        self.controls[key] = slider
        self._form.addRow(name, row)

    def _tick(self, key: str, name: str) -> None:
        box = QCheckBox(name)
        box.setChecked(self._settings.get(key))
        box.toggled.connect(lambda on: self._settings.set(key, on))
        self._add(key, name, box)
