"""The photo and everything drawn on it."""
