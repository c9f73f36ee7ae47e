"""Starting: help and imports load nothing heavy, any terminal can show any name, a reader may go away."""

import json
import os
import subprocess
import sys

import pytest


def test_help_and_version_load_nothing_heavy():
    code = (
        "import sys; from sscore import cli;"
        "assert cli.run(['--help']) == cli.run(['label', '--help']) == cli.run(['--version']) == cli.run([]) == 0;"
        "heavy = {'numpy', 'cv2', 'torch', 'openvino', 'PIL', 'PySide6'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("encoding", ["ascii", "cp936", "utf-8"])
def test_any_terminal_can_print_any_name(tmp_path, encoding):
    image = tmp_path / "废钢 照片 ♥.jpg"
    image.write_bytes(b"")
    done = subprocess.run(
        [sys.executable, "-c", "from sscore.cli import main; main()", "segment", str(image), "--point", "1,2"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    err = done.stderr.decode(encoding)
    assert done.returncode == 2 and err.startswith("ssc: error: ") and "Traceback" not in err
    assert ("废钢 照片" in err) == (encoding != "ascii")


def test_ctrl_c_while_the_program_still_loads_is_one_line_too():
    code = (
        "import sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "from sscore.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "ssc: cancelled\n")


def test_a_reader_that_has_gone_is_no_error(tmp_path):
    command = [sys.executable, "-c", "from sscore.cli import main; main()", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()  # long before anything is printed
        assert process.stderr.read() == ""
        assert process.wait(60) in (0, 1)


def test_import_is_light():
    code = (
        "import json, sys, sscore; first = set(sys.modules); import sscore.labels;"
        "print(json.dumps([sorted(first), sorted(sys.modules)]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    first, then = (set(names) for names in json.loads(out))
    assert not first & {"torch", "openvino", "matplotlib", "cv2", "PySide6", "torchvision", "pydantic", "shapely"}
    assert not then & {"torch", "openvino", "matplotlib", "cv2", "PySide6", "pydantic"}


def test_using_a_model_tells_nobody(tmp_path):
    code = "from sscore.models import engines; import openvino; assert openvino.convert_model"
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **home})
    assert not list(tmp_path.iterdir()), "OpenVINO has left a mark of its telemetry"
