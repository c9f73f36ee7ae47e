"""The left side: photos, and beside them lists that are opened when they are needed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QFrame, QListView, QStackedWidget, QTabBar, QVBoxLayout, QWidget


class Side(QFrame):
    """Pages with tabs above; with one page alone there are no tabs. `shown` carries a page's key."""

    shown = Signal(str)

    def __init__(self, key: str, first: QWidget, title: Callable[[], str]) -> None:
        super().__init__()
        self.setObjectName("left")
        self._keys = [key]
        self._titles = [title]
        self.tabs = QTabBar(expanding=False, drawBase=False)
        self.tabs.setIconSize(QSize(14, 14))
        self.tabs.setTabsClosable(True)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.addTab(title())
        self.tabs.setTabButton(0, QTabBar.ButtonPosition.RightSide, None)  # type: ignore[arg-type]
        self.tabs.hide()
        self.stack = QStackedWidget()
        self.stack.addWidget(first)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.stack, 1)
        self.tabs.currentChanged.connect(self._on_tab)
        self.tabs.tabCloseRequested.connect(lambda at: self.close_page(self._keys[at]))

    @property
    def current(self) -> str:
        return self._keys[self.stack.currentIndex()]

    @property
    def list(self) -> QWidget:
        """What has the keyboard when one comes here."""
        found = self.stack.currentWidget().findChild(QListView)
        return found if found is not None else self.stack.currentWidget()

    def open_page(self, key: str, make: Callable[[], QWidget], title: Callable[[], str]) -> QWidget:
        """Show the page, made when it is first wanted."""
        if key not in self._keys:
            self._keys.append(key)
            self._titles.append(title)
            self.stack.addWidget(make())
            self.tabs.addTab(title())
        at = self._keys.index(key)
        self.tabs.setTabVisible(at, True)
        self.tabs.show()
        self.tabs.setCurrentIndex(at)
        return self.stack.widget(at)

    def close_page(self, key: str) -> None:
        at = self._keys.index(key)
        self.tabs.setTabVisible(at, False)
        self.tabs.setCurrentIndex(0)
        self.tabs.setVisible(any(self.tabs.isTabVisible(n) for n in range(1, self.tabs.count())))

    def page(self, key: str) -> QWidget | None:
        return self.stack.widget(self._keys.index(key)) if key in self._keys else None

    def refresh(self) -> None:
        for at, title in enumerate(self._titles):
            self.tabs.setTabText(at, title())
        self.tabs.setAccessibleName(", ".join(title() for title in self._titles))

    def _on_tab(self, at: int) -> None:
        self.stack.setCurrentIndex(at)
        self.shown.emit(self._keys[at])
