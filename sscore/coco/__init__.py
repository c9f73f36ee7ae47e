"""COCO: a page as a file of one image, pages joined into one dataset, and any COCO file as pages."""

from sscore.coco.exporter import ExportOptions, export
from sscore.coco.importer import Dataset, read
from sscore.coco.pages import page_from_json, page_to_json
from sscore.coco.registry import IdRegistry
from sscore.coco.report import ExportReport

__all__ = [
    "Dataset",
    "ExportOptions",
    "ExportReport",
    "IdRegistry",
    "export",
    "page_from_json",
    "page_to_json",
    "read",
]
