"""The same rows from one process, from several, and from a Dask cluster, also when a worker is killed half-way."""

from __future__ import annotations

import multiprocessing
import os
import signal

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
