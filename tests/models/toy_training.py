"""A training small enough to be run whole many times, with all that makes resuming hard: dropout, batch norm, data
drawn by the global generators, a frozen layer. Run as a program it dies at a given step."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
from torch import nn

from sscore.train.recipe import Recipe
from sscore.train.trainer import train

RECIPE = Recipe(epochs=4, batch=6, lr=0.02, schedule="cosine", clip=1.0, precision="float32", seed=5)
STEPS = 5


def net():
    torch.manual_seed(3)
    whole = nn.Sequential(
        nn.Linear(4, 8),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(8, 8),
        nn.BatchNorm1d(8),
        nn.Linear(8, 1),
    )
    for layer in whole[:2]:
        layer.requires_grad_(False)
    return whole


def batches(epoch):
    for _ in range(STEPS):
        x = torch.randn(RECIPE.batch, 4)
        yield x, x.sum(1, keepdim=True)


def step(net, batch):
    loss = (net(batch[0]) - batch[1]).square().mean()
    return loss, {"error": float(loss.detach().sqrt())}


def validate(net):
    torch.rand(7)  # a validation that draws must not change what is drawn after it
    x = torch.linspace(-1, 1, 40).reshape(10, 4)
    return {"fit": -float((net(x) - x.sum(1, keepdim=True)).square().mean())}


def run(folder, recipe=RECIPE, step=step, **more):
    """On one thread: with another number of them, sums are rounded in another order, and the last bits differ."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        learner = net()
        return learner, train(learner, batches, step, validate, recipe, folder, monitor="fit", **more)
    finally:
        torch.set_num_threads(before)


if __name__ == "__main__":
    deadly, taken = int(sys.argv[2]), 0

    def dying(net, batch):
        global taken
        taken += 1
        if taken > deadly:
            os._exit(9)  # as a power cut: nothing is put away
        return step(net, batch)

    run(Path(sys.argv[1]), step=dying, keep_seconds=0.0)
