"""From scenes to a report: two evaluations, one page with everything in it."""

from __future__ import annotations

import json
import re

from sscore import cli

FIGURES = (
    "fig09_model_scale",
    "fig10_mean_dice",
    "fig11_dice_spread",
    "fig12_prompts_1",
    "fig13_robust_accuracy",
    "dice_under_shifts",
    "clicks",
    "best",
    "worst",
    "disputed",
)


def test_two_runs_in_one_report(tmp_path, capsys):
    folder = tmp_path / "废钢 照片"
    assert (
        cli.run(["scenes", "--out", str(folder), "--count", "2", "--size", "128x96", "--pieces", "2", "--quiet"]) == 0
    )
    ask = ["evaluate", str(folder / "annotations.json"), "--segmenters", "grabcut", "--quiet", "--repeats", "1"]
    assert cli.run([*ask, "--strategies", "S5,S6", "--shifts", "0-5", "--out", str(tmp_path / "A")]) == 0
    assert cli.run([*ask, "--strategies", "S5,NoC", "--out", str(tmp_path / "B")]) == 0
    capsys.readouterr()
    runs = [str(tmp_path / "A"), str(tmp_path / "B")]
    assert cli.run(["report", "segmentation", *runs, "--out", str(tmp_path / "报告"), "--json"]) == 0
    page = tmp_path / "报告" / "report.html"
    assert json.loads(capsys.readouterr().out) == {"report": str(page)}
    text = page.read_text(encoding="utf-8")
    assert "grabcut (B)" in text and not re.search(r'(src|href)="(?!data:|#)', text)
    assert text.count("data:image/") == len(list((tmp_path / "报告" / "figures").glob("*.png")))
    for name in FIGURES:
        assert (tmp_path / "报告" / "figures" / f"{name}.png").stat().st_size > 1000, name
    assert (tmp_path / "报告" / "figures" / "fig11_dice_spread.svg").exists()
    for name in ("table1_times", "table2_drops", "accuracy", "pairs", "effort", "by_class", "by_area", "paper"):
        assert (tmp_path / "报告" / "tables" / f"{name}.csv").exists(), name
        assert r"\toprule" in (tmp_path / "报告" / "tables" / f"{name}.tex").read_text(encoding="utf-8")
    assert "Figures of the paper" in text and "15" in text
