"""Rendered scrap scenes with exact visible masks and classes: test data, samples and training data."""

from sscore.scenes.scene import Instance, SceneView, render_scene

__all__ = ["Instance", "SceneView", "render_scene"]
