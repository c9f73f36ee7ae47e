"""The actions that draw on masks, change objects and change how the canvas shows them: rows of the action table."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from app.action_row import ActionRow

DRAWING: tuple[ActionRow, ...] = (
    ActionRow(
        "brush",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Paint"),
        "brush",
        ("Shift+B",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "Adds to the selected object. Ctrl or right button erases, wheel sets the size"
        ),
    ),
    ActionRow(
        "lasso",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Lasso"),
        "lasso",
        ("L",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP("Actions", "Adds what you draw around. Ctrl or right button takes it away"),
    ),
    ActionRow(
        "polygon",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Polygon"),
        "polygon",
        ("P",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "Click corner by corner. {accept} closes, Backspace takes one back, Shift snaps to 45°"
        ),
    ),
    ActionRow(
        "knife",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Cut in two"),
        "knife",
        ("Shift+K",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP("Actions", "Draw a line through an object. Shift makes it straight"),
    ),
    ActionRow(
        "corners",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Move corners"),
        "corners",
        ("Shift+P",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP("Actions", "Drag a corner, click the line for a new one, right click takes one away"),
    ),
    ActionRow(
        "ruler",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Measure"),
        "ruler",
        ("Shift+M",),
        True,
        "tool",
        tip=QT_TRANSLATE_NOOP("Actions", "Drag a line. Type the true length of one thing, and all lengths are in mm"),
    ),
    ActionRow("brush_smaller", "tools", QT_TRANSLATE_NOOP("Actions", "Smaller brush"), "", ("[",)),
    ActionRow("brush_larger", "tools", QT_TRANSLATE_NOOP("Actions", "Larger brush"), "", ("]",)),
    ActionRow(
        "hover_preview",
        "tools",
        QT_TRANSLATE_NOOP("Actions", "Mask under the mouse"),
        "",
        ("Shift+Q",),
        checkable=True,
        tip=QT_TRANSLATE_NOOP("Actions", "With the point tool: shows what a click would give"),
    ),
)

POINTER: tuple[ActionRow, ...] = (
    ActionRow(
        "pointer",
        "go",
        QT_TRANSLATE_NOOP("Actions", "Keyboard pointer"),
        "",
        ("E",),
        checkable=True,
        needs="page",
        separator=True,
        tip=QT_TRANSLATE_NOOP(
            "Actions",
            "Arrow keys move it, Shift further, Ctrl by one pixel. Space clicks; of a drag it is begin and end",
        ),
    ),
    ActionRow(
        "pointer_right",
        "go",
        QT_TRANSLATE_NOOP("Actions", "Right click at the pointer"),
        "",
        ("S",),
        needs="pointer",
        tip=QT_TRANSLATE_NOOP("Actions", "Not part of it; rejects, erases, takes a corner away"),
    ),
    ActionRow(
        "pointer_ctrl",
        "go",
        QT_TRANSLATE_NOOP("Actions", "Click with Ctrl at the pointer"),
        "",
        ("Z",),
        needs="pointer",
        tip=QT_TRANSLATE_NOOP("Actions", "Box after box; takes away from what is drawn on; adds to the selection"),
    ),
)

CLIPBOARD: tuple[ActionRow, ...] = (
    ActionRow(
        "copy", "edit", QT_TRANSLATE_NOOP("Actions", "Copy"), "copy", ("Ctrl+C",), needs="objects", separator=True
    ),
    ActionRow("paste", "edit", QT_TRANSLATE_NOOP("Actions", "Paste"), "", ("Ctrl+V",), needs="page"),
    ActionRow("duplicate", "edit", QT_TRANSLATE_NOOP("Actions", "Duplicate"), "", ("Ctrl+D",), needs="objects"),
    ActionRow(
        "copy_next",
        "edit",
        QT_TRANSLATE_NOOP("Actions", "Copy to the next photo"),
        "",
        ("Shift+D",),
        needs="objects",
        tip=QT_TRANSLATE_NOOP("Actions", "The same pieces on the next photo, at the same place"),
    ),
)

OBJECTS: tuple[ActionRow, ...] = (
    ActionRow(
        "merge",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Merge into one"),
        "merge",
        ("Ctrl+G",),
        needs="objects",
        tip=QT_TRANSLATE_NOOP("Actions", "The largest of the selected keeps its class; parts need not touch"),
    ),
    ActionRow(
        "split",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Split into its parts"),
        "",
        ("Ctrl+Shift+G",),
        needs="objects",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "Every separate part becomes an object. To part what touches, cut it with {knife}"
        ),
    ),
    ActionRow(
        "cut_out",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Cut out of the others"),
        "",
        ("Ctrl+Shift+X",),
        needs="objects",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "Its pixels are taken from the other selected objects, or from all it overlaps"
        ),
    ),
    ActionRow(
        "intersect",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Keep what they share"),
        "",
        ("Ctrl+Shift+I",),
        needs="objects",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "The others keep only the pixels that lie in the object selected last, which stays as it is"
        ),
    ),
    ActionRow(
        "tidy",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Clean up…"),
        "tidy",
        ("T",),
        needs="objects",
        separator=True,
        tip=QT_TRANSLATE_NOOP("Actions", "Specks, small holes and a ragged outline, shown live before you decide"),
    ),
    ActionRow("fill_holes", "object", QT_TRANSLATE_NOOP("Actions", "Fill holes"), "", ("Shift+H",), needs="objects"),
    ActionRow(
        "largest", "object", QT_TRANSLATE_NOOP("Actions", "Keep the largest part"), "", ("Shift+L",), needs="objects"
    ),
    ActionRow("smooth", "object", QT_TRANSLATE_NOOP("Actions", "Smooth"), "", ("Shift+S",), needs="objects"),
    ActionRow(
        "to_front",
        "object",
        QT_TRANSLATE_NOOP("Actions", "To the front"),
        "",
        ("Ctrl+Shift+]",),
        needs="objects",
        separator=True,
    ),
    ActionRow("forward", "object", QT_TRANSLATE_NOOP("Actions", "Forward"), "", ("Ctrl+]",), needs="objects"),
    ActionRow("backward", "object", QT_TRANSLATE_NOOP("Actions", "Backward"), "", ("Ctrl+[",), needs="objects"),
    ActionRow("to_back", "object", QT_TRANSLATE_NOOP("Actions", "To the back"), "", ("Ctrl+Shift+[",), needs="objects"),
    ActionRow(
        "occluded",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Partly hidden"),
        "occluded",
        ("O",),
        checkable=True,
        needs="objects",
        separator=True,
        tip=QT_TRANSLATE_NOOP("Actions", "Other pieces lie on it, so the mask shows less than the piece"),
    ),
    ActionRow(
        "lock",
        "object",
        QT_TRANSLATE_NOOP("Actions", "Locked"),
        "lock",
        ("Ctrl+K",),
        checkable=True,
        needs="objects",
        tip=QT_TRANSLATE_NOOP("Actions", "Nothing changes it before it is unlocked"),
    ),
    ActionRow("hide", "object", QT_TRANSLATE_NOOP("Actions", "Hide"), "eye-off", ("Ctrl+Shift+H",), needs="objects"),
    ActionRow("show_hidden", "object", QT_TRANSLATE_NOOP("Actions", "Show all hidden"), "", ("Ctrl+Alt+H",)),
)

CLASSES: tuple[ActionRow, ...] = (
    ActionRow(
        "pick_class",
        "class",
        QT_TRANSLATE_NOOP("Actions", "Choose by name…"),
        "tag",
        ("Ctrl+E",),
        needs="page",
        tip=QT_TRANSLATE_NOOP("Actions", "Type a few letters of the class and press Enter"),
    ),
)

VIEWS: tuple[ActionRow, ...] = (
    ActionRow(
        "outline_only",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Outlines only"),
        "",
        ("Ctrl+M",),
        checkable=True,
        tip=QT_TRANSLATE_NOOP("Actions", "The pieces themselves stay in sight. Without any objects while H is held"),
    ),
    ActionRow(
        "colour_by",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Colour by class, object or status"),
        "",
        ("C",),
        tip=QT_TRANSLATE_NOOP("Actions", "The next way of colouring at each press"),
    ),
    ActionRow(
        "minimap",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Overview map"),
        "",
        ("F9",),
        checkable=True,
        tip=QT_TRANSLATE_NOOP("Actions", "Shown as soon as the photo does not fit; a click on it goes there"),
    ),
    ActionRow(
        "display",
        "view",
        QT_TRANSLATE_NOOP("Actions", "Display…"),
        "sliders",
        ("F12",),
        tip=QT_TRANSLATE_NOOP("Actions", "Opacity, colours, brightness of dark photos. The photos stay as they are"),
    ),
    ActionRow("history", "view", QT_TRANSLATE_NOOP("Actions", "History"), "history", ("Ctrl+Shift+Y",), checkable=True),
)
