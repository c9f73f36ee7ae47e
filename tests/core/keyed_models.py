"""A segmenter built like SAM, in numpy and smaller: it makes float32 (1, 64, 32, 32), and its embeddings have keys."""

import numpy as np
from PIL import Image

from sscore import images
from sscore.models.upscale import mask_of, seen_size
from sscore.types import LOGITS_SIDE, Candidate, Embedding, ModelCard

CHANNELS, SIDE = 64, 32


class TinySam:
    """The answer to a prompt: where the features look like those at its first point or the middle of its box."""

    def __init__(self, variant="b"):
        self.card = ModelCard(id=f"tiny-{variant}", kind="segmenter", family="fake", variant=variant)
        self.variant = variant
        self.encoded = 0
        rng = np.random.default_rng(len(variant) + ord(variant[0]))
        self._mix = rng.normal(size=(CHANNELS, 3)).astype(np.float32)

    def key(self, image_digest):
        return f"{image_digest}:tiny-{SIDE}:weights-{self.variant}:numpy"

    def encode(self, rgb):
        self.encoded += 1
        height, width = (max(side // (1024 // SIDE), 1) for side in seen_size(rgb.shape[:2]))
        seen = np.zeros((SIDE, SIDE, 3), np.float32)
        seen[:height, :width] = np.asarray(Image.fromarray(rgb).resize((width, height), Image.Resampling.BOX)) / 64 - 2
        image = np.moveaxis(seen @ self._mix.T, 2, 0)[None]
        return Embedding(self.key(images.digest(rgb)), rgb.shape[:2], {"image": np.ascontiguousarray(image)})

    def predict(self, embedding, prompt, *, multimask=True):
        image = embedding.arrays["image"][0]
        assert image.dtype == np.float32
        x, y = prompt.points[0] if len(prompt.points) else prompt.box.centre
        scale = SIDE / max(embedding.image_hw)
        there = image[:, int(y * scale), int(x * scale)][:, None, None]
        low = 8 - np.abs(image - there).mean(0) * 12
        logits = np.asarray(Image.fromarray(low).resize((LOGITS_SIDE, LOGITS_SIDE), Image.Resampling.BILINEAR))
        return (Candidate(mask_of(logits, embedding.image_hw), 0.9, logits, 0),)

    def predict_many(self, embedding, prompts, *, multimask=True):
        return [self.predict(embedding, prompt) for prompt in prompts]
