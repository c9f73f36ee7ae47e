"""`python -m sscore`, for where the command is not on the PATH."""

import subprocess
import sys


def test_the_command_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "sscore", "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.split()[0]) == (0, "ssc")
