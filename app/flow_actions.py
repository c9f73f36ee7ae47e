"""The actions of projects, review, checks and figures: rows of the action table."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP

from app.action_row import ActionRow

PROJECTS: tuple[ActionRow, ...] = (
    ActionRow("wizard", "file", QT_TRANSLATE_NOOP("Actions", "New project…"), keys=("Ctrl+N",)),
    ActionRow(
        "capture",
        "file",
        QT_TRANSLATE_NOOP("Actions", "Frames from a video or camera…"),
        keys=("Ctrl+Shift+V",),
        needs="project",
    ),
)
SETTINGS: tuple[ActionRow, ...] = (
    ActionRow("settings", "file", QT_TRANSLATE_NOOP("Actions", "Settings…"), keys=("Ctrl+,",), separator=True),
)
REVIEW: tuple[ActionRow, ...] = (
    ActionRow(
        "review",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Review queue"),
        keys=("F8",),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "What waits for a second look, the most uncertain first"),
    ),
    ActionRow(
        "checks",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Find mistakes"),
        keys=("F7",),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "Cut, tiny, doubled or odd masks, photos without objects"),
    ),
    ActionRow(
        "gallery",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Gallery of all objects"),
        keys=("F2",),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "Every object as a picture; number keys rename the selected"),
    ),
    ActionRow("statistics", "review", QT_TRANSLATE_NOOP("Actions", "Figures"), keys=("F4",), needs="project"),
    ActionRow(
        "compare",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Compare models…"),
        keys=("F3",),
        needs="page",
        tip=QT_TRANSLATE_NOOP("Actions", "The same prompt on several models, side by side"),
    ),
    ActionRow(
        "evaluate",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Evaluate models…"),
        keys=("Shift+F3",),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "Models and prompts measured against the accepted objects, with a report"),
    ),
    ActionRow(
        "train",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Train on your own objects…"),
        keys=("Shift+F4",),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "A model fine-tuned on the accepted objects, compared before and after"),
    ),
    ActionRow(
        "naming",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Names of pieces…"),
        needs="project",
        tip=QT_TRANSLATE_NOOP(
            "Actions", "Name what nobody confirmed again, measure how sure the names are, edit the words"
        ),
    ),
    ActionRow(
        "learn_names",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Learn class names…"),
        keys=("Shift+F2",),
        needs="project",
        tip=QT_TRANSLATE_NOOP("Actions", "The classifier learns from the accepted objects in a minute"),
    ),
    ActionRow(
        "next_waiting",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Next that waits for review"),
        keys=("N",),
        needs="project",
        separator=True,
    ),
    ActionRow("right", "review", QT_TRANSLATE_NOOP("Actions", "Right: reviewed, next"), keys=("Y",), needs="page"),
    ActionRow("wrong", "review", QT_TRANSLATE_NOOP("Actions", "Wrong: reject, next"), keys=("X",), needs="page"),
    ActionRow("comment", "review", QT_TRANSLATE_NOOP("Actions", "Comment"), keys=("K",), needs="page"),
    ActionRow(
        "photo_right",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Whole photo is right"),
        keys=("Shift+Y",),
        needs="page",
    ),
    ActionRow(
        "photo_wrong",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Send the photo back"),
        keys=("Shift+X",),
        needs="page",
    ),
    ActionRow(
        "mend",
        "review",
        QT_TRANSLATE_NOOP("Actions", "Mend the finding"),
        keys=("M",),
        needs="page",
        separator=True,
    ),
    ActionRow("excuse", "review", QT_TRANSLATE_NOOP("Actions", "The finding is right"), keys=("I",), needs="page"),
)
GUIDE: tuple[ActionRow, ...] = (
    ActionRow("guide", "help", QT_TRANSLATE_NOOP("Actions", "User guide"), keys=("Ctrl+F1",)),
)
KEYS: tuple[ActionRow, ...] = (ActionRow("keys", "help", QT_TRANSLATE_NOOP("Actions", "Change keys…")),)
