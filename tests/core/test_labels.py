"""sscore.labels: the seven shapes in their order, and plain words for every mistake in a label file."""

import tomllib

import pytest

from sscore import labels
from sscore.errors import BadLabels

HEAD = 'key = "yard"\nen = "Yard"\nzh = "料场"\n'


def row(key, colour="#112233", texts='["钢"]', more=""):
    return f'[[label]]\nkey = "{key}"\nen = "{key} en"\nzh = "{key} zh"\ncolour = "{colour}"\ntexts = {texts}\n{more}'


def written(folder, text, name="标签 一.toml"):
    here = folder / "废钢 照片"
    here.mkdir(exist_ok=True)
    path = here / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_seven_shapes_in_coco_order():
    shapes = labels.load()
    assert shapes.keys == ("Angle", "Bar", "Billet", "H", "Pipe", "Plate", "U")
    assert [shapes.category_id(key) for key in shapes.keys] == [1, 2, 3, 4, 5, 6, 7]
    assert shapes.index("H") == 3 and shapes.get("H").zh == "H型钢" and len({x.colour for x in shapes.labels}) == 7
    assert "Pipe" in shapes and "unknown" not in shapes and 3 not in shapes
    assert labels.load("scrap_shapes") == shapes


SHIPPED = {
    "scrap_grades": ("3A", "3A1", "3AH", "cast_iron"),
    "scrap_metals": ("aluminium", "brass", "copper", "stainless_steel", "zinc"),
    "scrap_shapes": ("Angle", "Bar", "Billet", "H", "Pipe", "Plate", "U"),
    "trashnet": ("cardboard", "glass", "metal", "paper", "plastic", "trash"),
}


def test_the_sets_that_ship():
    assert labels.available() == list(SHIPPED)
    for key, keys in SHIPPED.items():
        one = labels.load(key)
        assert (one.key, one.keys) == (key, keys) and len(one.templates) > 1
        assert len({label.colour for label in one.labels}) == len(keys)
        every = [text for label in one.labels for text in label.texts]
        assert len(set(every)) == len(every)  # a text that two classes share would say nothing


@pytest.mark.parametrize("key", SHIPPED)
def test_the_sets_that_ship_pass_the_check_of_others(key):
    path = labels.resources() / "labels" / f"{key}.toml"
    assert labels._checked(tomllib.loads(path.read_text(encoding="utf-8")), path) == labels.load(key)


def test_prompts_are_every_text_in_every_template(tmp_path):
    text = HEAD + 'templates = ["一根{}", " {}的照片 "]\n' + row("Rail", texts='["钢轨", "铁轨"]') + row("Gear")
    own = labels.load(written(tmp_path, text))
    assert own.prompts("Rail") == ("一根钢轨", "钢轨的照片", "一根铁轨", "铁轨的照片")
    with pytest.raises(BadLabels, match="'Pipe' is not a label"):
        own.prompts("Pipe")
    plain = labels.load(written(tmp_path, HEAD + row("Rail")))
    assert plain.templates == labels.DEFAULT_TEMPLATES and "一张钢的照片" in plain.prompts("Rail")


def test_names_in_both_languages():
    shapes = labels.load()
    assert (shapes.name("Pipe"), shapes.name("Pipe", "zh_CN"), shapes.name("Pipe", "fr")) == ("Pipe", "钢管", "Pipe")
    assert (shapes.name("unknown"), shapes.name("unknown", "zh")) == ("unknown", "未知")
    assert shapes.name("Rail", "zh") == "Rail"  # a label of another set still shows


def test_a_foreign_label_is_named_with_those_there_are():
    shapes = labels.load()
    for ask in (shapes.index, shapes.get, shapes.category_id):
        with pytest.raises(BadLabels, match="'Rail' is not a label.*Angle, Bar"):
            ask("Rail")


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["plain", "with the mark of Notepad"])
def test_own_label_file(tmp_path, start):
    text = (HEAD + row("Rail", "#aabbcc", '["钢轨", "铁轨"]') + row("Gear")).replace("\n", "\r\n")
    own = labels.load(written(tmp_path, start + text.encode()))
    assert own.key == "yard" and own.keys == ("Rail", "Gear")
    assert own.get("Rail").colour == "#AABBCC" and own.get("Rail").texts == ("钢轨", "铁轨")
    assert labels.load(str(written(tmp_path, start + text.encode()))) == own


def test_unknown_set():
    with pytest.raises(BadLabels, match="no label set 'shapes'.*scrap_shapes"):
        labels.load("shapes")


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "field 'key' is missing"),
        (HEAD, "field 'label' is missing"),
        (HEAD + "label = []", "field 'label' must not be empty"),
        (HEAD + "label = 3", "field 'label' must be a list"),
        (HEAD + "label = [3]", "label 1 must be a table"),
        (HEAD.replace("Yard", "  ") + row("A"), "field 'en' must not be empty"),
        (HEAD.replace('"Yard"', "7") + row("A"), "field 'en' must be text"),
        (HEAD + "colour = 1\n" + row("A"), "field 'colour' is not a field we know"),
        (HEAD + row("A") + row("B", more="color = 1\n"), r"label 2 \(B\): field 'color' is not a field we know"),
        (HEAD + row("A", colour="red"), r"label 1 \(A\): field 'colour' must be a colour like"),
        (HEAD + row("A", colour="#12345G"), "must be a colour"),
        (HEAD + row("A", colour="#112233\\n"), "must be a colour"),
        (HEAD + row("A", texts="[]"), r"label 1 \(A\): field 'texts' must not be empty"),
        (HEAD + row("A", texts='["钢", " "]'), "field 'texts' must not be empty"),
        (HEAD + row("A", texts='"钢"'), "field 'texts' must be a list"),
        (HEAD + "templates = []\n" + row("A"), "field 'templates' must not be empty"),
        (HEAD + 'templates = "{}"\n' + row("A"), "field 'templates' must be a list"),
        (HEAD + 'templates = ["{}", "照片"]\n' + row("A"), "the template '照片' must hold {} once"),
        (HEAD + 'templates = ["{}和{}"]\n' + row("A"), "must hold {} once"),
        (HEAD + row("A") + row("A"), "'A' is used twice"),
        (HEAD + row("A") + row(" A "), "'A' is used twice"),
        (HEAD + row("unknown"), "'unknown' is kept"),
        ("a = 1\nkey = [", "not valid TOML"),
        ("a = 1\nb == 2\n", "not valid TOML: .*line 2"),
        ("钢".encode("gbk"), "not UTF-8"),
    ],
)
def test_each_mistake_in_plain_words(tmp_path, text, words):
    path = written(tmp_path, text)
    with pytest.raises(BadLabels, match=words) as caught:
        labels.load(path)
    assert caught.value.path == str(path) and caught.value.remedy and "pydantic" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "没有.toml", tmp_path, str(tmp_path) + "/a\0.toml"):
        with pytest.raises(BadLabels):
            labels.load(path)


def test_a_set_that_ships_and_was_damaged_is_told_of(tmp_path, monkeypatch):
    monkeypatch.setattr(labels, "resources", lambda: tmp_path)
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "mine.toml").write_text('key = "mine"\n', encoding="utf-8")
    with pytest.raises(BadLabels, match=r"mine\.toml"):
        labels.load("mine")
