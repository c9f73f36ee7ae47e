"""What the window wears and speaks: theme, language and keys, switched while it runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from app import keys, theme
from app.settings import Settings
from sscore import paths


class Look(QObject):
    """`colours` and `lang` ("zh" or "en"). Widgets listen to `changed` and redo their texts, icons and colours."""

    changed = Signal()
    spoken = Signal(str)  # another language from now on, and all who listen to `changed` speak it

    def __init__(self, app: QApplication, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._settings = settings
        self._translators: list[QTranslator] = []
        self._words: list[bytes] = []  # which the translators look into
        self.lang = "en"
        self.colours = theme.DARK
        self._speak()
        self._dress()
        settings.changed.connect(self._on_setting)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_scheme)

    def icon(self, name: str, colour: str = "") -> QIcon:
        return theme.icon(name, self.colours, colour=colour)

    def pixmap(self, name: str, colour: str, side: int) -> QPixmap:
        """`colour` is a palette entry; sharp on the screen in use."""
        return theme.pixmap(name, getattr(self.colours, colour), side, self.ratio)

    @property
    def ratio(self) -> float:
        """Pixels of the screen for each of ours."""
        return self._app.devicePixelRatio()

    def keys(self, action: str) -> tuple[str, ...]:
        """Those of an action, the user's own if there are any."""
        return keys.of(self._settings, action)

    def key(self, action: str) -> str:
        """The one to tell of, as this computer writes it; "" without any."""
        return keys.first(self._settings, action)

    def told(self, text: str, **values: object) -> str:
        """A text with the keys of its `{action}`s, see `keys.told`."""
        return keys.told(self._settings, text, **values)

    def _on_setting(self, key: str) -> None:
        if key == "language":
            self._speak()
            self.changed.emit()
            self.spoken.emit(self.lang)
        elif key == "keys":
            self.changed.emit()
        elif key == "theme":
            self._dress()
            self.changed.emit()

    def _on_system_scheme(self, _scheme: Qt.ColorScheme) -> None:
        if self._settings.get("theme") == "system":
            self._dress()
            self.changed.emit()

    def _dress(self) -> None:
        self.colours = theme.apply(self._app, self._settings.get("theme"))

    def _speak(self) -> None:
        self.lang = resolve(self._settings.get("language"))
        for old in self._translators:
            self._app.removeTranslator(old)
        self._translators, self._words = [], []
        QLocale.setDefault(QLocale("zh_CN" if self.lang == "zh" else "en_GB"))
        if self.lang == "en":
            return
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        own_folder = str(paths.resources() / "translations")
        for name, folder in (("qtbase_zh_CN", qt_folder), ("studio_zh_CN", own_folder)):
            translator = QTranslator(self)
            words = _bytes(Path(folder) / f"{name}.qm")
            if translator.load(words):
                self._app.installTranslator(translator)
                self._translators.append(translator)
                self._words.append(words)


def _bytes(file: Path) -> bytes:
    """Read whole: a file that Qt maps into memory ends the program when it is written anew, as an update does."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def resolve(choice: str) -> str:
    """ "zh" or "en" for a language setting; "system" asks the computer."""
    if choice in ("zh", "en"):
        return choice
    return "zh" if QLocale.system().language() == QLocale.Language.Chinese else "en"
