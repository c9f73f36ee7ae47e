"""The core of Scrap-SAM-CLIP: photos, prompts, masks, classes, COCO. No Qt; importing it loads no model library."""

__version__ = "0.1.0"
