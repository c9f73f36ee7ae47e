"""Values shared by the whole program: frozen, with read-only arrays.

One coordinate rule: pixels of the EXIF-turned image, x right, y down, origin at the outer corner of the first pixel.
Boxes are (x0, y0, x1, y1) with x1 and y1 exclusive, so a box around one pixel (3, 5) is (3, 5, 4, 6). Arrays are
(height, width); points are (x, y).
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from sscore.errors import BadPrompt

BoolArray = npt.NDArray[np.bool_]
ByteArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float32]

Status = Literal["proposed", "accepted", "reviewed", "rejected"]
STATUSES: tuple[Status, ...] = ("proposed", "accepted", "reviewed", "rejected")
UNKNOWN = "unknown"
"""The label of an instance nobody could name. Never exported silently."""

LOGITS_SIDE = 256
"""Side of the square low-resolution logits that a segmenter returns and takes back for refinement (as SAM does)."""

Progress = Callable[[int, int], None]
"""Called with (done, total); may raise `Cancelled`."""


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same array, made read-only (a copy is made only of a view on writable data)."""
    if array.base is not None and array.flags.writeable:
        array = array.copy()
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned box in px, x0 <= x1 and y0 <= y1, the far edges exclusive."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not all(np.isfinite((self.x0, self.y0, self.x1, self.y1))):
            raise BadPrompt(f"box has a coordinate that is not a number: {self.as_tuple()}")
        if self.x1 < self.x0 or self.y1 < self.y0:
            raise BadPrompt(
                f"box is turned over: {self.as_tuple()}", remedy="give x0,y0,x1,y1 with x0 < x1 and y0 < y1"
            )

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.x0, self.y0, self.x1, self.y1

    def clipped(self, height: int, width: int) -> Box:
        """The part inside an image of (height, width) px; may have no area."""
        x0, x1 = (min(max(v, 0.0), float(width)) for v in (self.x0, self.x1))
        y0, y1 = (min(max(v, 0.0), float(height)) for v in (self.y0, self.y1))
        return Box(x0, y0, x1, y1)


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """A non-empty instance mask, stored as its tight crop.

    bits: bool (h, w), at least one True in each border row and column; `left`, `top`: px of the crop's first pixel.
    Build one with `sscore.masks.tight`, which crops. Holes and several parts are kept as they are. One that is hardly
    looked at any more may `rest`.
    """

    bits: BoolArray
    left: int
    top: int
    _packed: tuple[tuple[int, int], bytes] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        bits = self.bits
        if bits.ndim != 2 or bits.dtype != np.bool_:
            raise ValueError(f"mask bits must be bool (h, w), not {bits.dtype} {bits.shape}")
        if bits.size == 0 or not (bits[0].any() and bits[-1].any() and bits[:, 0].any() and bits[:, -1].any()):
            raise ValueError("mask is empty or not tightly cropped; build it with sscore.masks.tight")
        object.__setattr__(self, "bits", frozen(bits))

    def __getattr__(self, name: str) -> Any:
        """The bits of one that rests, which is awake then: only they are ever missing."""
        if name != "bits" or self._packed is None:
            raise AttributeError(name)
        (height, width), packed = self._packed
        flags = np.unpackbits(np.frombuffer(zlib.decompress(packed), np.uint8), count=height * width)
        bits = flags.view(np.bool_).reshape(height, width)
        bits.flags.writeable = False
        object.__setattr__(self, "bits", bits)
        return bits

    def rest(self) -> None:
        """Take a hundredth of the room until somebody asks for the bits. Takes a tenth of a millisecond in any thread,
        and the same again to wake."""
        if self._packed is None:
            bits = self.bits
            packed = zlib.compress(np.packbits(bits).tobytes(), 1)
            object.__setattr__(self, "_packed", (bits.shape, packed))
        with contextlib.suppress(AttributeError):
            object.__delattr__(self, "bits")

    @property
    def box(self) -> Box:
        height, width = self.bits.shape if self._packed is None else self._packed[0]
        return Box(self.left, self.top, self.left + width, self.top + height)

    @property
    def area(self) -> int:
        """Pixels in the mask."""
        return int(np.count_nonzero(self.bits))

    def full(self, height: int, width: int) -> BoolArray:
        """bool (height, width): the mask in an image of that size; what lies outside is cut off."""
        out = np.zeros((height, width), dtype=np.bool_)
        h, w = self.bits.shape
        y0, x0 = max(self.top, 0), max(self.left, 0)
        y1, x1 = min(self.top + h, height), min(self.left + w, width)
        if y0 < y1 and x0 < x1:
            out[y0:y1, x0:x1] = self.bits[y0 - self.top : y1 - self.top, x0 - self.left : x1 - self.left]
        return out

    def rle(self, height: int, width: int) -> dict[str, Any]:
        """COCO compressed run-length code {"size": [height, width], "counts": str} (column-major, pycocotools)."""
        from sscore.rle import to_rle

        return to_rle(self, height, width)

    def same_as(self, other: Mask) -> bool:
        """Whether both cover exactly the same pixels."""
        return (self.left, self.top) == (other.left, other.top) and np.array_equal(self.bits, other.bits)


def _no_points() -> FloatArray:
    return np.zeros((0, 2), dtype=np.float32)


def _no_flags() -> BoolArray:
    return np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """What the user showed for one object.

    points: float32 (n, 2) xy px; positive: bool (n,), False marks background; box: px or None;
    logits: float32 (256, 256) of the candidate to refine, or None. An empty prompt is allowed here (a canvas starts
    with one); segmenters refuse it with BadPrompt.
    """

    points: FloatArray = field(default_factory=_no_points)
    positive: BoolArray = field(default_factory=_no_flags)
    box: Box | None = None
    logits: FloatArray | None = None

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float32).reshape(-1, 2) if np.size(self.points) else _no_points()
        positive = np.array(self.positive, dtype=np.bool_).reshape(-1)
        if len(points) != len(positive):
            raise BadPrompt(f"{len(points)} points but {len(positive)} positive/negative flags")
        if not np.isfinite(points).all():
            raise BadPrompt("a point has a coordinate that is not a number")
        object.__setattr__(self, "points", frozen(points))
        object.__setattr__(self, "positive", frozen(positive))
        if self.logits is not None:
            logits = np.array(self.logits, dtype=np.float32)
            if logits.shape != (LOGITS_SIDE, LOGITS_SIDE):
                raise BadPrompt(f"refinement logits must be ({LOGITS_SIDE}, {LOGITS_SIDE}), not {logits.shape}")
            object.__setattr__(self, "logits", frozen(logits))

    @property
    def empty(self) -> bool:
        return self.box is None and len(self.points) == 0


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """What `Segmenter.encode` made of one image; `arrays` are the adapter's own business.

    key: image digest + weights digest + preprocessing; image_hw: (height, width) px of the encoded image.
    """

    key: str
    image_hw: tuple[int, int]
    arrays: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One answer of a segmenter: mask (None when nothing was found), predicted IoU 0..1, logits float32 (256, 256)
    over the long-side square of the image (zero padded right/bottom, as SAM), the model's own output index."""

    mask: Mask | None
    score: float
    logits: FloatArray
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Class probabilities: `labels` best first, `values` float32 (k,) that sum to 1."""

    labels: tuple[str, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float32)
        if values.shape != (len(self.labels),) or not len(self.labels):
            raise ValueError(f"{len(self.labels)} labels but scores of shape {values.shape}")
        object.__setattr__(self, "values", frozen(values))

    @property
    def best(self) -> str:
        return self.labels[0]

    @property
    def margin(self) -> float:
        """First minus second probability (the first, when there is one class)."""
        return float(self.values[0] - (self.values[1] if len(self.values) > 1 else 0.0))

    def of(self, label: str) -> float:
        """Probability of one label, 0 when it is not listed."""
        return float(self.values[self.labels.index(label)]) if label in self.labels else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A model's suggestion for one prompt: candidates best first, class scores of the first (None without a
    classifier or mask), seconds by stage ("encode", "predict", "classify")."""

    candidates: tuple[Candidate, ...]
    scores: Scores | None
    prompt: Prompt
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Annotation:
    """One instance on a page. `id`: from 1, unique on its page, never used again there; `label` is a key of the label
    set or "unknown"; `made_by` names the models {"segmenter": ..., "classifier": ...}; `time` ISO 8601 UTC;
    `extra` holds keys this version does not know, so that they survive a save."""

    id: int
    mask: Mask
    label: str
    scores: Scores | None = None
    status: Status = "accepted"
    made_by: Mapping[str, Any] = field(default_factory=dict)
    prompt: Prompt | None = None
    author: str = ""
    time: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One photo and its instances, back to front. image: relative path with '/'; width, height: px after the EXIF
    turn; digest: of the pixels (see images.digest), "" when not yet known."""

    image: str
    width: int
    height: int
    digest: str = ""
    annotations: tuple[Annotation, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def find(self, annotation_id: int) -> Annotation | None:
        return next((a for a in self.annotations if a.id == annotation_id), None)

    def find_all(self, ids: Iterable[int]) -> tuple[Annotation, ...]:
        """Those that there are, in the order of the ids."""
        known = {a.id: a for a in self.annotations}
        return tuple(known[i] for i in ids if i in known)


@dataclass(frozen=True, slots=True)
class Strategy:
    """A prompt strategy of the paper: how many positive and negative points, and whether a box."""

    key: str
    positives: int
    negatives: int
    box: bool
    title: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One row of the catalogue. file: name in the weights folder; bytes: its exact size, 0 when not known;
    about_bytes: its size within a tenth, where `bytes` is not known; sha256: "" when no trustworthy source gives one;
    urls: tried in this order; page: where a person finds the file; noncommercial: the licence must be accepted before
    a download; input_px: side of the model's input; embedded: whether the file ships with the program; base: id of the
    model that the file, which holds a fine-tuned decoder only, is put into."""

    id: str
    kind: Literal["segmenter", "classifier"]
    family: str
    variant: str = ""
    file: str = ""
    bytes: int = 0
    about_bytes: int = 0
    sha256: str = ""
    urls: tuple[str, ...] = ()
    page: str = ""
    licence: str = ""
    noncommercial: bool = False
    input_px: int = 0
    embedded: bool = False
    base: str = ""
    note: str = ""


@runtime_checkable
class Segmenter(Protocol):
    """Prompts to masks. Holds weights but no image: safe to share between threads and to cache embeddings of."""

    card: ModelCard

    def encode(self, rgb: ByteArray) -> Embedding:
        """rgb: uint8 (H, W, 3)."""
        ...

    def predict(self, embedding: Embedding, prompt: Prompt, *, multimask: bool = True) -> tuple[Candidate, ...]:
        """Candidates best first. Raises BadPrompt when the prompt is empty or has no area inside the image."""
        ...

    def predict_many(
        self, embedding: Embedding, prompts: list[Prompt], *, multimask: bool = True
    ) -> list[tuple[Candidate, ...]]:
        """`predict` for several prompts of one image, batched where the model allows."""
        ...


class LabelNames(Protocol):
    """What a classifier needs to know of a label set (see sscore.labels.LabelSet)."""

    @property
    def keys(self) -> tuple[str, ...]: ...


@runtime_checkable
class Classifier(Protocol):
    """Crops to class probabilities. `view` says which crop it wants: "masked" (mask on neutral ground), "tight" or
    "context" (padded box)."""

    card: ModelCard
    view: str

    def scores(self, crops: list[ByteArray], labels: LabelNames) -> list[Scores]:
        """crops: uint8 (h, w, 3) each; probabilities over labels.keys."""
        ...

    def features(self, crops: list[ByteArray]) -> FloatArray:
        """float32 (n, d), unit length."""
        ...
