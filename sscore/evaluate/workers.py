"""Where photos are measured: in this process, in several, or on a Dask cluster. The same function, the same rows."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing.connection import Connection
from typing import Any

import cv2

from sscore import images, models
from sscore.errors import BadOption, Cancelled, SscError
from sscore.evaluate.measure import Case, Design, measure_case
from sscore.evaluate.rows import Problem, Row
from sscore.evaluate.truth import Photo
from sscore.types import Segmenter

_LIGHT = 20_000_000
"""Parameters up to which one prompt leaves cores idle, so that several processes are quicker than several threads."""

_WORTH = 400
"""Prompts for each process below which starting it (seconds) costs more than it brings."""

_MOST = 8
"""Processes that nobody asked for: each has its own copy of the weights."""

_POOL = 61 if os.name == "nt" else 1000
"""Processes of one pool: Windows cannot wait for more."""

_LOOK_S = 0.5
"""Windows tells a program of Ctrl-C only between two waits."""

_DIED = "the process that measured this photo ended by itself (out of memory?)"


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One photo for one segmenter. untrained: random weights, to try the mechanics."""

    segmenter: str
    photo: Photo
    design: Design
    device: str = "auto"
    engine: str = "auto"
    untrained: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """unusable: why the segmenter cannot be used at all, "" where it can."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    unusable: str = ""


def work(job: Job) -> Outcome:
    """Measure one photo. What goes wrong becomes part of the outcome."""
    try:
        segmenter = _segmenter(job.segmenter, job.device, job.engine, job.untrained)
    except (SscError, OSError, RuntimeError, MemoryError) as error:
        return Outcome(unusable=_words(error))
    photo, problems = job.photo, list[Problem]()

    def failed(annotation: int, text: str) -> None:
        problems.append(Problem(photo.name, text, annotation, job.segmenter))

    try:
        rgb = images.read(photo.path)
        if rgb.shape[:2] != (photo.height, photo.width):
            size = f"{rgb.shape[1]} x {rgb.shape[0]}"
            failed(0, f"the photo has {size} px, its annotations are for {photo.width} x {photo.height} px")
            return Outcome(problems=tuple(problems))
        case = Case(photo.name, rgb, photo.masks, photo.ids, photo.labels)
        rows = tuple(measure_case(segmenter, case, job.design, trouble=failed))
    except Cancelled:
        raise
    except Exception as error:  # one photo that a model chokes on must not cost the others
        failed(0, _words(error))
        rows = ()
    return Outcome(rows, tuple(problems))


@lru_cache(maxsize=1)
def _segmenter(model_id: str, device: str, engine: str, untrained: bool) -> Segmenter:
    """The segmenter last used stays open: jobs come sorted by segmenter."""
    if not untrained:
        return models.load_segmenter(model_id, device=device, engine=engine)
    import torch

    torch.manual_seed(0)  # the same random weights in every process
    return models.open_untrained(model_id, device=device, engine=engine)


def _words(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "not enough memory"
    return str(error) if isinstance(error, SscError) else f"{type(error).__name__}: {error}"


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def sensible(parameters: Sequence[int | None], photos: int, prompts: int, *, device: str, engine: str) -> int:
    """How many processes to use where nobody says: one a core for small networks, one for large networks, which keep
    all cores busy by themselves, for GPUs, and for little work.

    parameters: of each segmenter, None where not known; photos, prompts: still to be measured.
    """
    from sscore.models.engines import has_cuda

    if device not in ("auto", "cpu") or (device == "auto" and not engine.startswith("openvino") and has_cuda()):
        return 1
    if any(count is None or count > _LIGHT for count in parameters):
        return 1
    return max(1, min(cores(), _MOST, photos, prompts // _WORTH))


def outcomes(jobs: Sequence[Job], *, workers: int = 1, scheduler: str = "") -> Iterator[tuple[Job, Outcome]]:
    """The outcome of each job, as they come. A segmenter found unusable gets no further jobs.

    workers: processes on this computer, 1: this one; scheduler: address of a Dask scheduler instead, whose workers
    have this program and see the photos and weights under the same paths. Raises BadOption.
    """
    if scheduler:
        with _dask(scheduler) as (executor, room):
            yield from _spread(jobs, lambda: _lent(executor), room)
    elif workers < 1:
        raise BadOption("--workers must be at least 1, or 0 for as many as are sensible")
    elif workers == 1:
        unusable: set[str] = set()
        for job in jobs:
            if job.segmenter not in unusable:
                outcome = work(job)
                unusable |= {job.segmenter} if outcome.unusable else set()
                yield job, outcome
    else:
        workers = min(workers, _POOL)
        yield from _spread(jobs, partial(_processes, workers), workers)


def _spread(
    jobs: Sequence[Job], open_executor: Callable[[], AbstractContextManager[Executor]], room: int
) -> Iterator[tuple[Job, Outcome]]:
    """`room` jobs at a time. When a process dies, the jobs under way are tried again one by one: the one that kills it
    again is the culprit, and is given up."""
    waiting, suspects = deque(jobs), deque[Job]()
    unusable: set[str] = set()
    while waiting or suspects:
        alone = bool(suspects)
        source = suspects if alone else waiting
        flying: dict[Future[Outcome], Job] = {}
        try:
            with open_executor() as executor:
                while source or flying:
                    while source and len(flying) < (1 if alone else room):
                        job = source[0]  # taken away only when it has been handed over
                        if job.segmenter not in unusable:
                            flying[executor.submit(work, job)] = job
                        source.popleft()
                    for future in wait(flying, _LOOK_S, FIRST_COMPLETED).done:
                        outcome = _result(future, flying[future])
                        job = flying.pop(future)
                        unusable |= {job.segmenter} if outcome.unusable else set()
                        yield job, outcome
        except BrokenProcessPool:
            if alone:
                for job in flying.values():
                    yield job, _lost(job)
            else:
                suspects.extend(flying.values())


def _result(future: Future[Outcome], job: Job) -> Outcome:
    """Raises BrokenProcessPool. A Dask worker that died several times over a job raises KilledWorker."""
    try:
        return future.result()
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            return _lost(job)
        raise


def _lost(job: Job) -> Outcome:
    return Outcome(problems=(Problem(job.photo.name, _DIED, segmenter=job.segmenter),))


@contextmanager
def _processes(workers: int) -> Iterator[Executor]:
    """Each with its share of the cores. Ended at once when the caller is done, stopped or gone."""
    context = multiprocessing.get_context("spawn")
    number = context.Value("i", 0)
    reader, writer = context.Pipe(duplex=False)
    executor = ProcessPoolExecutor(workers, context, _settle, (number, workers, reader))
    try:
        _start_deaf(executor, workers)
        yield executor
        executor.shutdown()
    finally:
        writer.close()
        executor.shutdown(cancel_futures=True)
        reader.close()


def _start_deaf(executor: ProcessPoolExecutor, workers: int) -> None:
    """Start the processes, one with each job, while Ctrl-C is blocked, which they inherit: it is for the program, which
    then ends them; stopped in their imports they would each print a trace."""
    blocking = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocking else set()
    for _ in range(workers):
        executor.submit(os.getpid)
    if blocking:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle(number: Any, workers: int, pipe: Connection) -> None:
    """In a new process: take a share of the cores, leave Ctrl-C to the parent, and end when the pipe's other end is
    closed, by the parent or by its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, args=(pipe,), daemon=True).start()
    with number.get_lock():
        mine = number.value
        number.value += 1
    threads = max(1, cores() // workers)
    os.environ.setdefault("SSC_THREADS", str(threads))
    cv2.setNumThreads(threads)
    if hasattr(os, "sched_setaffinity"):  # elsewhere the system has to sort it out
        ours = sorted(os.sched_getaffinity(0))
        share = [core for place, core in enumerate(ours) if place % workers == mine % min(workers, len(ours))]
        os.sched_setaffinity(0, share or ours)


def _follow(pipe: Connection) -> None:
    with suppress(EOFError, OSError):
        pipe.recv_bytes()
    os._exit(1)


@contextmanager
def _dask(scheduler: str) -> Iterator[tuple[Executor, int]]:
    """A Dask cluster as an executor, and how many jobs to have there at a time. Raises BadOption."""
    try:
        import distributed
    except ImportError as error:
        raise BadOption("--dask needs distributed", remedy='pip install "scrap-sam-clip[dask]"') from error
    with ExitStack() as stack:
        try:
            open_client: Any = distributed.Client
            client = stack.enter_context(open_client(scheduler, timeout=10))
        except (OSError, ValueError) as error:
            raise BadOption(f"no Dask scheduler answers at {scheduler}", remedy="start it, or check --dask") from error
        threads = sum(client.nthreads().values())
        if not threads:
            raise BadOption(f"the Dask scheduler {scheduler} has no workers", remedy="start some: dask worker ADDRESS")
        executor = stack.enter_context(client.get_executor(pure=False, retries=2))
        yield executor, 2 * threads


@contextmanager
def _lent(executor: Executor) -> Iterator[Executor]:
    yield executor
