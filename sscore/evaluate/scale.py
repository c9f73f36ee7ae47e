"""How large a segmenter is: its parameters, counted on the network itself."""

from __future__ import annotations

from sscore import catalogue
from sscore.models import weights


def parameters(model_id: str) -> int | None:
    """Numbers learnt (0 for a model that learns nothing), or None where that cannot be told. Raises ModelMissing."""
    card = catalogue.card(model_id, "segmenter")
    if not card.file:
        return 0
    if card.family == "nano":
        return weights.numbers(catalogue.weight_file(card))
    if card.family in ("sam", "sam_hq", "mobile_sam", "edge_sam"):
        from sscore.models.nets import sam

        return sum(values.numel() for values in sam.build(card.family, card.variant).parameters())
    return None
