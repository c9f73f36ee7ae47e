"""Rendered scrap scenes with exact visible masks and classes: test data, samples and training data."""

from sscore.scenes.scene import Instance, SceneView, render_scene
from sscore.scenes.write import page_of, write_scenes

__all__ = ["Instance", "SceneView", "page_of", "render_scene", "write_scenes"]
