"""Pages for tests: every feature a page can have, with masks that have holes and several parts."""

import cv2
import numpy as np

from sscore import edits
from sscore.masks import tight
from sscore.types import Annotation, Box, Mask, Page, Prompt, Scores

FOLDER = "废钢 照片"


def rectangle(x0, y0, x1, y1) -> Mask:
    return Mask(np.ones((y1 - y0, x1 - x0), dtype=bool), x0, y0)


def ring(x, y, side=20, wall=4) -> Mask:
    bits = np.ones((side, side), dtype=bool)
    bits[wall:-wall, wall:-wall] = False
    return Mask(bits, x, y)


def blob(rng, side=40, left=0, top=0) -> Mask:
    """A random mask, usually with holes and several parts."""
    noise = cv2.GaussianBlur(rng.random((side, side)).astype(np.float32), (0, 0), 2.5)
    mask = tight(noise > np.quantile(noise, 0.6), left, top)
    assert mask is not None
    return mask


def scores(*values: float, labels=("Pipe", "Bar", "H")) -> Scores:
    return Scores(labels[: len(values)], np.array(values, dtype=np.float32))


def full_annotation(annotation_id: int, mask: Mask, label="Pipe", status="accepted") -> Annotation:
    prompt = Prompt(
        points=np.array([[3.3, 4.7], [5.0, 6.125]], dtype=np.float32),
        positive=np.array([True, False]),
        box=Box(1.5, 2.25, 30.1, 40.2),
    )
    return Annotation(
        id=annotation_id,
        mask=mask,
        label=label,
        scores=scores(0.7, 0.2, 0.1),
        status=status,
        made_by={"segmenter": {"id": "nano", "sha256": "ab" * 32}, "seconds": 0.03125},
        prompt=prompt,
        author="张伟",
        time="2024-05-06T07:08:09Z",
        extra={"comment": "弯曲的 pipe", "coco": {"attributes": {"occluded": True}}},
    )


def sample_page(image=f"{FOLDER}/IMG_1.jpg", seed=0) -> Page:
    """200 x 150 px; ids 2, 5, 3, 9 back to front: a ring, a blob, a rectangle and one nobody could name."""
    rng = np.random.default_rng(seed)
    annotations = (
        full_annotation(2, ring(10, 12)),
        Annotation(5, blob(rng, left=50, top=20), "H", status="reviewed"),
        Annotation(3, rectangle(120, 100, 200, 150), "Plate", scores=scores(1.0), prompt=Prompt()),
        Annotation(9, rectangle(0, 140, 10, 150), "unknown"),
    )
    extra = {
        "next_id": 12,
        "done": True,
        "later": {"a": [1, 2.5, None]},
        "coco": {"file": {"dataset": "车间"}, "image": {"date_captured": "2024", "ssc": {"camera": 7}}},
    }
    return Page(image, 200, 150, "d1" * 16, annotations, extra)


def same_annotation(a: Annotation, b: Annotation) -> bool:
    """Whether two annotations are equal in everything, scores and prompts to the last bit."""
    plain = all(getattr(a, k) == getattr(b, k) for k in ("id", "label", "status", "author", "time", "made_by", "extra"))
    return plain and a.mask.same_as(b.mask) and _same_scores(a.scores, b.scores) and _same_prompt(a.prompt, b.prompt)


def _same_scores(a, b) -> bool:
    return (a is None and b is None) or (a.labels == b.labels and np.array_equal(a.values, b.values))


def _same_prompt(a, b) -> bool:
    if a is None or b is None:
        return a is b
    return np.array_equal(a.points, b.points) and np.array_equal(a.positive, b.positive) and a.box == b.box


def same_page(a: Page, b: Page) -> bool:
    head = all(getattr(a, k) == getattr(b, k) for k in ("image", "width", "height", "digest", "extra"))
    return (
        head
        and len(a.annotations) == len(b.annotations)
        and all(same_annotation(x, y) for x, y in zip(a.annotations, b.annotations, strict=True))
    )


def page_with(count: int, image="子 文件夹/照片 1.jpg") -> Page:
    """A page of `count` squares, ids from 1."""
    page = Page(image, 200, 150)
    for n in range(count):
        page = edits.add(page, Annotation(0, rectangle(n, n, n + 5, n + 5), "Bar"))
    return page
