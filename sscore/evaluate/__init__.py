"""Segmenters measured against ground truth, as the paper does: strategies x shifts x repeats, one row each.

measure: one photo; clicks: the simulated user; truth: what is compared with; runs: whole evaluations, which can be
stopped and gone on with; workers: where they are computed; intervals and summary: what the rows say, and how surely.
"""

from sscore.evaluate.measure import Case, Design, by_strategy, dice_of, measure
from sscore.evaluate.rows import Row

__all__ = ["Case", "Design", "Row", "by_strategy", "dice_of", "measure"]
