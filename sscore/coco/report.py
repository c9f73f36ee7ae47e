"""What an export wrote and what it left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_LISTED = 10

_TEXT = {
    "en": {
        "head": "{path}: {images} images, {instances} instances, all read back and compared",
        "exact": "masks are run-length codes, identical to the pixel",
        "polygon": "masks are polygons; the worst agrees with its mask to IoU {iou:.4f}",
        "holes": "with holes: {n}",
        "filled": "with holes: {n}, FILLED in the file because polygons cannot keep holes (RLE keeps them)",
        "multipart": "in several parts: {n}",
        "dropped": "NOT in the file: {n}",
        "more": ", and {n} more",
        "between": ", ",
        "left out": "  {reason}: {n} ({places})",
        "case": "note: these names differ in upper and lower case only, and Windows cannot hold both: {detail}",
        "photo": "note: the photo could not be compared with its page: {detail}",
        "ids": "note: the export ids could not be kept, a later export may give others: {detail}",
        "status": "status {detail}",
        "label": "label {detail}",
        "page": "page unreadable: {detail}",
        "mask": "mask {detail}",
    },
    "zh": {
        "head": "{path}：{images} 张照片，{instances} 个目标，均已回读核对",
        "exact": "掩膜为游程编码（RLE），与原掩膜逐像素一致",
        "polygon": "掩膜为多边形；与原掩膜相比最差的 IoU 为 {iou:.4f}",
        "holes": "带孔的目标：{n}",
        "filled": "带孔的目标：{n}（多边形无法表示孔，文件中的孔已被填满；以 RLE 导出可保留）",
        "multipart": "由多块组成的目标：{n}",
        "dropped": "未写入文件：{n}",
        "more": "，另有 {n} 个",
        "between": "、",
        "left out": "  {reason}：{n}（{places}）",
        "case": "注意：以下文件名仅大小写不同，无法在 Windows 上共存：{detail}",
        "photo": "注意：无法将照片与其标注核对：{detail}",
        "ids": "注意：无法保存导出编号，下次导出的编号可能不同：{detail}",
        "status": "状态 {detail}",
        "label": "类别 {detail}",
        "page": "标注无法读取：{detail}",
        "mask": "掩膜 {detail}",
    },
}
_ZH_DETAIL = {
    "proposed": "候选",
    "accepted": "已接受",
    "reviewed": "已复核",
    "rejected": "已否决",
    "unknown": "未知",
    "outside the photo": "在照片之外",
}


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Counts of one export.

    by_label: instances per label, every label of the set listed. dropped: (image, id on its page, reason), where the
    reason begins with what it is about: "status: rejected", "label: unknown", "mask: ...", "page: ..." (id 0, the
    whole page). holes, multipart: instances that have any. worst_iou: lowest agreement of a polygon with its mask,
    None for run-length codes, which are identical. sha256: of the file. warnings: "case: ...", "photo: ...",
    "ids: ...", in words in `text`.
    """

    path: Path
    images: int
    instances: int
    by_label: Mapping[str, int]
    dropped: tuple[tuple[str, int, str], ...]
    holes: int
    multipart: int
    segmentation: Literal["rle", "polygon"]
    worst_iou: float | None
    sha256: str
    warnings: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing was left out except by the choice of statuses."""
        return all(reason.startswith("status: ") for _, _, reason in self.dropped)

    def text(self, lang: str = "en") -> str:
        """The report in a few lines, "en" or "zh"."""
        words = _TEXT["zh" if lang.startswith("zh") else "en"]
        lines = [words["head"].format(path=self.path, images=self.images, instances=self.instances)]
        lines.append(", ".join(f"{label} {count}" for label, count in self.by_label.items()))
        if self.segmentation == "rle":
            lines.append(words["exact"])
        elif self.worst_iou is not None:
            lines.append(words["polygon"].format(iou=self.worst_iou))
        if self.holes:
            lines.append(words["filled" if self.segmentation == "polygon" else "holes"].format(n=self.holes))
        if self.multipart:
            lines.append(words["multipart"].format(n=self.multipart))
        lines += self._dropped_lines(words)
        for about, _, detail in (warning.partition(": ") for warning in self.warnings):
            lines.append(words[about].format(detail=detail))
        return "\n".join([*lines, f"SHA-256 {self.sha256}"])

    def _dropped_lines(self, words: Mapping[str, str]) -> list[str]:
        if not self.dropped:
            return []
        groups: dict[str, list[str]] = defaultdict(list)
        for image, annotation_id, reason in self.dropped:
            about, _, detail = reason.partition(": ")
            detail = _ZH_DETAIL.get(detail, detail) if words is _TEXT["zh"] else detail
            groups[words[about].format(detail=detail)].append(f"{image} #{annotation_id}" if annotation_id else image)
        lines = [words["dropped"].format(n=len(self.dropped))]
        for reason, places in groups.items():
            listed = words["between"].join(places[:_LISTED])
            if len(places) > _LISTED:
                listed += words["more"].format(n=len(places) - _LISTED)
            lines.append(words["left out"].format(reason=reason, n=len(places), places=listed))
        return lines
