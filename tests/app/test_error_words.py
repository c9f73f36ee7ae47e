"""Errors in Chinese: every text of the core has one, and what is not known is shown as it is."""

import errno
import os
import re
from pathlib import Path
from string import Formatter

import pytest
from core_texts import HOLE, Core
from PySide6.QtCore import QLocale

from app import error_words
from app.notices import in_words, of_error
from sscore import errors, images, labels, paths

ROOT = Path(error_words.__file__).parents[1]
TOML = paths.resources() / "translations" / "errors_zh_CN.toml"

FROM_ELSEWHERE = {
    "str(error)": "another error's whole text: one of those read here, or a library's own",
    "str(reason)": "the same, of a download",
    "error.problem": "handed on from another error of the core",
    "error.remedy": "the same",
    "_offline(card, error.remedy)": "the same, where there is no other way to get the file",
    "first": "the first of the problems that were met, a whole line of the core",
    "problems[-1] if problems else ''": "the same, the last",
    "str(problems[0]) if problems else 'annotate some objects first'": "the same",
    "left_out[0] if left_out else 'accept some instances first'": "the same",
    "left_out[0] if left_out else 'accept some instances first, or choose another label set'": "the same",
}
"""Expressions that may give nothing but a value, by how they are written, and what that value is."""


@pytest.fixture(scope="module")
def texts():
    """What the core says: all of it, since the window also runs the verbs of `ssc` and shows why one failed."""
    return list(Core(ROOT / "sscore", ROOT).texts())


def entry(words):
    """A text as errors_zh_CN.toml writes it."""
    return words.replace("{", "{{").replace("}", "}}").replace(HOLE, "{}")


def english_left(words):
    """Words of a text of the core that are still English in its Chinese, other than names such as COCO or a command."""
    spoken = error_words.chinese(words.replace(HOLE, "§"))
    meant = set(re.findall("[A-Za-z]{2,}", " ".join(error_words._file()["texts"].values())))
    return [word for word in re.findall("[A-Za-z]{2,}", spoken) if word not in meant]


def test_every_error_of_the_core_has_chinese(texts):
    missing = {entry(text.words): text.place for text in texts if english_left(text.words)}
    lines = "\n".join(f'"{words}" = ""    # {place}' for words, place in missing.items())
    assert not missing, (
        f"{len(missing)} texts of errors have no Chinese. Add them to {TOML.relative_to(ROOT)}, under [texts], with "
        f"{{0}}, {{1}}… in the Chinese for the {{}} of the English:\n{lines}"
    )


def test_no_error_hides_its_text(texts):
    hidden = {f"{text.place}: {text.source}" for text in texts if text.words == HOLE}
    unknown = sorted(one for one in hidden if one.split(": ", 1)[1] not in FROM_ELSEWHERE)
    lines = "\n".join(unknown)
    assert not unknown, (
        "this test cannot see what these errors say. Write the text where the error is made, or name the expression in "
        f"FROM_ELSEWHERE of this test:\n{lines}"
    )


def test_the_reading_of_the_source_sees_what_is_written(tmp_path):
    package = tmp_path / "废钢 照片" / "sscore"
    package.mkdir(parents=True)
    (package / "errors.py").write_text("class SscError(Exception): ...\nclass Bad(SscError): ...\n")
    (package / "words.py").write_text(
        'AGAIN = "fetch it again"\ndef why(n):\n    return f"{n} too many" if n else ""\n'
    )
    (package / "work.py").write_text(
        "from sscore import words\n"
        "from sscore.words import why\n"
        "_KINDS = {1: 'one', 2: 'two'}\n"
        "def first(n, path):\n"
        "    what = 'cut' if n else 'gone'\n"
        "    raise Bad(f'{what} at {n!r}', path=path, remedy=words.AGAIN)\n"
        "def second(n):\n"
        "    raise errors.Bad(f'not so: {why(n)}', remedy=_KINDS.get(n, 'none'))\n"
        "def third():\n"
        "    raise made('handed over')\n"
        "def made(text):\n"
        "    return Bad(text)\n"
    )
    found = [(entry(text.words), text.place) for text in Core(package, package.parent).texts()]
    assert found == [
        ("cut at {}", "sscore/work.py:6"),
        ("gone at {}", "sscore/work.py:6"),
        ("fetch it again", "sscore/work.py:6"),
        ("not so: {} too many", "sscore/work.py:8"),
        ("not so: ", "sscore/work.py:8"),
        ("one", "sscore/work.py:8"),
        ("two", "sscore/work.py:8"),
        ("none", "sscore/work.py:8"),
        ("handed over", "sscore/work.py:12"),
    ]


def test_templates_are_well_formed():
    for english, words in error_words._file()["texts"].items():
        holes = sum(hole is not None for _, hole, _, _ in Formatter().parse(english))
        used = {hole for _, hole, _, _ in Formatter().parse(words) if hole is not None}
        assert used == {str(number) for number in range(holes)}, english


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        (
            errors.BadImage("there is no such file", path="D:/废钢 照片/a.jpg", remedy="check the name and the folder"),
            "D:/废钢 照片/a.jpg：没有这个文件（请检查文件名和文件夹）",
        ),
        (
            errors.ModelMissing("there is no segmenter 'mobil-sam'", remedy="choose one of: nano, mobile-sam"),
            "没有分割模型 “mobil-sam”（可选：nano, mobile-sam）",
        ),
        (
            errors.WrongWeights(
                "these are not the weights of sam-vit-b: a.weight is missing; b.bias is (2,) but should be (3,)"
                " and 9 more; it looks like mobile-sam"
            ),
            "这不是 sam-vit-b 的权重：缺少 a.weight；b.bias 为 (2,)，应为 (3,)，另有 9 处不符；看起来是 mobile-sam",
        ),
        (
            errors.BadPage("this annotation page is damaged: it does not hold a COCO dataset with annotations"),
            "标注文件已损坏：其中没有带标注的 COCO 数据集",
        ),
        (
            errors.BadDataset("nothing could be measured", remedy="yard/a.jpg: there is no such file (check the name)"),
            "没有任何结果可评测（yard/a.jpg：没有这个文件（请检查名称））",
        ),
        (
            errors.BadDataset("is not valid JSON: Extra data at line 3, column 7"),
            "不是有效的 JSON：第 3 行第 7 列，Extra data",
        ),
        (errors.BadOption("something nobody has foreseen", remedy="try"), "something nobody has foreseen（try）"),
    ],
)
def test_in_chinese(error, chinese):
    assert error_words.facts(error, "zh") == chinese
    assert error_words.facts(error, "en") == str(error)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "磁盘已满"),
        (errno.EACCES, "没有权限"),
        (errno.ENOENT, "没有这个文件或文件夹"),
        (errno.EISDIR, "这是文件夹，不是文件"),
        (errno.EROFS, "磁盘为只读"),
        (errno.EEXIST, "文件已存在"),
    ],
)
def test_errors_of_the_system_by_their_number(number, words):
    error = OSError(number, "words of any language", "废钢 照片/a.json")
    assert error_words.facts(error, "zh") == f"废钢 照片/a.json：{words}"
    assert error_words.facts(OSError(number, "words of any language"), "zh") == words
    wrapped = errors.BadProject(f"the disk refuses: {os.strerror(number)}", remedy="check the disk")
    assert error_words.facts(wrapped, "zh") == f"磁盘读写失败：{words}（请检查磁盘）"


@pytest.mark.parametrize("kind", sorted({kind for _, _, kind in images._FOREIGN}))
def test_foreign_files_by_name(kind):
    assert not english_left(f"this is {kind}, which cannot be read")


def test_a_system_error_nobody_knows_is_shown_as_it_is():
    assert error_words.facts(OSError("odd"), "zh") == "odd"


def test_label_sets_name_the_field(tmp_path):
    file = tmp_path / "类别 表.toml"
    file.write_text(
        'key="k"\nen="e"\nzh="z"\n[[label]]\nkey="Pipe"\nen="Pipe"\nzh="管"\ncolour="red"\ntexts=["管"]\n', "utf-8"
    )
    with pytest.raises(errors.BadLabels) as caught:
        labels.load(file)
    assert error_words.facts(caught.value, "zh") == (
        f'{file}：类别 1 (Pipe)：字段 “colour” 应为颜色，例如 "#E69F00"（请对照程序自带的 scrap_shapes.toml）'
    )


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        (
            "D:/废钢 照片/run: a run is already there (add --resume, or choose another folder)",
            "D:/废钢 照片/run：那里已经有一次训练（请加 --resume 继续，或换一个文件夹）",
        ),
        (
            "there is no device 'npu' (choose auto, cpu, cuda or gpu (Intel))",
            "没有设备 “npu”（可选：auto、cpu、cuda 或 gpu（Intel））",
        ),
        (
            "yard/a.jpg: the page was gone and was made again from its journal; "
            "parts of the journal are damaged, so look it through",
            "yard/a.jpg：标注文件丢失，已按编辑日志重建；编辑日志有部分损坏，请检查一遍",
        ),
    ],
)
def test_whole_lines(line, chinese):
    assert error_words.chinese(line) == chinese


def test_the_notice_speaks_the_language_of_the_window():
    before = QLocale()
    try:
        QLocale.setDefault(QLocale("zh_CN"))
        assert of_error(errors.BadPrompt("the prompt is empty")).detail == "提示是空的"
        assert in_words("the prompt is empty") == "提示是空的"
        QLocale.setDefault(QLocale("en_GB"))
        assert of_error(errors.BadPrompt("the prompt is empty")).detail == "the prompt is empty"
        assert in_words("the prompt is empty") == "the prompt is empty"
    finally:
        QLocale.setDefault(before)
