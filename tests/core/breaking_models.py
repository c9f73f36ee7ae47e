"""The process for models with tiny ones, of which some break: `command` starts it instead of the real one.

While the file that SSC_BREAK names exists, the model that is asked deletes it and ends the process as the system does
that lacks memory.
"""

import faulthandler
import os
import signal
import sys
import threading
from dataclasses import replace

from fake_models import ColourClassifier, ColourSegmenter
from keyed_models import TinySam

from sscore.errors import ModelMissing
from sscore.remote import worker

CODE = "import sys; sys.path[:] = sys.argv[1:]; import breaking_models; breaking_models.serve()"
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows ends a process at once with either


def command():
    return [sys.executable, "-c", CODE, *(path or os.getcwd() for path in sys.path)]


def end_hard():
    os.kill(os.getpid(), KILL)
    threading.Event().wait()


def break_if_told():
    file = os.environ.get("SSC_BREAK", "")
    if file and os.path.exists(file):
        os.remove(file)
        end_hard()


class Colours(ColourSegmenter):
    def __init__(self, model_id):
        super().__init__()
        self.card = replace(self.card, id=model_id)

    def encode(self, rgb):
        break_if_told()
        print("what a library prints is no answer", flush=True)
        return super().encode(rgb)

    def predict(self, embedding, prompt, *, multimask=True):
        break_if_told()
        return super().predict(embedding, prompt)


class Raises(ColourSegmenter):
    """Predicting raises what its name says."""

    def __init__(self, name):
        super().__init__()
        self.name = name

    def predict(self, embedding, prompt, *, multimask=True):
        if self.name == "segfault":
            faulthandler._sigsegv()

        class Strange(RuntimeError):
            """Of a library the window does not have."""

        raise {
            "memory": MemoryError("no room"),
            "value": ValueError("shapes differ"),
            "strange": Strange("CUDA out of memory. Tried to allocate 2 GiB"),
            "exit": SystemExit(3),
        }[self.name]


class Names(ColourClassifier):
    def __init__(self, model_id):
        super().__init__()
        self.card = replace(self.card, id=model_id)

    def scores(self, crops, labels):
        break_if_told()
        return super().scores(crops, labels)

    def features(self, crops):
        import numpy as np

        threads = os.environ.get("SSC_THREADS", "0")
        return np.full((len(crops), 2), float(threads), np.float32)


def segmenter(model_id, *, device):
    if model_id == "endless":
        os.close(os.open(os.environ["SSC_MARK"], os.O_CREAT))
        threading.Event().wait()
    if model_id == "broken":
        end_hard()
    if model_id == "missing":
        raise ModelMissing("it is not there", path="D:/废钢 照片/x.pth", remedy="fetch it")
    if model_id == "tiny":
        return TinySam()
    return Colours(model_id) if model_id in ("colours", "nano") else Raises(model_id)


def serve():
    worker.load_segmenter = segmenter
    worker.load_classifier = lambda model_id, *, device: Names(model_id)
    worker.main()
