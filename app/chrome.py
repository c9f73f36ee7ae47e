"""Menus, toolbar and tool rail: the same actions in three places."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from app import rows
from app.actions import MENUS, TABLE, Actions, words
from app.look import Look
from app.settings import Settings
from sscore.labels import LabelSet
from sscore.types import UNKNOWN

_RAIL = (
    *("select", "box", "points", "find_all", ""),
    *("brush", "lasso", "polygon", "knife", "corners", "ruler", ""),
    *("accept", "clear", "delete", "", "fit"),
)
_BAR = ("open", "", "undo", "redo", "", "previous", "next", "done", "", "show_masks", "show_names", "display")


_ICONS, _SMALL_ICONS = QSize(22, 22), QSize(17, 17)
_TIGHT = (
    "QToolBar { padding: 2px 5px; spacing: 0 } QToolButton { padding: 3px 6px } QToolBar::separator { margin: 2px 6px }"
)


class Chrome(QObject):
    """Fills the window's menu bar and makes `bar` (along the top) and `rail` (beside the canvas)."""

    def __init__(
        self, window: QMainWindow, actions: Actions, settings: Settings, look: Look, label: Callable[[int], None]
    ) -> None:
        super().__init__(window)
        self._window, self._actions, self._settings, self._look = window, actions, settings, look
        self.language_menu = self._choice_menu("language", ("system", "zh", "en"))
        self.theme_menu = self._choice_menu("theme", ("system", "light", "dark"))
        self.rail = QToolBar(window)
        self.rail.setObjectName("rail")
        self.rail.setOrientation(Qt.Orientation.Vertical)
        self.rail.setIconSize(_ICONS)
        for key in _RAIL:
            self._add_button(self.rail, key)
        self._rail_room = self.rail.sizeHint().height()
        self.rail.setIconSize(_SMALL_ICONS)
        self._small_room = self.rail.sizeHint().height()
        self.rail.setIconSize(_ICONS)
        self.rail.installEventFilter(self)
        self.bar = QToolBar(window)
        self.bar.setMovable(False)
        self.bar.setIconSize(QSize(20, 20))
        for key in _BAR:
            self._add_button(self.bar, key)
        spring = QWidget()
        spring.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.bar.addWidget(spring)
        self.language_button = self._menu_button("language", self.language_menu)
        self.theme_button = self._menu_button("theme", self.theme_menu)
        self._add_button(self.bar, "shortcuts")
        self.bar.addSeparator()
        self._add_button(self.bar, "export")
        export = self.bar.widgetForAction(actions.by_key["export"])
        assert isinstance(export, QToolButton)
        export.setProperty("primary", "true")
        export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._build_menus(label)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """In a low window the tools become smaller rather than fewer."""
        if watched is self.rail and event.type() == QEvent.Type.Resize:
            room = self.rail.height()
            self.rail.setIconSize(_ICONS if room >= self._rail_room else _SMALL_ICONS)
            tight = _TIGHT if room < self._small_room else ""
            if self.rail.styleSheet() != tight:
                self.rail.setStyleSheet(tight)
        return super().eventFilter(watched, event)

    def _add_button(self, bar: QToolBar, key: str) -> None:
        if not key:
            bar.addSeparator()
            return
        bar.addAction(self._actions.by_key[key])
        button = bar.widgetForAction(self._actions.by_key[key])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _menu_button(self, icon: str, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setProperty("picture", icon)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.addWidget(button)
        return button

    def _choice_menu(self, key: str, choices: tuple[str, ...]) -> QMenu:
        menu = QMenu(self._window)
        group = QActionGroup(menu)
        for choice in choices:
            action = QAction(menu, checkable=True, checked=self._settings.get(key) == choice)
            action.setData(choice)
            action.triggered.connect(lambda _on=False, c=choice: self._settings.set(key, c))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _build_menus(self, label: Callable[[int], None]) -> None:
        self.menus: dict[str, QMenu] = {}
        for key, _text in MENUS:
            menu = self.menus[key] = self._window.menuBar().addMenu("")
            for row in TABLE:
                if row.menu == key:
                    if row.separator:
                        menu.addSeparator()
                    menu.addAction(self._actions.by_key[row.key])
        self.menus["view"].addSeparator()
        self.menus["view"].addMenu(self.language_menu)
        self.menus["view"].addMenu(self.theme_menu)
        self.label_actions = [QAction(self._window) for _ in range(10)]
        for number in (*range(1, 10), 0):
            action = self.label_actions[number]
            action.setShortcut(QKeySequence(str(number)))
            action.triggered.connect(lambda _on=False, n=number: label(n))
            self.menus["class"].addAction(action)

    def refresh(self) -> None:
        """Words and icons after a change of language or theme."""
        for key, text in MENUS:
            self.menus[key].setTitle(words(text))
        theme_names = {"system": self.tr("As the system"), "light": self.tr("Light"), "dark": self.tr("Dark")}
        for action in self.theme_menu.actions():
            action.setText(theme_names[action.data()])
        # Languages are named in themselves, so that they can be found from any other.
        language_names = {"system": self.tr("As the system"), "zh": "中文", "en": "English"}
        for action in self.language_menu.actions():
            action.setText(language_names[action.data()])
        self.language_menu.setTitle(self.tr("Language"))
        self.theme_menu.setTitle(self.tr("Theme"))
        for button, text in ((self.language_button, self.tr("Language")), (self.theme_button, self.tr("Theme"))):
            button.setIcon(self._look.icon(button.property("picture")))
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._actions.by_key["export"].setIcon(self._look.icon("export", "on_accent"))
        self.rail.setWindowTitle(self.tr("Tools"))
        self.bar.setWindowTitle(self.tr("Toolbar"))

    def name_labels(self, labels: LabelSet) -> None:
        """The number keys carry the classes of this label set."""
        keys = labels.keys
        for number, action in enumerate(self.label_actions):
            label = UNKNOWN if number == 0 else keys[number - 1] if number <= len(keys) else ""
            action.setVisible(bool(label))
            action.setEnabled(bool(label))
            if label:
                action.setText(rows.name_of(labels, label, self._look.lang))
