"""The command line as a whole: help without heavy imports, exit codes, one line per error, any terminal."""

import errno
import json
import sys
from types import SimpleNamespace

import pytest

from sscore import cli
from sscore.cli import console, entry
from sscore.errors import BadImage, BadOption, Cancelled


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["segment"], "Missing argument 'PHOTO' (see ssc segment --help)"),
        (["nonsense"], "nonsense"),
        (["label", "--nonsense"], "--nonsense"),
        (["scenes", "--count", "many", "--out", "x"], "--count"),
        (["scenes", "--count", "0", "--out", "x"], "--count"),
        (["scenes", "--size", "640", "--out", "x"], "WIDTHxHEIGHT"),
        (["segment", "a.jpg"], "--everything"),
        (["segment", "a.jpg", "--everything", "--point", "1,2"], "--everything"),
        (["segment", "a.jpg", "--box", "1,2,3"], "--box 1,2,3: expected x0,y0,x1,y1"),
        (["segment", "a.jpg", "--box", "9,9,1,1"], "turned over"),
        (["segment", "a.jpg", "--point", "1,zwei"], "--point 1,zwei"),
        (["segment", "a.jpg", "--point", "1,nan"], "--point 1,nan"),
        (["segment", "a.jpg", "--point", "1,2,3"], "third value"),
        (["segment", "a.jpg", "--point", "1,2", "--out", "a.bmp"], ".png or .json"),
        (["segment", "a.jpg", "--everything", "--out", "a.png"], "FILE.json"),
        (["classify", ".", "--masks", "a.json", "--box", "1,2,3,4"], "not both"),
        (["export", ".", "--out", "a.json", "--status", "done"], "--status done"),
        (["bench", "--models", ""], "at least one model"),
        (["bench", "--engines", "steam"], "no engine 'steam'"),
    ],
)
def test_wrong_requests_get_one_line_and_exit_code_2(capsys, args, says):
    assert cli.run(args) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err.startswith("ssc: error: ") and says in err


def test_every_verb_and_option_is_explained():
    def walk(command, name):
        assert command.help and "\\\\" not in command.help, name
        for parameter in command.params:
            assert parameter.help and "\\\\" not in parameter.help, (name, parameter.name)
        below = getattr(command, "commands", {})
        assert below or command.epilog.startswith(f"Example: {name}"), name
        for one, verb in below.items():
            short = verb.get_short_help_str(80 - 6 - max(map(len, below)))
            assert not short.endswith("..."), (name, one)  # cut off in the list of verbs, on 80 columns
            walk(verb, f"{name} {one}")

    walk(entry._command(), "ssc")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (BadImage("is damaged", path="照片.jpg", remedy="take another"), 2, "照片.jpg: is damaged (take another)"),
        (OSError(errno.ENOSPC, "No space left on device", "o.json"), 2, "o.json: No space left on device"),
        (FileExistsError(errno.EEXIST, "File exists", "a"), 2, "a: a file is where a folder is needed"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "a/b"), 2, "a/b: a file is where a folder is needed"),
        (PermissionError(errno.EACCES, "Permission denied", "o.json"), 2, "o.json: Permission denied"),
        (MemoryError(), 2, "not enough memory"),
        (ValueError("two\nlines"), 70, "ValueError: two lines (a defect of the program; set SSC_DEBUG=1"),
        (KeyboardInterrupt(), 130, None),
        (Cancelled(), 130, None),
    ],
)
def test_every_failure_has_its_code_and_one_line(capsys, monkeypatch, error, code, line):
    def fail(self, **options):
        raise error

    monkeypatch.setattr("sscore.cli.scenes.Console.__init__", fail)
    assert cli.run(["scenes", "--out", "x"]) == code
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert err == "ssc: cancelled\n" if line is None else err.startswith(f"ssc: error: {line}")


def test_what_ctrl_c_turns_into_on_its_way_is_no_defect(capsys, monkeypatch):
    monkeypatch.setattr(entry, "_interrupts", [])
    # A native module that is stopped while it is imported raises ImportError; typer returns 130 before a verb begins.
    monkeypatch.setattr("sscore.cli.scenes.Console.__init__", lambda self, **options: entry._interrupt(2, None))
    assert cli.run(["scenes", "--out", "x"]) == 130

    def fail(self, **options):
        raise ImportError("initialization failed")

    monkeypatch.setattr("sscore.cli.scenes.Console.__init__", fail)
    assert cli.run(["scenes", "--out", "x"]) == 130
    monkeypatch.setattr(entry, "_interrupts", [])
    assert cli.run(["scenes", "--out", "x"]) == 70
    monkeypatch.setattr(entry, "_command", lambda: SimpleNamespace(main=lambda **options: 130))
    assert cli.run(["scenes", "--out", "x"]) == 130
    said = capsys.readouterr().err.splitlines()
    assert [line == "ssc: cancelled" for line in said] == [True, True, False, True]


def test_a_defect_shows_its_trace_on_request(capsys, monkeypatch):
    def fail(self, **options):
        raise ValueError("broken")

    monkeypatch.setattr("sscore.cli.scenes.Console.__init__", fail)
    monkeypatch.setenv("SSC_DEBUG", "1")
    assert cli.run(["scenes", "--out", "x"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_events_carry_the_error_too(capsys):
    assert cli.run(["segment", "nowhere.jpg", "--point", "1,2", "--events"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["event"] == "error" and json.loads(out)["code"] == 2 and err.count("\n") == 1


def test_result_for_people_machines_and_nobody(capsys):
    for options, expected in [({}, "2 写\n"), ({"json": True}, '{\n  "n": 2\n}\n'), ({"quiet": True}, "")]:
        console.Console(**options).result({"n": 2}, "2 写")
        assert capsys.readouterr().out == expected


def test_json_for_machines_has_no_word_that_json_lacks(capsys):
    told = {"dice": float("nan"), "far": [float("inf"), 1.5], "n": (1, None)}
    console.Console(json=True).result(told, "")
    refuse = {"parse_constant": lambda word: pytest.fail(word)}
    assert json.loads(capsys.readouterr().out, **refuse) == {"dice": None, "far": [None, 1.5], "n": [1, None]}


def test_an_answer_that_cannot_be_written_names_the_file_asked_for(tmp_path):
    out = tmp_path / "废钢 照片.json"
    console.write_json(out, {"class": "钢"})
    assert json.loads(out.read_bytes()) == {"class": "钢"}
    with pytest.raises(BadOption, match="cannot be written") as caught:
        console.write_json(out / "a.json", {})
    assert caught.value.path == str(out / "a.json") and caught.value.remedy


def test_events_are_lines_of_json_in_ascii(capsys):
    face = console.Console(events=True)
    with face.progress("Working", unit=1, of="photos") as progress:
        for done in range(1, 1001):
            progress(done, 1000)
    face.warn("废钢 is odd")
    face.result({"n": 2}, "")
    lines = capsys.readouterr().out.splitlines()
    events = [json.loads(line) for line in lines]
    assert all(line.isascii() for line in lines)
    assert len(lines) < 100, "a thousand steps must not make a thousand lines"
    assert [one for one in events if one["event"] == "progress"][-1] == {
        "event": "progress",
        "done": 1000,
        "total": 1000,
    }
    assert events[-2:] == [{"event": "warning", "message": "废钢 is odd"}, {"event": "result", "n": 2}]


def test_no_bar_without_a_terminal(capsys):
    with console.Console().progress("Working") as progress:
        progress(1, 2)
    assert capsys.readouterr() == ("", "")


def test_the_bar_goes_to_the_terminal_and_counts(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with console.Console().progress("Labelling", unit=100, of="photos") as progress:
        progress(250, 500)
    out, err = capsys.readouterr()
    assert out == "" and "Labelling" in err and "2/5 photos" in err


def test_what_was_left_out_is_named_once_and_counted(capsys):
    shown = console.Console()
    shown.tell([f"{n}.jpg: gone" for n in range(30)] + ["3.jpg: gone"], ["few pieces"])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == console.NAMED + 2 and lines[0] == "ssc: warning: 0.jpg: gone"
    assert lines[-2:] == ["ssc: warning: few pieces", "ssc: warning: 10 more were left out; --json names all"]


def test_a_pause_has_the_code_of_ctrl_c_and_its_own_words(capsys, monkeypatch):
    monkeypatch.setattr(entry, "_command", lambda: SimpleNamespace(main=lambda **options: console.PAUSED))
    assert cli.run(["train"]) == 130 and capsys.readouterr().err == ""


def test_every_engine_is_in_the_help():
    from sscore.models.engines import ENGINES

    for words in (["evaluate"], ["bench"]):
        command = entry._command()
        for word in words:
            command = command.commands[word]
        (option,) = [one for one in command.params if one.name in ("engine", "engines")]
        assert all(name in option.help for name in ENGINES)
