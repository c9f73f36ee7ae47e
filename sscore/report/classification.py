"""The report of classifiers: one page, and its tables and figures as files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sscore import disk, metrics
from sscore.calibration import calibration_error
from sscore.labels import LabelSet
from sscore.paths import write_atomic
from sscore.report import paper
from sscore.report.figures import PALETTE, Picture, drawing, font_file, style
from sscore.report.html import Section, page
from sscore.report.judged import THUMBNAIL, Judged, embedded, worst
from sscore.report.paper import Paper
from sscore.report.tables import Cell, Table

_GALLERY = 24


@dataclass(frozen=True, slots=True)
class Written:
    """page: report.html; files: all that was written, the page first."""

    page: Path
    files: tuple[Path, ...]


def write(judged: Sequence[Judged], labels: LabelSet, out: Path, *, data: str, seed: int = 1) -> Written:
    """report.html and, beside it, CSV and LaTeX tables and PNG and SVG figures. data: what was judged on, in words;
    seed: of the t-SNE. Raises DiskFull; other OSErrors pass."""
    best = max(judged, key=lambda one: metrics.accuracy(one.table))
    parts = [
        Section("Models", (models_table(judged), paper_table(judged, paper.load()))),
        Section("Classes", tuple(classes_table(one, labels) for one in judged)),
        Section("Confusions", tuple(confusions(one, labels) for one in judged)),
        Section("How sure, how right", (reliability_figure(judged),)),
        Section("Features", tuple(tsne_figure(one, labels, seed) for one in judged if len(one.features) > 3)),
        Section("Surest mistakes", tuple(gallery(one, labels) for one in judged)),
    ]
    lead = (
        f"{len(best.truth)} pieces: {data}. The best here: {best.model}, accuracy {metrics.accuracy(best.table):.3f}."
    )
    files: list[Path] = []
    target = out / "report.html"
    with disk.naming_a_full_disk(out):
        out.mkdir(parents=True, exist_ok=True)
        for section in parts:
            for part in section.parts:
                files += part.write(out) if not isinstance(part, str) else []
        write_atomic(target, page("Classification", lead, parts).encode())
    return Written(target, (target, *files))


def models_table(judged: Sequence[Judged]) -> Table:
    """A row for each model: scores as shares 0..1, ms a piece, MB of weights."""
    head = ("model", "pieces", "accuracy", "precision", "recall", "F1", "ECE", "ms/piece", "MB", "view")
    rows: list[tuple[Cell, ...]] = []
    for one in judged:
        facts = one.summary()
        names = ("n", "accuracy", "macro_precision", "macro_recall", "macro_f1", "calibration_error", "milliseconds")
        rows.append((one.model, *(facts[name] for name in names), facts["megabytes"], one.view))
    formats = {name: ".3f" for name in ("accuracy", "precision", "recall", "F1", "ECE")} | {
        "ms/piece": ".1f",
        "MB": ".1f",
    }
    note = (
        "Precision, recall and F1 are means over the classes that occur. ECE: expected calibration error, 10 bins. "
        "Milliseconds are of this computer, with whatever else it was doing."
    )
    return Table("models", "Models on the same pieces", head, tuple(rows), formats, note=note)


def paper_table(judged: Sequence[Judged], known: Paper) -> Table:
    """The networks of the paper's Table 3 with its accuracies 0..1 where they are known, and beside them those of the
    models judged here; models of networks that the paper does not have follow."""
    rows: list[tuple[Cell, ...]] = []
    left = list(judged)
    for row in known.table_3:
        same = [one for one in judged if one.network == row.network]
        left = [one for one in left if one not in same]
        rows += [(row.title, row.accuracy, metrics.accuracy(one.table), one.model) for one in same]
        rows += [(row.title, row.accuracy, None, None)] if not same else []
    rows += [(one.network or None, None, metrics.accuracy(one.table), one.model) for one in left]
    head = ("network", "accuracy in the paper", "accuracy here", "model here")
    sources = "; ".join(dict.fromkeys(row.source.split(" (http")[0] for row in known.table_3 if row.source))
    note = (
        "The paper's accuracy is on its own photos: other pieces, so not comparable with the accuracy here. An empty "
        f"place of the paper's: no source at hand gives the figure. Sources: {sources}."
    )
    return Table(
        "paper",
        "Beside the paper's Table 3",
        head,
        tuple(rows),
        {"accuracy in the paper": ".3f", "accuracy here": ".3f"},
        frozenset({"accuracy in the paper"}),
        note,
    )


def classes_table(one: Judged, labels: LabelSet) -> Table:
    """A row for each class; a score is None where nothing of the class occurs or is said."""
    table = one.table
    rows: list[tuple[Cell, ...]] = []
    for n, key in enumerate(one.labels):
        hits, occur, said = int(table[n, n]), int(table[n].sum()), int(table[:, n].sum())
        others = [(int(table[n, k]), one.labels[k]) for k in range(len(one.labels)) if k != n and table[n, k]]
        rows.append(
            (
                labels.name(key),
                occur,
                hits / said if said else None,
                hits / occur if occur else None,
                2 * hits / (occur + said) if occur + said else None,
                labels.name(max(others)[1]) if others else None,
            )
        )
    head = ("class", "pieces", "precision", "recall", "F1", "most often taken for")
    formats = {name: ".3f" for name in ("precision", "recall", "F1")}
    return Table(f"classes-{one.model}", f"{one.model}, class by class", head, tuple(rows), formats)


def confusions(one: Judged, labels: LabelSet) -> Picture:
    """The confusion table in numbers and shades, rows the truth."""
    table = one.table
    share = table / np.maximum(table.sum(1, keepdims=True), 1)
    names = [labels.name(key) for key in one.labels]
    side = 1.6 + 0.55 * len(names)
    caption = "Rows: the truth; columns: what the model says. Numbers are pieces, shades the share of the row."
    with drawing(
        f"confusion-{one.model}", f"{one.model}: confusions", caption, width=side + 0.8, height=side
    ) as canvas:
        axes = canvas.axes
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        axes.grid(False)
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), names)
        axes.set(xlabel="said", ylabel="truth")
        for row, column in zip(*np.nonzero(table), strict=True):
            colour = "white" if share[row, column] > 0.55 else "black"
            axes.text(column, row, str(table[row, column]), ha="center", va="center", color=colour, fontsize=8)
    return canvas.done


def reliability_figure(judged: Sequence[Judged]) -> Picture:
    """Accuracy over probability, a line for each model."""
    caption = "Share of right names among pieces of about the same probability; on the diagonal they agree. "
    caption += "Larger dots: more pieces."
    with drawing("reliability", "How sure, how right", caption, width=7.2, height=4.6) as canvas:
        axes = canvas.axes
        axes.plot([0, 1], [0, 1], color="#888888", linewidth=1, linestyle=":")
        for n, one in enumerate(judged):
            look, bins = style(n), one.bins
            error = calibration_error(bins)
            sizes = [12 + 160 * b.count / len(one.truth) for b in bins]
            said, right = [b.confidence for b in bins], [b.accuracy for b in bins]
            axes.scatter(said, right, sizes, color=look["color"], marker=look["marker"])
            line = {"color": look["color"], "marker": look["marker"], "markersize": 4, "linewidth": 1}
            axes.plot(said, right, **line, label=f"{one.model} (ECE {error:.3f})")
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="probability of the first name", ylabel="share right")
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return canvas.done


def tsne_figure(one: Judged, labels: LabelSet, seed: int) -> Picture:
    """The features of the first pieces in two dimensions. seed: of the t-SNE."""
    dots = embedded(one.features, seed)
    truth = np.array(one.truth[: len(dots)])
    caption = f"t-SNE of the features of {len(dots)} pieces, coloured by their true class. Near means alike; how far "
    caption += "apart groups lie means little."
    with drawing(f"tsne-{one.model}", f"{one.model}: features", caption, width=6.4, height=4.6) as canvas:
        axes = canvas.axes
        for n, key in enumerate(one.labels):
            mine = dots[truth == key]
            look = style(n)
            axes.scatter(mine[:, 0], mine[:, 1], 14, color=look["color"], marker=look["marker"], label=labels.name(key))
        axes.set(xticks=[], yticks=[])
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return canvas.done


def gallery(one: Judged, labels: LabelSet, columns: int = 8) -> Picture | str:
    """What the model saw of its surest mistakes, or a sentence where there is none."""
    chosen = worst(one, _GALLERY)
    if not chosen:
        return f"{one.model} made no mistake."
    text = 26
    rows = -(-len(chosen) // columns)
    cell = THUMBNAIL + 8
    sheet = Image.new("RGB", (columns * cell, rows * (cell + text)), "white")
    pen = ImageDraw.Draw(sheet)
    words = "".join(labels.name(key) for key in one.labels)
    font = ImageFont.truetype(font_file(words), 10)
    for place, n in enumerate(chosen):
        x, y = (place % columns) * cell + 4, (place // columns) * (cell + text) + 4
        sheet.paste(Image.fromarray(one.thumbnails[n]), (x, y))
        pen.text((x, y + THUMBNAIL), f"{labels.name(one.truth[n])}", "#009E73", font)
        pen.text((x, y + THUMBNAIL + 12), f"{labels.name(one.guess[n])} {one.sure[n]:.2f}", PALETTE[3], font)
    out = BytesIO()
    sheet.save(out, "PNG")
    wrong = int((~one.right).sum())
    caption = f"The surest {len(chosen)} of {wrong} mistakes: what the model saw; above the truth, below what it said "
    caption += "and how surely."
    return Picture(f"mistakes-{one.model}", f"{one.model}: surest mistakes", caption, out.getvalue())
