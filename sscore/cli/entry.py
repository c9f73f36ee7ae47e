"""The `ssc` command: its verbs, and what becomes of an error."""

from __future__ import annotations

import errno
import functools
import glob
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sscore import __version__, msvc_runtime
from sscore.cli import (
    bench,
    check,
    classify,
    console,
    embed,
    evaluate,
    export,
    import_,
    label,
    model_export,
    models,
    naming,
    report,
    scenes,
    segment,
)
from sscore.cli.report_classification import classification
from sscore.cli.train import train_app
from sscore.cli.train_classifier import classifier
from sscore.cli.train_clip import clip
from sscore.cli.train_decoder import decoder
from sscore.cli.train_head import head
from sscore.errors import Cancelled, SscError

CANCELLED, DEFECT, WRONG = 130, 70, 2
UNTIL_EOF = "SSC_UNTIL_EOF"
"""Set by the window for the work that it starts: it is to end when its standard input does."""


class _Verbs(TyperGroup):
    """Turns Ctrl-C into `Cancelled` before typer makes its own message of it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Cancelled from None


app = typer.Typer(
    cls=_Verbs,
    help="Scrap photos: prompts to masks, masks to shapes, shapes to COCO.",
    epilog="Exit codes: 0 done; 1 done, but something was left out (each named on stderr), or nothing was found or "
    "gained; 2 cannot be done, one line says why; 70 a defect of the program; 130 stopped with Ctrl-C. Results go to "
    "stdout, all else to stderr. What is there already is never written over without --replace.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
models_app = typer.Typer(help="The models on this computer.", rich_markup_mode=None)
report_app = typer.Typer(help="Pages with tables and figures of what was measured.", rich_markup_mode=None)


def _verb(group: typer.Typer, name: str, work: Callable[..., int], example: str, short: str = "") -> None:
    """short: for the list of verbs, where the first sentence of the help is too long for it."""
    group.command(name, epilog=f"Example: ssc {example}", short_help=short or None)(work)


_verb(app, "segment", segment.segment, "segment photo.jpg --box 120,80,430,300 --point 200,150 --out mask.png")
_verb(app, "label", label.label, "label photos --out coco.json")
_verb(app, "classify", classify.classify, "classify photos --masks coco.json --out named.json")
_verb(app, "embed", embed.embed, "embed photos --segmenter mobile-sam", "Do the slow step of a segmenter ahead.")
_verb(app, "export", export.export, "export PROJECT --out coco.json")
_verb(app, "import", import_.import_, "import photos --from coco.json", "Bring a COCO file into a project.")
_verb(app, "rescore", naming.rescore, "rescore PROJECT --classifier cn-clip-vit-b-16", "Name unconfirmed pieces again.")
_verb(app, "calibrate", naming.calibrate, "calibrate PROJECT --apply", "Compare how sure names are with how right.")
_verb(app, "check", check.check, "check PROJECT", "Find what may be a mistake in a project.")
_verb(app, "stats", check.stats, "stats PROJECT --csv tables", "Count classes, people and days of a project.")
_verb(app, "bench", bench.bench, "bench --models nano,nano-cls", "Measure how fast models run here.")
_verb(
    app,
    "evaluate",
    evaluate.evaluate,
    "evaluate coco.json --segmenters nano,grabcut --out RUN --report",
)
_verb(app, "scenes", scenes.scenes, "scenes --count 20 --seed 1 --out scenes")
_verb(models_app, "list", models.list_models, "models list", "List the models and where they are.")
_verb(models_app, "get", models.get, "models get mobile-sam sam-vit-b")
_verb(models_app, "add", models.add, "models add sam_hq_vit_tiny.pth", "Add a checkpoint from a file.")
_verb(models_app, "verify", models.verify, "models verify")
_verb(models_app, "remove", models.remove, "models remove sam-vit-b", "Delete the weights of models.")
_verb(
    models_app,
    "pack",
    models.pack,
    "models pack mobile-sam --out stick.zip",
    "Write weights to one zip.",
)
_verb(models_app, "unpack", models.unpack, "models unpack stick.zip")
_verb(models_app, "export", model_export.export_model, "models export nano --out networks", "Networks as files.")
_verb(train_app, "classifier", classifier, "train classifier PROJECT --out RUN --name ours", "Train image classifiers.")
_verb(train_app, "clip", clip, "train clip PROJECT --out RUN --name our-clip", "Fine-tune CN-CLIP on your pieces.")
_verb(train_app, "head", head, "train head PROJECT --name yard-head", "Learn class names in seconds.")
_verb(train_app, "decoder", decoder, "train decoder PROJECT --model nano --as our-nano --out RUN")
_verb(report_app, "segmentation", report.segmentation, "report segmentation RUN RUN2 --out REPORT")
_verb(
    report_app,
    "classification",
    classification,
    "report classification coco.json --out REPORT --classifiers nano-cls,yard-head",
    "Compare classifiers on pieces whose class is known.",
)
app.add_typer(models_app, name="models")
app.add_typer(report_app, name="report")
app.add_typer(train_app, name="train")


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"ssc {__version__}")
    elif ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main() -> None:
    """Entry point of the `ssc` command."""
    if getattr(sys, "frozen", False):
        import multiprocessing

        multiprocessing.freeze_support()  # in a bundle, the processes of a pool are this program started again
        if sys.argv[1:] == ["serve-models"]:  # and so is the one in which the window's models run
            from sscore.remote.worker import main as serve

            serve()
    msvc_runtime.lend()
    if os.environ.pop(UNTIL_EOF, ""):
        _end_with_stdin()
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    sys.exit(run(spelled_out(sys.argv[1:]) if os.name == "nt" else sys.argv[1:]))


def _end_with_stdin() -> None:
    """A window that is killed lets go of the pipe to our input: nobody waits for this work any more. What is on disk
    is whole at every moment."""
    pipe, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def follow() -> None:
        with suppress(OSError):
            while os.read(pipe, 1):
                pass
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def spelled_out(args: list[str]) -> list[str]:
    """Arguments with the files that * and ? stand for in their place, which Windows leaves to the program."""
    out: list[str] = []
    for arg in args:
        wild = not arg.startswith("-") and not {"*", "?"}.isdisjoint(arg)
        out += (sorted(glob.glob(arg.replace("[", "[[]"))) if wild else []) or [arg]
    return out


_interrupts: list[int] = []
"""Signals of Ctrl-C so far: native modules that are being imported make an ImportError of it."""


def _interrupt(number: int, frame: Any) -> None:
    _interrupts.append(number)
    signal.default_int_handler(number, frame)


def run(args: list[str]) -> int:
    """Run one command line and return its exit code; whatever goes wrong becomes one line on stderr."""
    console.tolerate_any_text()
    try:
        code = _command().main(args=args, prog_name="ssc", standalone_mode=False)
        sys.stdout.flush()
        if code == CANCELLED and not isinstance(code, console.Paused):  # typer's, for a Ctrl-C before a verb begins
            raise Cancelled
        return code if isinstance(code, int) else 0
    except (Cancelled, KeyboardInterrupt, typer.Abort):
        console.say("ssc: cancelled")
        return CANCELLED
    except Exception as error:
        if reader_gone(error):  # then nothing more can be printed, not even at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        if _interrupts:
            console.say("ssc: cancelled")
            return CANCELLED
        return _fail(error, events="--events" in args)


def reader_gone(error: Exception) -> bool:
    """Whether who reads what we print (head, less, the window) has ended: Windows calls that an invalid argument."""
    on_windows = os.name == "nt" and isinstance(error, OSError) and error.filename is None
    return isinstance(error, BrokenPipeError) or (on_windows and getattr(error, "errno", 0) == errno.EINVAL)


@functools.cache
def _command() -> Any:
    """All verbs as one command; making it takes longer than most of them."""
    return typer.main.get_command(app)


def _fail(error: Exception, *, events: bool) -> int:
    code, text = WRONG, ""
    if isinstance(error, SscError):
        text = str(error)
    elif isinstance(error, FileExistsError | NotADirectoryError):
        text = f"{error.filename}: a file is where a folder is needed"
    elif isinstance(error, OSError) and error.strerror:
        place = getattr(error, "filename2", None) or error.filename  # of a renaming the name it was to get
        text = f"{place}: {error.strerror}" if place else error.strerror
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            text += " (the disk is full: free some space, or choose another one)"
        if isinstance(error, PermissionError) and os.name == "nt":
            text += " (if another program has the file open, such as Excel, close it there)"
    elif isinstance(error, MemoryError):
        text = "not enough memory on this computer for this job"
    elif hasattr(error, "format_message"):  # a wrong option or argument, as typer words it
        text = f"{error.format_message().rstrip('.')} (see {_path(error)} --help)"
    else:
        code = DEFECT
        text = f"{type(error).__name__}: {error} (a defect of the program; set SSC_DEBUG=1 to see where)"
        if os.environ.get("SSC_DEBUG"):
            traceback.print_exc()
    text = " ".join(text.split())
    if events:
        console.event("error", message=text, code=code)
    console.say(f"ssc: error: {text}")
    return code


def _path(error: Exception) -> str:
    return str(getattr(getattr(error, "ctx", None), "command_path", "ssc"))
