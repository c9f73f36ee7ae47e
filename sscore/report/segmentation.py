"""The report of one or several evaluations: one page, and every figure and table of it as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sscore.evaluate import summary
from sscore.evaluate.rows import Problem
from sscore.paths import write_atomic
from sscore.report import gallery, paper
from sscore.report import segmentation_figures as drawn
from sscore.report import segmentation_tables as tables
from sscore.report.figures import Picture
from sscore.report.html import Part, Section, page
from sscore.report.measured import Measured, load
from sscore.report.tables import Table

_NAMED = 40


def write(folders: Sequence[Path], out: Path) -> Path:
    """Write the report of these runs to `out` and return its page, out/report.html.

    Figures go to out/figures (PNG, SVG), tables to out/tables (CSV, LaTeX). Raises BadDataset (see `measured.load`),
    OSError.
    """
    runs, known = load(folders), paper.load()
    sections = _sections(runs, known)
    for section in sections:
        for part in section.parts:
            if isinstance(part, Picture):
                part.write(out / "figures")
            elif isinstance(part, Table):
                part.write(out / "tables")
    target = out / "report.html"
    write_atomic(target, page("Segmentation report", _lead(runs), sections).encode())
    return target


def _lead(runs: Measured) -> str:
    photos = len({image for image, _ in runs.truths})
    text = (
        f"{', '.join(runs.segmenters)} on {len(runs.truths)} objects of {photos} photos. "
        f"{len(runs.rows)} prompts answered."
    )
    best = []
    for one in runs.segmenters:
        means = {key: float(part["dice"].mean()) for (key,), part in runs.plain.only(segmenter=one).groups("strategy")}
        if means:
            top = max(means, key=lambda key: means[key])
            best.append(f"{one} {means[top]:.3f} with {top}")
    return f"{text} Best mean DICE: {'; '.join(best)}." if best else text


def _sections(runs: Measured, known: paper.Paper) -> list[Section]:
    figures = {one.name: one for one in drawn.figures(runs)}
    found = [Section("What was measured", _setting(runs))]
    if runs.strategies:
        first: list[Part] = [figures["fig10_mean_dice"], tables.accuracy(runs), figures["fig11_dice_spread"]]
        found.append(Section("Accuracy by strategy", tuple(first)))
    if runs.shifts:
        shifted = (figures["fig13_robust_accuracy"], tables.drops(runs, known), figures["dice_under_shifts"])
        found.append(Section("Careless prompts", shifted))
    if len(runs.segmenters) > 1 and (compared := tables.pairs(runs)).rows:
        found.append(Section("Which difference is real", (compared,)))
    if runs.strategies:
        found.append(Section("Size and speed", (figures["fig09_model_scale"], tables.times(runs, known))))
    clicks = (figures["clicks"],) if "clicks" in figures else ()
    found.append(Section("Effort", (*clicks, tables.effort(runs))))
    if runs.strategies:
        found.append(Section("Classes and sizes", tuple(tables.parts(runs))))
        found.append(Section("Examples", tuple(gallery.gallery(runs))))
    words = tuple(f"{text} Read in: {source}." for text, source in known.findings)
    found.append(Section("The paper", (tables.papers(known.segmentation), *words)))
    return found


def _setting(runs: Measured) -> tuple[Part, ...]:
    classes = Counter(one.label for one in runs.truths.values())
    rows = []
    for manifest in runs.manifests:
        design = manifest["design"]
        shifts = ", ".join(f"{name} px" for name in design["shifts"]) or "none"
        rows.append(
            (
                manifest["source"],
                ", ".join(manifest["segmenters"]),
                ", ".join(design["strategies"]),
                f"{shifts}, repeats: {design['repeats']}" if design["shifts"] else shifts,
                design["seed"],
                manifest["engine"],
            )
        )
    setting = Table("runs", "Runs", ("truth", "segmenters", "strategies", "shifts", "seed", "engine"), tuple(rows))
    named = ", ".join(f"{label or 'no class'} {count}" for label, count in sorted(classes.items()))
    problems = [f"Left out: {Problem(**one)}" for manifest in runs.manifests for one in manifest["problems"]]
    problems += [f"Of the truth: {text}" for manifest in runs.manifests for text in manifest["notes"]]
    left_out = list(dict.fromkeys(problems))
    if len(left_out) > _NAMED:
        left_out[_NAMED:] = [f"… and {len(left_out) - _NAMED} more; run.json has them all."]
    return (setting, f"Objects by class: {named}.", *runs.notes, *left_out, _HOW)


_HOW = (
    "Prompts are drawn from the true masks (strategies S1 to S6 of the paper). Of several masks that a segmenter "
    "gives, the one that fits the truth best is scored, as the paper does. Shifted prompts are the same for every "
    "segmenter. "
    f"Small objects: below {summary.AREAS[0][2]} px."
)
