"""Models in words: what each is good for, where it is, how large, and what went wrong with one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.notices import FREE_MEMORY, headline, in_words, of_error, out_of_memory
from app.notices import facts as exact_facts
from sscore import errors
from sscore.types import ModelCard

if TYPE_CHECKING:
    from app.stock import Row, Work

# The findings are those of the paper (Sensors 2026, 26, 656) on scrap.
_GOOD_FOR = {
    "nano": QT_TRANSLATE_NOOP("Models", "Comes with the program. Boxes and points, quick on any computer."),
    "grabcut": QT_TRANSLATE_NOOP("Models", "The classical way, by colour alone. For comparison."),
    "nano-cls": QT_TRANSLATE_NOOP("Models", "Comes with the program. A first guess at the seven steel shapes."),
    "sam-vit-b": QT_TRANSLATE_NOOP(
        "Models", "The original, in its smallest size: on scrap about as accurate as SAM-L."
    ),
    "sam-vit-l": QT_TRANSLATE_NOOP("Models", "On scrap about as accurate as SAM-B, and slower. Take SAM-B first."),
    "sam-vit-h": QT_TRANSLATE_NOOP("Models", "The largest and slowest of the originals. Wants a graphics card."),
    "sam-hq-vit-b": QT_TRANSLATE_NOOP("Models", "SAM-B with finer mask borders."),
    "sam-hq-vit-l": QT_TRANSLATE_NOOP("Models", "SAM-L with finer mask borders. Slow without a graphics card."),
    "sam-hq-vit-h": QT_TRANSLATE_NOOP("Models", "SAM-H with finer mask borders. Wants a graphics card."),
    "sam-hq-tiny": QT_TRANSLATE_NOOP("Models", "Robust: forgives boxes and points that are not exact. Small as well."),
    "mobile-sam": QT_TRANSLATE_NOOP(
        "Models", "The fastest of the paper's models. The first to try without a graphics card."
    ),
    "edge-sam": QT_TRANSLATE_NOOP("Models", "Small and fast, made for phones."),
    "edge-sam-3x": QT_TRANSLATE_NOOP("Models", "The best with precise prompts: boxes that fit, points in the middle."),
    "cn-clip-rn50": QT_TRANSLATE_NOOP(
        "Models", "Names any class that has Chinese words. The smallest of its kind, and the least sure."
    ),
    "cn-clip-vit-b-16": QT_TRANSLATE_NOOP(
        "Models", "Names any class that has Chinese words, without training. The first to try."
    ),
    "cn-clip-vit-l-14": QT_TRANSLATE_NOOP(
        "Models", "Names any class that has Chinese words. Larger, surer, several times slower."
    ),
    "cn-clip-vit-l-14-336": QT_TRANSLATE_NOOP(
        "Models", "ViT-L/14 on larger crops: for pieces told apart by small details. Wants a graphics card."
    ),
    "cn-clip-vit-h-14": QT_TRANSLATE_NOOP(
        "Models", "The largest that names classes by Chinese words. Wants a graphics card."
    ),
}
_PLACES = {
    "built in": QT_TRANSLATE_NOOP("Models", "built in"),
    "embedded": QT_TRANSLATE_NOOP("Models", "built in"),
    "installed": QT_TRANSLATE_NOOP("Models", "on this computer"),
    "started": QT_TRANSLATE_NOOP("Models", "download begun"),
    "to download": QT_TRANSLATE_NOOP("Models", "to download"),
    "missing": QT_TRANSLATE_NOOP("Models", "file missing"),
}
_WORKS = {
    "download": QT_TRANSLATE_NOOP("Models", "Downloading"),
    "add": QT_TRANSLATE_NOOP("Models", "Adding"),
    "verify": QT_TRANSLATE_NOOP("Models", "Checking"),
    "remove": QT_TRANSLATE_NOOP("Models", "Removing"),
    "pack": QT_TRANSLATE_NOOP("Models", "Packing"),
    "unpack": QT_TRANSLATE_NOOP("Models", "Unpacking"),
}
# Words of the core that tell what happened, and the same for the user. The first that occurs counts.
_MEANINGS = (
    (
        "no network, or no server",
        QT_TRANSLATE_NOOP("Models", "There is no network, or the address is not known there."),
    ),
    ("no answer in time", QT_TRANSLATE_NOOP("Models", "The server did not answer in time.")),
    ("connection broke off", QT_TRANSLATE_NOOP("Models", "The connection broke off.")),
    (
        "a web page came",
        QT_TRANSLATE_NOOP("Models", "A web page came instead of the file: perhaps the network wants you to sign in."),
    ),
    ("certificate is not trusted", QT_TRANSLATE_NOOP("Models", "The server's certificate is not trusted.")),
    ("gives another file", QT_TRANSLATE_NOOP("Models", "The server gives another file than the official one.")),
    ("the server answers", QT_TRANSLATE_NOOP("Models", "The server does not give the file.")),
    ("no connection", QT_TRANSLATE_NOOP("Models", "There is no connection to the server.")),
    ("TorchScript", QT_TRANSLATE_NOOP("Models", "This is an exported program (TorchScript), not a checkpoint.")),
    (
        "more than weights",
        QT_TRANSLATE_NOOP("Models", "The file holds more than weights and could run as a program. It was not opened."),
    ),
    ("cut off", QT_TRANSLATE_NOOP("Models", "The end of the file is missing. Fetch or copy it again.")),
    ("damaged or replaced", QT_TRANSLATE_NOOP("Models", "The file is damaged or was replaced. Download it again.")),
    ("not a checkpoint", QT_TRANSLATE_NOOP("Models", "This is not a checkpoint.")),
    ("not a pack", QT_TRANSLATE_NOOP("Models", "This is not a pack of models.")),
    ("not a whole zip", QT_TRANSLATE_NOOP("Models", "The pack is not whole. Copy it again.")),
    (
        "not the official file",
        QT_TRANSLATE_NOOP("Models", "It looks like a known model but is not its official file: fine-tuned, perhaps."),
    ),
    ("is part of the program", QT_TRANSLATE_NOOP("Models", "This model is part of the program.")),
    ("no such file", QT_TRANSLATE_NOOP("Models", "There is no such file.")),
)
MODEL_OF_ONES_OWN = (
    "not the official file",
    "is part of the program",
    "there is a model ",
    "is a model of the program",
)
"""Of these problems the way out is to add the file under a name of its own."""


def translate(text: str) -> str:
    return QCoreApplication.translate("Models", text)


def good_for(card: ModelCard) -> str:
    """What a model is good for; the note of its row where we have no words of our own."""
    text = _GOOD_FOR.get(card.id)
    return translate(text) if text else in_words(card.note)


def place(row: Row) -> str:
    return translate(_PLACES[row.state.place])


def size(count: int) -> str:
    """Bytes as people say them; "" for an unknown size."""
    if count >= 1_000_000_000:
        return f"{count / 1e9:.2f} GB"
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count / 1e3:.0f} kB" if count else ""


def duration(seconds: float) -> str:
    if seconds < 90:
        return QCoreApplication.translate("Models", "{n} s left").format(n=max(round(seconds), 1))
    return QCoreApplication.translate("Models", "{n} min left").format(n=round(seconds / 60))


def progress(work: Work) -> str:
    """ "Downloading  12.3 of 40.7 MB · 3.1 MB/s · 9 s left"."""
    facts = []
    if work.total and work.total == work.done and work.verb == "download":
        facts.append(QCoreApplication.translate("Models", "checking the file"))
    elif work.total:
        amount = QCoreApplication.translate("Models", "{done} of {total}")
        facts.append(amount.format(done=size(work.done) or "0 kB", total=size(work.total)))
    elif work.done:
        facts.append(size(work.done))
    if work.speed > 0:
        facts.append(f"{size(round(work.speed)) or '0 kB'}/s")
    if work.left_s:
        facts.append(duration(work.left_s))
    return "  ".join([translate(_WORKS[work.verb]) + ("" if facts else "…"), " · ".join(facts)]).rstrip()


def progress_short(work: Work) -> str:
    """ "Downloading  32 % · 9 s left", for a narrow place."""
    share = f"{100 * work.done // work.total} %" if work.total else ""
    facts = [part for part in (share, duration(work.left_s) if work.left_s else "") if part]
    return "  ".join(part for part in (translate(_WORKS[work.verb]), " · ".join(facts)) if part)


def wants_own_name(error: Exception) -> bool:
    """Whether a file that cannot be added as it is can be added as a model of the user's own."""
    return isinstance(error, errors.SscError) and any(text in error.problem for text in MODEL_OF_ONES_OWN)


def trouble(error: Exception) -> tuple[str, str]:
    """A failure with a model's file: headline and explanation, in the user's language. The unforeseen is logged."""
    notice = of_error(error)
    if out_of_memory(error):
        return notice.text, QCoreApplication.translate("Errors", FREE_MEMORY)
    if isinstance(error, errors.DownloadFailed):
        lines = [f"{_host(url)}: {_meaning(why) or why}" for url, why in error.attempts]
        return headline(error), "\n".join([*_unique(lines), translate(_TRY_LATER)])
    meaning = _meaning(error.problem) if isinstance(error, errors.SscError) else ""
    return headline(error), meaning or notice.detail


def load_trouble(error: Exception, model_id: str, present: str) -> tuple[str, str]:
    """A model that did not load: headline, and what to do about it. present: the model that stays in use, or ""."""
    text, detail = trouble(error)
    remedy = ""
    if isinstance(error, errors.WrongWeights):
        remedy = QCoreApplication.translate(
            "Models", "Look at it under Models: check it, download it again, or remove it."
        )
    elif isinstance(error, errors.ModelMissing):
        remedy = QCoreApplication.translate("Models", "Get it under Models.")
    stays = ""
    if present:
        stays = QCoreApplication.translate("Models", "{name} stays in use.").format(name=present)
    exact = exact_facts(error) if isinstance(error, errors.SscError) else ""
    parts = [detail if detail != exact else "", remedy, stays]
    return _about(model_id, text), "\n".join(part for part in (_sentences(parts), exact) if part)


def work_trouble(error: Exception, model_id: str) -> tuple[str, str]:
    """A model that broke off at its work: headline, and what to do about it. What nobody foresaw is logged in full."""
    notice = of_error(error)
    text = _about(model_id, notice.text)
    if isinstance(error, errors.SscError) or out_of_memory(error):
        return text, notice.detail
    text = QCoreApplication.translate("Models", "{name} broke off").format(name=model_id)
    advice = QCoreApplication.translate(
        "Models", "Your work is kept. Try again, or choose another model; details are in the log."
    )
    return text, f"{advice}\n{notice.detail}"


def crash(error: errors.ModelCrashed, goes_on: str, *, again: bool) -> tuple[str, str]:
    """A model that ended its process: headline and explanation. goes_on: the model in use from now on; again:
    whether that is the one that crashed, tried once more."""
    name = error.model
    if again:
        text = QCoreApplication.translate("Models", "{name} crashed and was started again").format(name=name)
        more = QCoreApplication.translate("Models", "Your work is kept, and what it was asked is asked once more.")
    elif goes_on != name:
        text = QCoreApplication.translate("Models", "{name} crashed again; {other} is used now")
        text = text.format(name=name, other=goes_on)
        more = QCoreApplication.translate("Models", "Your work is kept. Choose {name} again when you like.")
        more = more.format(name=name)
    else:
        text = QCoreApplication.translate("Models", "{name} crashed again").format(name=name)
        more = QCoreApplication.translate(
            "Models", "Your work is kept. Try again, or choose another model; details are in the log."
        )
    return text, f"{more}\n{exact_facts(error)}"


_TRY_LATER = QT_TRANSLATE_NOOP(
    "Models", "What has come so far is kept. Try again, ask for the network's proxy, or carry the file here, see above."
)


def _meaning(problem: str) -> str:
    return next((translate(text) for words, text in _MEANINGS if words in problem), "")


def _about(model_id: str, text: str) -> str:
    return QCoreApplication.translate("Models", "{name}: {text}").format(name=model_id, text=text)


def _sentences(parts: Iterable[str]) -> str:
    """One after the other; Chinese puts no space between them."""
    between = QCoreApplication.translate("Models", "{first} {second}").format(first="", second="")
    return between.join(part for part in parts if part)


def _host(url: str) -> str:
    return url.split("/")[2] if url.count("/") > 2 else url


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
