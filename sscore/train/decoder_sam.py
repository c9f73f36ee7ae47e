"""Fine-tuning the mask decoder of a segmenter of SAM's kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from torch import Tensor, nn

from sscore import catalogue, models
from sscore.models import sam, weights
from sscore.models.cache import EmbeddingCache
from sscore.train.control import Control
from sscore.train.decoder_data import Embeddings, epoch, sample
from sscore.train.decoder_net import Learner, save
from sscore.train.decoder_prompts import DecoderRecipe
from sscore.train.decoder_report import LiveRunner, epoch_figures, remembering
from sscore.train.instances import Instances
from sscore.train.trainer import Emit, Outcome, train
from sscore.types import ModelCard, Progress

FAMILIES = ("sam", "sam_hq", "mobile_sam", "edge_sam")


def fine_tune(
    card: ModelCard,
    learn: Instances,
    judge: Instances,
    recipe: DecoderRecipe,
    folder: Path,
    *,
    device: str,
    resume: bool,
    tensorboard: bool,
    emit: Emit,
    control: Control,
    progress: Progress | None = None,
) -> tuple[Outcome, Path]:
    """Train the decoder of `card`; the outcome and where its tensors were written (of the best epoch so far)."""
    path = catalogue.weight_file(card)
    segmenter = cast(sam.SamSegmenter, models.load_segmenter(card.id))
    embeddings = Embeddings(segmenter, learn.shots)
    embeddings.prepare(flips=recipe.flips, progress=progress)
    emit({"event": "embedded", "photos": len(learn.shots), "encoded": embeddings.encoded})
    learner = Learner(decoder_of(card, path), recipe)

    def step(net: nn.Module, asks: Any) -> tuple[Tensor, dict[str, float]]:
        samples = [sample(a, learn.shots[a.shot], embeddings.get(a.shot, a.flip), recipe) for a in asks]
        loss, figures = net(samples)
        return loss, figures

    live = live_segmenter(segmenter, learner)
    judged = remembering(live, EmbeddingCache())
    outcome = train(
        learner,
        lambda number: epoch(learn.shots, recipe, number),
        step,
        lambda net: epoch_figures(judged, judge),
        recipe,
        folder,
        monitor="dice",
        from_start=True,
        device=device,
        resume=resume,
        tensorboard=tensorboard,
        emit=emit,
        control=control,
    )
    base = card.base or card.id
    out = folder / "decoder.safetensors"
    save(learner, out, card, base, weights.digest(catalogue.base_file(card) or path))
    return outcome, out


def decoder_of(card: ModelCard, path: Path) -> nn.Module:
    """The network without its image encoder, which fine-tuning does not need in memory."""
    whole = sam.network(card, path)
    del whole.image_encoder
    return whole


def live_segmenter(segmenter: sam.SamSegmenter, learner: Learner) -> sam.SamSegmenter:
    """The segmenter with the decoder that is being trained."""

    def run(*given: Tensor, with_mask: bool) -> tuple[Tensor, ...]:
        decoder = learner.decoder
        decoder.with_mask = with_mask
        try:
            return cast(tuple[Tensor, ...], decoder(*given))
        finally:
            decoder.with_mask = False

    def runner(with_mask: bool) -> LiveRunner:
        call: Callable[..., tuple[Tensor, ...]] = lambda *given: run(*given, with_mask=with_mask)  # noqa: E731
        return LiveRunner(call, learner)

    return segmenter.with_decoder(runner(False), runner(True))
