"""The same rows from one process, from several, and from a Dask cluster, also when a worker is killed half-way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest

from sscore.evaluate import Design, rows, runs, truth
from sscore.scenes import write_scenes

DESIGN = Design(("S5",), ((0, 5),))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "废钢 照片"
    write_scenes(folder, count=3, seed=970_000, size=(160, 120), views=1, pieces=2)
    return truth.open_dataset(folder / "annotations.json")


@pytest.fixture(scope="module")
def expected(dataset, tmp_path_factory):
    """The rows that one process makes."""
    out = tmp_path_factory.mktemp("one")
    assert runs.run(runs.Request(out, ("grabcut",), DESIGN), dataset).problems == []
    return rows.plain(rows.read(out / "rows.parquet"))


def test_two_processes_one_of_them_killed(dataset, expected, tmp_path):
    killed = []

    def kill(segmenter, image):
        if not killed:
            (child, *_) = multiprocessing.active_children()
            os.kill(child.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            killed.append(child.pid)

    request = runs.Request(tmp_path / "运行", ("grabcut",), DESIGN)
    result = runs.run(request, dataset, processes=2, photo_done=kill)
    assert killed and result.problems == []
    assert rows.plain(rows.read(request.out / "rows.parquet")) == expected
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that means Ctrl-C to a group of processes")
def test_ctrl_c_while_the_processes_start_is_one_line(tmp_path, dataset):
    code = (
        "import multiprocessing, os, signal, threading, time\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # in the background it is ignored
        "def stop():\n"
        "    while not multiprocessing.active_children(): time.sleep(0.001)\n"
        "    time.sleep(0.5)  # somewhere in their imports\n"
        "    os.killpg(0, signal.SIGINT)\n"
        "threading.Thread(target=stop, daemon=True).start()\n"
        "from sscore.cli import main; main()"
    )
    truth_file = dataset.photos[0].path.with_name("annotations.json")
    args = ["evaluate", str(truth_file), "--out", str(tmp_path), "--segmenters", "grabcut", "--workers", "2"]
    command = [sys.executable, "-c", code, *args]
    done = subprocess.run(command, capture_output=True, text=True, start_new_session=True)
    assert (done.returncode, done.stderr) == (130, "ssc: cancelled\n")


def test_a_cluster_whose_worker_is_killed(dataset, expected, tmp_path):
    from distributed import LocalCluster

    killed = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:

        def kill(segmenter, image):
            if not killed:
                pid = next(iter(cluster.workers.values())).pid
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
                killed.append(pid)

        request = runs.Request(tmp_path / "运行", ("grabcut",), DESIGN)
        result = runs.run(request, dataset, scheduler=cluster.scheduler_address, photo_done=kill)
    assert killed and result.problems == []
    assert rows.plain(rows.read(request.out / "rows.parquet")) == expected
