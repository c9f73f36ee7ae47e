"""`ssc train …`: the trainings, one verb each."""

from __future__ import annotations

import typer

train_app = typer.Typer(help="Train the embedded models.", rich_markup_mode=None)
