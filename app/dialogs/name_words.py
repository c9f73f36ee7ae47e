"""The words of each class that a text-and-image model compares objects with, edited for this project."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import rows
from sscore import labels as label_sets
from sscore.labels import LabelSet
from sscore.naming import WORDS_FAMILY

if TYPE_CHECKING:
    from app.dialogs.naming import NamingDialog


class NameWords(QWidget):
    """A line of words for every class, and the sentences they are put into."""

    def __init__(self, dialog: NamingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._ready = False
        self._earlier = 0  # how many saves ago the words shown were
        self.intro = QLabel(wordWrap=True)
        self.intro.setProperty("role", "muted")
        sheet = QWidget()
        form = QFormLayout(sheet)
        form.setContentsMargins(0, 0, 10, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        self.lines: dict[str, QLineEdit] = {}
        labels = dialog.session.labels
        for key in labels.keys:
            line = QLineEdit()
            name = rows.name_of(labels, key, dialog.look.lang)
            line.setAccessibleName(self.tr("Words for {name}").format(name=name))
            line.setToolTip(self.tr("Chinese words for this class, several separated by ;"))
            line.textChanged.connect(self._show_ready)
            form.addRow(name, line)
            self.lines[key] = line
        self.templates = QPlainTextEdit()
        self.templates.setFixedHeight(96)
        self.templates.setTabChangesFocus(True)
        self.templates.setAccessibleName(self.tr("Sentences"))
        self.templates.setToolTip(self.tr("One sentence a line; a class's words are put where {} stands"))
        self.templates.textChanged.connect(self._show_ready)
        form.addRow(self.tr("Sentences"), self.templates)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(sheet)
        self._sheet = sheet
        self.back = QPushButton(self.tr("As they were"))
        self.back.setToolTip(
            self.tr("The words that hold now, without what was typed since; then those before they were saved")
        )
        self.back.setAutoDefault(False)
        self.back.clicked.connect(self._go_back)
        self.save = QPushButton(self.tr("Save the words"))
        self.save.setAutoDefault(False)
        self.save.setProperty("primary", "true")
        self.save.setToolTip(self.tr("In a label file of this project's own; the set that ships stays as it is"))
        self.save.clicked.connect(self._save)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        self._shipped = _shipped_like(labels)
        self.shipped = QPushButton(self.tr("As shipped"))
        self.shipped.setToolTip(
            self.tr("The words of the label set that comes with the program; save them to use them")
        )
        self.shipped.setAutoDefault(False)
        self.shipped.clicked.connect(lambda: self._show(self._shipped or self._dialog.session.labels))
        self.shipped.setVisible(self._shipped is not None)
        buttons.addWidget(self.shipped)
        buttons.addStretch()
        buttons.addWidget(self.back)
        buttons.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.intro)
        column.addWidget(area, 1)
        column.addLayout(buttons)
        self._fill()

    def _fill(self) -> None:
        """What holds now."""
        self._earlier = 0
        self._show(self._dialog.session.labels)

    def _go_back(self) -> None:
        """To what holds now; from there to the words before each time they were saved, the last first."""
        before = self._dialog.names.words_before
        shown = (self._dialog.session.labels, *reversed(before))[self._earlier]
        if _told(self.words()) != _told(shown):
            self._fill()
        elif self._earlier < len(before):
            self._earlier += 1
            self._show(before[-self._earlier])

    def _show(self, labels: LabelSet) -> None:
        for key, line in self.lines.items():
            line.setText("; ".join(labels.get(key).texts))
            line.setCursorPosition(0)
        self.templates.setPlainText("\n".join(labels.templates))

    def words(self) -> LabelSet:
        """The classes of the project with the words as they stand here."""
        labels = self._dialog.session.labels
        found = {key: tuple(_parts(line.text(), "[;；]")) for key, line in self.lines.items()}
        named = tuple(replace(label, texts=found[label.key]) for label in labels.labels)
        return replace(labels, labels=named, templates=tuple(_parts(self.templates.toPlainText(), "\n")))

    def forget(self) -> None:
        """Another model was chosen; the words are the project's and stay."""

    def set_ready(self, ready: bool) -> None:
        card = self._dialog.card
        uses = card is not None and card.family == WORDS_FAMILY
        self._ready = ready and uses
        if uses:
            text = self.tr(
                "The model compares each object with these Chinese words, put into the sentences. They hold for this "
                'project; under "Name again" you see what other words change.'
            )
        else:
            text = self.tr(
                "{model} knows its classes by itself and does not go by words. A CN-CLIP model does: get one in the "
                "model manager and choose it above."
            ).format(model=card.id if card is not None else "")
        self.intro.setText(text)
        self._sheet.setEnabled(uses)
        self._show_ready()

    def _show_ready(self) -> None:
        now = self.words()
        other = now != self._dialog.session.labels
        self.shipped.setEnabled(self._ready and self._shipped is not None and _told(now) != _told(self._shipped))
        self.save.setEnabled(self._ready and other)
        self.back.setEnabled(self._ready and (other or bool(self._dialog.names.words_before)))

    def _trouble(self, words: LabelSet) -> str:
        """Why no model could go by these words, "" when one can."""
        lang = self._dialog.look.lang
        if without := [rows.name_of(words, label.key, lang) for label in words.labels if not label.texts]:
            return self.tr("Each class needs a word at least: {classes}").format(classes=self.tr(", ").join(without))
        if not words.templates:
            return self.tr("One sentence at least is needed, as {}")
        if wrong := [sentence for sentence in words.templates if sentence.count("{}") != 1]:
            return self.tr("Each sentence needs {} once, where the word goes:") + " " + wrong[0]
        return ""

    def _save(self) -> None:
        dialog, words = self._dialog, self.words()
        if trouble := self._trouble(words):
            dialog.say(trouble, "danger")
            return

        def done() -> None:
            self._fill()
            self._show_ready()
            dialog.again.forget()
            dialog.sure.forget()
            dialog.say(self.tr('Saved. "Name again" shows what these words change.'), "ok")

        dialog.names.set_words(words, done, dialog.say_error)


def _parts(text: str, by: str) -> list[str]:
    return [part.strip() for part in re.split(by, text) if part.strip()]


def _shipped_like(labels: LabelSet) -> LabelSet | None:
    """The set of that key that ships, if its classes are the same."""
    if labels.key not in label_sets.available():
        return None
    found = label_sets.load(labels.key)
    return found if found.keys == labels.keys else None


def _told(labels: LabelSet) -> tuple[object, ...]:
    return (*(label.texts for label in labels.labels), labels.templates)
