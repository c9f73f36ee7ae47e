"""The lists and choices around the canvas."""
