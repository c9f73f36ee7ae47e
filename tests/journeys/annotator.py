"""Programs to be killed: python annotator.py FOLDER PHOTO...

For each line on stdin one process starts that saves accepted annotations as fast as it can and prints each one when its
save has returned: "id left top area photo". Before it come "started PID", after its death "dead". Where the system can
fork, the modules are imported once for all.
"""

import os
import subprocess
import sys

import numpy as np

from sscore import edits, labels
from sscore.project import Project
from sscore.types import Annotation, Mask


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())  # in one piece, and nothing stays in a buffer


def annotate(folder: str, rels: list[str]) -> None:
    """Reads every page first, as the window does after a crash."""
    project = Project.open(folder)
    pages = {rel: project.load(rel) for rel in rels}
    rng = np.random.default_rng()
    while True:
        rel = rels[rng.integers(len(rels))]
        bits = rng.random((12, 12)) < 0.7
        bits[[0, -1]] = True
        left, top = (int(v) for v in rng.integers(0, 80, 2))
        pages[rel] = edits.add(pages[rel], Annotation(0, Mask(bits, left, top), "Pipe"))
        project.save(pages[rel], edit="accept")
        say(f"{pages[rel].annotations[-1].id} {left} {top} {int(bits.sum())} {rel}")


def serve(folder: str, rels: list[str]) -> None:
    labels.load()  # imports on first use what else every child would import
    for _ in sys.stdin:
        if hasattr(os, "fork"):
            child = os.fork()
            if not child:
                annotate(folder, rels)
            say(f"started {child}")
            os.waitpid(child, 0)
        else:
            process = subprocess.Popen([sys.executable, __file__, "--now", folder, *rels])
            say(f"started {process.pid}")
            process.wait()
        say("dead")


if __name__ == "__main__":
    if sys.argv[1] == "--now":
        annotate(sys.argv[2], sys.argv[3:])
    serve(sys.argv[1], sys.argv[2:])
