"""The user guide in a window of its own: the same page that people read on the web, with its pictures."""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QImageReader,
    QResizeEvent,
    QShowEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QTextBrowser, QWidget

from app.look import Look
from sscore import paths

_LANGUAGES = ("zh", "en")
_WIDTH, _HEIGHT, _SCREEN = 1080, 640, 0.94
_WIDEST = 1000  # px of a line: longer ones are hard to read
_MARGIN = 22  # px around the text
_LEADING = 120  # % of a line
_GAP = 8  # px between paragraphs
_RESIZED_MS = 120
_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for a picture


def guide_file(lang: str) -> Path:
    """lang: "zh" or "en". It ships with the resources; in a checkout it lies where the web shows it."""
    shipped = paths.resources() / f"guide.{lang}.md"
    return shipped if shipped.is_file() else paths.resources().parent / "packaging" / shipped.name


class GuideDialog(QDialog):
    """Headings at the left, the page at the right. It may stay open while one tries what it says."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._spoken = self._shown = look.lang  # by the window, in this one
        self.contents = QListWidget()
        self.contents.setFixedWidth(220)
        self.contents.setWordWrap(True)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = GuidePage()
        self._headings: list[QTextBlock] = []
        self._stale = False
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(12)
        row.addWidget(self.contents)
        row.addWidget(self.page, 1)
        room = self.screen().availableGeometry().size() * _SCREEN
        self.resize(min(_WIDTH, room.width()), min(_HEIGHT, room.height()))
        self.page.anchorClicked.connect(self._follow)
        self.page.verticalScrollBar().valueChanged.connect(self._mark)
        self.contents.itemActivated.connect(self._go)
        self.contents.itemClicked.connect(self._go)
        look.changed.connect(self._on_look)
        self.read(look.lang)
        self.page.setFocus()

    def _on_look(self) -> None:
        """Another language of the window is followed; other colours alone change nothing of what one reads."""
        if self._look.lang != self._spoken:
            self._spoken = self._shown = self._look.lang
        self._stale = not self.isVisible()
        if not self._stale:
            self.read(self._shown)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        if self._stale:  # it takes a while, and may never be wanted
            self._stale = False
            self.read(self._shown)
        super().showEvent(event)

    def read(self, lang: str) -> None:
        """The guide in this language, at the place where one is."""
        place = self.page.place(self._headings)
        self._shown = lang
        self.setWindowTitle(self.tr("User guide"))
        self.contents.setAccessibleName(self.tr("Contents"))
        self.page.setAccessibleName(self.tr("User guide"))
        self.page.read(guide_file(lang))
        self._headings = self.page.headings()
        self.contents.clear()
        self.contents.addItems([block.text() for block in self._headings])
        self.page.go_to(place, self._headings)
        self.contents.setCurrentRow(self.page.reading(self._headings))

    def _go(self) -> None:
        self.page.show_block(self._headings[self.contents.currentRow()])

    def _mark(self) -> None:
        """The heading under which one reads is marked, unless one is just choosing another."""
        if self._headings and not self.contents.hasFocus():
            self.contents.setCurrentRow(self.page.reading(self._headings))

    def _follow(self, link: QUrl) -> None:
        """The guide in the other language stays in this window; all else is the browser's."""
        lang = next((one for one in _LANGUAGES if link.path() == f"guide.{one}.md"), "")
        if lang:
            self.read(lang)
        elif link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)


class GuidePage(QTextBrowser):
    """A Markdown file; its pictures are as wide as the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setStyleSheet("QTextBrowser { font-size: 14px; padding: 0; }")
        self._sizes: dict[str, QSize] = {}
        self._pictures: dict[str, QImage] = {}
        self._made: dict[tuple[str, int], QImage] = {}
        self._late = QTimer(self, interval=_RESIZED_MS, singleShot=True)
        self._late.timeout.connect(self._fit)
        self._loader = QTimer(self, interval=0)
        self._loader.timeout.connect(self._load_next)

    def read(self, file: Path) -> None:
        """Raises OSError."""
        text = file.read_text(encoding="utf-8")
        named = re.findall(r"!\[[^]]*]\(([^)]+)\)", text)
        self._sizes = {name: QImageReader(str(_picture(name))).size() for name in named}
        self._pictures, self._made = {}, {}
        self._loader.start()
        self.setMarkdown(text)
        self.document().setDocumentMargin(_MARGIN)
        self._space()
        self._fit()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _load_next(self) -> None:
        """One picture, into the place that is kept for it: all of them at once would hold the window up."""
        name = next((name for name in self._sizes if name not in self._pictures), None)
        if name is None:
            self._loader.stop()
            return
        self._pictures[name] = QImage(str(_picture(name)))
        self._put(name)
        self.document().markContentsDirty(0, self.document().characterCount())

    def headings(self) -> list[QTextBlock]:
        """Those below the title."""
        return [block for block in self._blocks() if block.blockFormat().headingLevel() > 1]

    def show_block(self, block: QTextBlock) -> None:
        """At the top of the page."""
        top = self.document().documentLayout().blockBoundingRect(block).top()
        self.verticalScrollBar().setValue(round(top) - _MARGIN // 2)

    def reading(self, headings: list[QTextBlock]) -> int:
        """The last heading that has come to the top."""
        line = self.verticalScrollBar().value() + 2 * _MARGIN
        layout = self.document().documentLayout()
        above = [n for n, block in enumerate(headings) if layout.blockBoundingRect(block).top() < line]
        return above[-1] if above else 0

    def place(self, headings: list[QTextBlock]) -> float:
        """Where one is, in any language: how many headings have passed, and the share of the way to the next."""
        tops, line = self._tops(headings), self.verticalScrollBar().value()
        passed = min(bisect_right(tops, line), len(tops) - 1) - 1
        return passed + (line - tops[passed]) / max(tops[passed + 1] - tops[passed], 1)

    def go_to(self, place: float, headings: list[QTextBlock]) -> None:
        """Bring what `place` has told to the top again."""
        tops = self._tops(headings)
        passed = min(int(place), len(tops) - 2)
        self.verticalScrollBar().setValue(round(tops[passed] + (place - passed) * (tops[passed + 1] - tops[passed])))

    def _tops(self, headings: list[QTextBlock]) -> list[int]:
        """px from the beginning to it, to each heading and to the end."""
        layout = self.document().documentLayout()
        found = [round(layout.blockBoundingRect(block).top()) - _MARGIN // 2 for block in headings]
        return [0, *found, max(round(layout.documentSize().height()), *found, 1)]

    def loadResource(self, kind: int, name: QUrl) -> object:  # noqa: N802 (Qt's name, as below)
        known = name.toString() in self._sizes
        return self._scaled(name.toString()) if known else super().loadResource(kind, name)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.setLineWrapColumnOrWidth(self._width)
        self._late.start()

    @property
    def _width(self) -> int:
        """px of a line with its margins."""
        return min(self.viewport().width(), _WIDEST)

    def _scaled(self, name: str) -> QImage:
        """As wide as the page; empty while it is not loaded yet."""
        size, picture = self._sizes[name], self._pictures.get(name)
        ratio = self.devicePixelRatioF()
        room = self._width - 2 * _MARGIN
        wanted = min(round(room * ratio), size.width())
        made = self._made.get((name, wanted))
        if made is None and picture is not None:
            made = picture.scaledToWidth(wanted, Qt.TransformationMode.SmoothTransformation)
            self._made[name, wanted] = made
        elif made is None:
            high = int(wanted / size.width() * size.height() + 0.9999)  # as Qt rounds it when it scales the picture
            made = QImage(max(wanted, 1), max(high, 1), QImage.Format.Format_ARGB32_Premultiplied)
            made.fill(Qt.GlobalColor.transparent)
        made.setDevicePixelRatio(max(wanted / room, 1.0) if room > 0 else ratio)
        return made

    def _put(self, name: str) -> None:
        self.document().addResource(QTextDocument.ResourceType.ImageResource, QUrl(name), self._scaled(name))

    def _fit(self) -> None:
        """All pictures as wide as there is room now."""
        for name in self._sizes:
            self._put(name)
        self.document().markContentsDirty(0, self.document().characterCount())

    def _space(self) -> None:
        """Lines and paragraphs that can be read at ease."""
        for block in self._blocks():
            form = block.blockFormat()
            if not form.headingLevel() and _OBJECT not in block.text():
                form.setLineHeight(_LEADING, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            form.setBottomMargin(max(form.bottomMargin(), _GAP))
            QTextCursor(block).setBlockFormat(form)

    def _blocks(self) -> list[QTextBlock]:
        found, block = [], self.document().begin()
        while block.isValid():
            found.append(block)
            block = block.next()
        return found


def _picture(name: str) -> Path:
    """The guide names pictures as the web finds them, from packaging/."""
    return paths.resources() / name.removeprefix("../resources/")
