"""The look: two palettes of named colours, one stylesheet made of them, and icons drawn in their colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from string import Template

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from sscore import paths


@dataclass(frozen=True, slots=True)
class Palette:
    """Named colours. Distances: 4 px grid, corner radius 6 (controls) and 10 (cards)."""

    dark: bool
    window: str  # behind everything
    surface: str  # panels
    raised: str  # inputs, cards, menus
    hover: str
    pressed: str
    border: str
    text: str
    muted: str
    faint: str  # the second line of a row
    off: str  # words of what is switched off
    accent: str
    accent_hover: str
    link: str  # words and icons in the accent's colour
    accent_soft: str  # selected rows
    on_accent: str
    ok: str
    warn: str
    danger: str
    canvas: str


DARK = Palette(
    dark=True,
    window="#14161a",
    surface="#1b1e23",
    raised="#24282f",
    hover="#2a2f37",
    pressed="#333944",
    border="#2e333c",
    text="#e4e7ec",
    muted="#b0b7c3",
    faint="#949dab",
    off="#788292",
    accent="#2f6fe0",
    accent_hover="#2864cf",
    link="#6ea6fb",
    accent_soft="#22344f",
    on_accent="#ffffff",
    ok="#45c08a",
    warn="#eeb04a",
    danger="#f27d7b",
    canvas="#0e1013",
)
LIGHT = Palette(
    dark=False,
    window="#f1f3f6",
    surface="#fafbfc",
    raised="#ffffff",
    hover="#eceff3",
    pressed="#e0e5ec",
    border="#dce1e8",
    text="#1c2430",
    muted="#4c5666",
    faint="#5e6979",
    off="#727d8d",
    accent="#2563d8",
    accent_hover="#1d53ba",
    link="#2260d4",
    accent_soft="#dfeafc",
    on_accent="#ffffff",
    ok="#0e7547",
    warn="#8f5808",
    danger="#b92b31",
    canvas="#dde1e7",
)

FONTS = (
    "Segoe UI",
    "SF Pro Text",
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "Source Han Sans SC",
    "Noto Sans",
    "DejaVu Sans",
)

_ICON_SIDES = (16, 20, 22, 44)  # menus, toolbars, and twice as dense screens

_SHEET = Template("""
* { outline: none; }
QMainWindow, QDialog { background: $window; }
QWidget { color: $text; font-size: 13px; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 5px 7px; }

QMenuBar { background: $window; border: none; padding: 2px 6px; }
QMenuBar::item { padding: 5px 10px; border-radius: 6px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $raised; border: 1px solid $border; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $off; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 16px; height: 16px; left: 4px; }
QMenu::separator { height: 1px; background: $border; margin: 5px 8px; }

QToolBar { background: $window; border: none; spacing: 2px; padding: 2px 8px 6px 8px; }
QToolBar#rail { background: $surface; border-right: 1px solid $border; padding: 6px 5px; spacing: 2px; }
QToolBar::separator { background: $border; width: 1px; margin: 6px 6px; }
QToolBar#rail::separator { height: 1px; margin: 4px 4px; }
QToolButton { border: 1px solid transparent; border-radius: 6px; padding: 5px; background: transparent; }
QToolBar#rail QToolButton { padding: 5px 7px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed { background: $pressed; }
QToolButton:checked { background: $accent_soft; }
QToolButton:focus { border-color: $link; }
QToolButton::menu-indicator { image: none; }
QToolButton[primary="true"] { background: $accent; color: $on_accent; padding: 5px 12px 5px 8px; font-weight: 600; }
QToolButton[primary="true"]:hover { background: $accent_hover; }
QToolButton[primary="true"]:disabled { background: $hover; color: $off; }

QFrame#left { background: $surface; border: none; }
QFrame#right { background: $surface; border: none; }
QFrame#rule { background: $border; border: none; max-height: 1px; min-height: 1px; }
QSplitter::handle { background: $border; }
QSplitter::handle:horizontal { width: 1px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-weight: 600; color: $text; font-size: 13px; }
QLabel[role="muted"] { color: $muted; font-size: 12px; }
QLabel[role="heading"] { font-weight: 600; font-size: 20px; }
QLabel[role="key"] { background: $hover; border: 1px solid $border; border-radius: 4px; padding: 1px 6px;
  color: $muted; font-size: 12px; }

QListView { background: transparent; border: none; }
QListView:focus { border: none; }
QListView#models { background: $surface; border: 1px solid $border; border-radius: 8px; padding: 4px 0; }
QWidget#gallery, QWidget#statistics, QWidget#compare { background: $window; }
QWidget#plain { background: transparent; }
QTabBar { background: transparent; }
QTabBar::tab { color: $muted; padding: 7px 4px 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:hover { color: $text; }
QTabBar::close-button { image: url("$icons/ui-close.svg"); }
QTabBar::close-button:hover { background: $hover; border-radius: 4px; }
QListWidget { background: $surface; border: 1px solid $border; border-radius: 8px; padding: 4px; }
QListWidget::item { padding: 6px 8px; border-radius: 6px; }
QListWidget::item:hover { background: $hover; }
QListWidget::item:selected { background: $accent_soft; color: $text; }
QTableWidget, QTreeWidget { background: $surface; border: 1px solid $border; border-radius: 8px; }
QTableWidget::item, QTreeWidget::item { padding: 5px 8px; }
QTableWidget::item:selected, QTreeWidget::item:selected { background: $accent_soft; color: $text; }
QTreeWidget::item:hover:!selected { background: $hover; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
  padding: 6px 8px; }
QListView#history { padding: 2px 6px; }
QListView#history::item { min-height: 26px; padding: 0 8px; border-radius: 6px; }
QListView#history::item:hover { background: $hover; }
QListView#history::item:selected { background: $accent_soft; color: $text; }
QTextEdit, QPlainTextEdit, QTextBrowser { background: $raised; border: 1px solid $border; border-radius: 8px;
  padding: 8px; selection-background-color: $accent; selection-color: $on_accent; }

QPushButton { background: $raised; border: 1px solid $border; border-radius: 6px; padding: 6px 14px; min-height: 18px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $link; }
QPushButton:disabled { color: $off; background: $surface; }
QPushButton:default, QPushButton[primary="true"] { background: $accent; border-color: $accent; color: $on_accent;
  font-weight: 600; }
QPushButton:default:hover, QPushButton[primary="true"]:hover { background: $accent_hover; }
QPushButton:default:focus, QPushButton[primary="true"]:focus { border-color: $text; }
QPushButton:default:disabled, QPushButton[primary="true"]:disabled { background: $hover; border-color: $border;
  color: $off; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; color: $link; font-weight: 600; }
QPushButton[flat="true"]:hover { background: $hover; }

QComboBox, QLineEdit, QDoubleSpinBox, QSpinBox { background: $raised; border: 1px solid $border; border-radius: 6px;
  padding: 5px 9px; min-height: 18px; selection-background-color: $accent; selection-color: $on_accent; }
QComboBox:hover, QLineEdit:hover, QDoubleSpinBox:hover { border-color: $faint; }
QComboBox:focus, QLineEdit:focus, QDoubleSpinBox:focus, QSpinBox:focus { border-color: $link; }
QComboBox:disabled { color: $off; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QPlainTextEdit:disabled { color: $off;
  background: transparent; border-style: dashed; }
QSpinBox::up-button, QDoubleSpinBox::up-button { subcontrol-position: top right; width: 22px; border: none; }
QSpinBox::down-button, QDoubleSpinBox::down-button { subcontrol-position: bottom right; width: 22px; border: none; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("$icons/ui-chevron-up.svg"); width: 11px; height: 11px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("$icons/ui-chevron.svg"); width: 11px; height: 11px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$icons/ui-chevron.svg"); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $border; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; border-radius: 5px; }
QComboBox QAbstractItemView::item:selected, QComboBox QAbstractItemView::item:hover { background: $accent_soft;
  color: $text; }
QCheckBox, QRadioButton { spacing: 8px; padding: 2px; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; border: 1px solid $faint; border-radius: 4px;
  background: $raised; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$icons/ui-tick.svg"); }
QRadioButton::indicator:checked { background: $raised; border: 5px solid $accent; width: 8px; height: 8px; }
QCheckBox:focus, QRadioButton:focus { border: 1px solid $link; border-radius: 5px; padding: 1px; }

QProgressBar { background: $hover; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $ok; border-radius: 2px; }
QProgressBar#work::chunk { background: $accent; }

QSlider { min-height: 20px; }
QSlider::groove:horizontal { background: $pressed; border-radius: 2px; height: 4px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; height: 4px; }
QSlider::handle:horizontal { background: $on_accent; border: 1px solid $faint; border-radius: 7px; width: 12px;
  height: 12px; margin: -5px 0; }
QSlider::handle:horizontal:hover { border-color: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $link; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $off; border-radius: 3px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $muted; font-size: 12px; padding: 2px 8px; }

QFrame#card { background: $raised; border: 1px solid $border; border-radius: 10px; }
QFrame#message { background: $raised; border: 1px solid $border; border-radius: 9px; }
QFrame#message[kind="error"] { border-color: $danger; }
QFrame#message[kind="warning"] { border-color: $warn; }
QFrame#message[kind="done"] { border-color: $ok; }
QFrame#canvas { background: $canvas; }
""")


def palette_for(choice: str) -> Palette:
    """The palette of a theme setting: "dark", "light" or "system"."""
    if choice == "system":
        scheme = QGuiApplication.styleHints().colorScheme()
        return DARK if scheme == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def stylesheet(colours: Palette) -> str:
    values = {name: getattr(colours, name) for name in Palette.__slots__}
    return _SHEET.substitute(values, icons=(paths.resources() / "icons").as_posix())


def qt_palette(colours: Palette) -> QPalette:
    """For what Qt paints without a stylesheet (native dialogs, disabled text, links)."""
    out = QPalette()
    roles = QPalette.ColorRole
    for role, name in (
        (roles.Window, "window"),
        (roles.WindowText, "text"),
        (roles.Base, "raised"),
        (roles.AlternateBase, "surface"),
        (roles.Text, "text"),
        (roles.Button, "raised"),
        (roles.ButtonText, "text"),
        (roles.ToolTipBase, "raised"),
        (roles.ToolTipText, "text"),
        (roles.PlaceholderText, "faint"),
        (roles.Highlight, "accent"),
        (roles.HighlightedText, "on_accent"),
        (roles.Link, "link"),
        (roles.Mid, "border"),
    ):
        out.setColor(role, QColor(getattr(colours, name)))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        out.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.off))
    return out


def apply(app: QApplication, choice: str) -> Palette:
    """Dress the whole program; returns the palette now worn."""
    _frame(choice)
    colours = palette_for(choice)
    sheet = stylesheet(colours)
    if app.styleSheet() == sheet:
        return colours  # dressing every widget anew takes a while
    if not app.styleSheet():
        app.setStyle("Fusion")
        font = QFont(app.font())
        font.setFamilies(list(FONTS))
        font.setPixelSize(13)
        app.setFont(font)
    app.setPalette(qt_palette(colours))
    app.setStyleSheet(sheet)
    return colours


def _frame(choice: str) -> None:
    """The theme of what the system draws: title bars and its own dialogs. Before Qt 6.8 they go with the system."""
    hints, schemes = QGuiApplication.styleHints(), Qt.ColorScheme
    if hasattr(hints, "setColorScheme"):
        hints.setColorScheme({"dark": schemes.Dark, "light": schemes.Light}.get(choice, schemes.Unknown))


@lru_cache(maxsize=512)
def icon(name: str, colours: Palette, *, colour: str = "") -> QIcon:
    """An icon of resources/icons in the theme's colours: `colour` names a palette entry (default: muted text)."""
    out = QIcon()
    modes = [
        (QIcon.Mode.Normal, QIcon.State.Off, colour or "muted", 1.0),
        (QIcon.Mode.Disabled, QIcon.State.Off, "off", 0.45),
    ]
    if not colour:
        modes.append((QIcon.Mode.Active, QIcon.State.Off, "text", 1.0))
        modes.append((QIcon.Mode.Normal, QIcon.State.On, "link", 1.0))
    for mode, state, entry, opacity in modes:
        renderer = _renderer(name, getattr(colours, entry))
        for side in _ICON_SIDES:
            out.addPixmap(_draw(renderer, side, opacity), mode, state)
    return out


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, side: int, ratio: float = 1.0) -> QPixmap:
    """One icon, `side` px square in a colour "#RRGGBB", sharp at the screen's pixel ratio."""
    out = _draw(_renderer(name, colour), round(side * ratio))
    out.setDevicePixelRatio(ratio)
    return out


def app_icon() -> QIcon:
    return QIcon(str(paths.resources() / "icons" / "app.svg"))


def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour).encode()))


def _draw(renderer: QSvgRenderer, side: int, opacity: float = 1.0) -> QPixmap:
    out = QPixmap(side, side)
    out.fill(Qt.GlobalColor.transparent)
    painter = QPainter(out)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    return out


@lru_cache(maxsize=128)
def _drawing(name: str) -> str:
    return (paths.resources() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
