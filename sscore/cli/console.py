"""What a verb prints, and where: results on stdout; progress, warnings and errors on stderr.

With `--events` stdout carries one JSON object per line instead: "progress" (done, total), "image" (one finished photo),
"warning" (message), "result" (what --json prints) and, when the job fails, "error" (message, code).
JSON is printed in ASCII, so that it survives every terminal encoding.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from sscore.errors import BadOption
from sscore.paths import write_atomic

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Events = Annotated[bool, typer.Option("--events", help="Print progress and result as JSON lines on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar, no summary; warnings stay.")]


class Paused(int):
    """An exit code that a verb has explained itself."""


PAUSED = Paused(130)
"""That of everything stopped with Ctrl-C, for what can be resumed."""

NAMED = 20
"""What was left out is named up to so many."""

_EVENT_SECONDS = 0.1


class Console:
    """The output of one verb."""

    def __init__(self, *, json: bool = False, events: bool = False, quiet: bool = False) -> None:
        self.json = json
        self.events = events
        self.quiet = quiet

    def result(self, data: dict[str, Any], text: str) -> None:
        """The verb's answer: `data` for machines or `text` for people. Called once, at the end."""
        if self.events:
            event("result", **data)
        elif self.json:
            _print(json.dumps(_plain(data), indent=2, allow_nan=False))
        elif not self.quiet and text:
            _print(text)

    def warn(self, message: str) -> None:
        """Something was left out or is not as it should be; the verb goes on."""
        if self.events:
            event("warning", message=message)
        say(f"ssc: warning: {message}")

    def tell(self, left_out: Sequence[str], remarks: Iterable[str] = ()) -> None:
        """Warn of what was left out, the first ones by name and all in number, and of what else there is to say."""
        named = list(dict.fromkeys(left_out))
        for sentence in (*named[:NAMED], *dict.fromkeys(remarks)):
            self.warn(sentence)
        if len(named) > NAMED:
            self.warn(f"{len(named) - NAMED} more were left out; --json names all")

    def event(self, kind: str, /, **fields: Any) -> None:
        """An event of the verb's own, printed only with --events."""
        if self.events:
            event(kind, **fields)

    def emit(self, fields: dict[str, Any]) -> None:
        """An event as trainings make them: a dictionary whose "event" is its kind."""
        self.event(fields["event"], **{name: value for name, value in fields.items() if name != "event"})

    @contextmanager
    def progress(self, title: str, *, unit: int = 1, of: str = "") -> Iterator[Callable[[int, int], None]]:
        """A `Progress`: a bar when stderr is a terminal, events with --events, else nothing. unit: how many progress
        steps make one of the things counted; of: what they are called."""
        if self.events:
            yield _Throttled()
        elif self.quiet or not sys.stderr.isatty():
            yield lambda done, total: None
        else:
            with _bar(title, unit, of) as report:
                yield report


class _Throttled:
    """Progress as events, at most ten a second, the last always."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if done >= total or now >= self._next:
            self._next = now + _EVENT_SECONDS
            event("progress", done=done, total=total)


@contextmanager
def _bar(title: str, unit: int, of: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console as RichConsole
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeRemainingColumn())
    with Progress(*columns, console=RichConsole(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, count="")

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, count=f"{done // unit}/{total // unit} {of}".rstrip())

        yield report


def event(kind: str, /, **fields: Any) -> None:
    """One JSON line on stdout, sent at once."""
    _print(json.dumps({"event": kind, **fields}))


def say(message: str) -> None:
    """One line on stderr."""
    print(message, file=sys.stderr, flush=True)


def _plain(value: Any) -> Any:
    """Without NaN and infinity, which JSON has no words for: they become null."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _print(text: str) -> None:
    print(text, flush=True)


def write_json(out: Path, answer: dict[str, Any]) -> None:
    """A verb's answer as a file, whole or not at all. Raises BadOption when it cannot be written."""
    try:
        write_atomic(out, json.dumps(answer, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadOption(f"cannot be written: {reason}", path=out, remedy="choose another folder") from error


def tolerate_any_text() -> None:
    """Let names that the terminal's encoding lacks (Chinese on an ASCII console) print escaped instead of failing, and
    what is printed to a stream that was closed before the start go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the program
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
