"""The networks of the SAM family, composed of the authors' own modules, and the two halves a segmenter runs.

Kirillov et al., "Segment Anything", ICCV 2023 (SAM); Ke et al., "Segment Anything in High Quality", NeurIPS 2023
(SAM-HQ); Zhang et al., "Faster Segment Anything", 2023 (MobileSAM: TinyViT before SAM's decoder); Zhou et al.,
"EdgeSAM", 2023. The encoders and decoders come from the packages segment_anything and segment_anything_hq; EdgeSAM's is
in `edge_sam`.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable
from functools import cache, partial
from types import ModuleType
from typing import Any, cast

import torch
from torch import Tensor, nn

INPUT_SIDE = 1024
"""Every variant sees the photo scaled to this long side."""

EMBEDDING_SIDE = 64
_WIDTH = 256


@cache
def hq_package() -> ModuleType:
    """segment_anything_hq, imported without its side effects: it prints warnings and puts its own networks under the
    names of timm's in timm's registry."""
    import timm.models._registry as registry

    books = {name: value for name, value in vars(registry).items() if isinstance(value, dict | set) and name[0] == "_"}
    before = {name: value.copy() for name, value in books.items()}
    timm_models = sys.modules.get("timm.models")
    names = dict(vars(timm_models)) if timm_models else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = importlib.import_module("segment_anything_hq")
    for name, book in books.items():
        book.clear()
        book.update(before[name])
    if timm_models:
        vars(timm_models).update(names)
    return package


def build(family: str, variant: str) -> nn.Module:
    """The whole network with untrained weights: image_encoder, prompt_encoder and mask_decoder, whose names in the
    state dict are those of the published checkpoint. Raises KeyError for a family and variant there is not."""
    return _BUILDERS[family, variant]()


def _sam(encoder: nn.Module) -> nn.Module:
    """SAM's prompt encoder and decoder after another image encoder."""
    from segment_anything.modeling import MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    whole: nn.Module = Sam(
        image_encoder=encoder,
        prompt_encoder=PromptEncoder(
            embed_dim=_WIDTH,
            image_embedding_size=(EMBEDDING_SIDE, EMBEDDING_SIDE),
            input_image_size=(INPUT_SIDE, INPUT_SIDE),
            mask_in_chans=16,
        ),
        mask_decoder=MaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(depth=2, embedding_dim=_WIDTH, mlp_dim=2048, num_heads=8),
            transformer_dim=_WIDTH,
            iou_head_depth=3,
            iou_head_hidden_dim=256,
        ),
    )
    return whole


def _official_sam(variant: str) -> nn.Module:
    import segment_anything

    whole: nn.Module = segment_anything.sam_model_registry[variant]()
    return whole


def _official_hq(variant: str) -> nn.Module:
    whole: nn.Module = hq_package().sam_model_registry[variant]()
    return whole.requires_grad_(True)


def _mobile_sam() -> nn.Module:
    return _sam(_official_hq("vit_tiny").get_submodule("image_encoder"))


def _edge_sam() -> nn.Module:
    from sscore.models.nets.edge_sam import RepViT

    return _sam(RepViT())


_BUILDERS: dict[tuple[str, str], Callable[[], nn.Module]] = {
    **{("sam", name): partial(_official_sam, name) for name in ("vit_b", "vit_l", "vit_h")},
    **{("sam_hq", name): partial(_official_hq, name) for name in ("vit_b", "vit_l", "vit_h", "vit_tiny")},
    ("mobile_sam", ""): _mobile_sam,
    ("edge_sam", ""): _edge_sam,
}


class Encoder(nn.Module):
    """What is done once a photo.

    forward(x float (1, 3, 1024, 1024), normalised) -> image embedding (1, 256, 64, 64), and for SAM-HQ the fine
    features (1, 32, 256, 256) that its decoder adds: they depend on the photo alone, so they are not worked out again
    at every click as the published code does.
    """

    def __init__(self, whole: Any) -> None:
        super().__init__()
        self.encode = whole.image_encoder
        decoder = whole.mask_decoder
        self.high_quality = hasattr(decoder, "hf_token")
        if self.high_quality:
            self.refine, self.compress = decoder.embedding_encoder, decoder.compress_vit_feat

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        answer = self.encode(x)
        if not self.high_quality:
            # TinyViT of the HQ package also returns what it saw early on.
            return (answer[0] if isinstance(answer, tuple) else answer,)
        embedding, early = answer
        return embedding, self.refine(embedding) + self.compress(early[0].permute(0, 3, 1, 2))


class Decoder(nn.Module):
    """What is done at every prompt.

    forward(image embedding (1, 256, 64, 64), [fine features (1, 32, 256, 256),] points (n, k, 2) xy px of the 1024 px
    input, labels (n, k), [mask (n, 1, 256, 256) logits]) -> logits (n, m, 256, 256), predicted IoU (n, 4).

    labels: 1 on the object, 0 beside it, -1 padding, 2 and 3 the corners of a box. m is 4 (the single mask, then the
    three of `multimask`), and one more for SAM-HQ: its own mask, to be added to one of the others. with_mask: whether a
    mask to refine is given.
    """

    def __init__(self, whole: Any, *, with_mask: bool = False) -> None:
        super().__init__()
        self.prompts, self.decoder = whole.prompt_encoder, whole.mask_decoder
        self.with_mask = with_mask
        self.high_quality = hasattr(self.decoder, "hf_token")

    def forward(self, embedding: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        fine, rest = (rest[0], rest[1:]) if self.high_quality else (None, rest)
        points, labels = rest[0], rest[1]
        sparse = self._sparse(points, labels)
        if self.with_mask:
            dense = self.prompts.mask_downscaling(rest[2])
        else:
            dense = self.prompts.no_mask_embed.weight.reshape(1, -1, 1, 1).expand(1, -1, EMBEDDING_SIDE, EMBEDDING_SIDE)
        decoder = self.decoder
        own = [decoder.iou_token.weight, decoder.mask_tokens.weight]
        if fine is not None:
            own.append(decoder.hf_token.weight)
        tokens = torch.cat([torch.cat(own).unsqueeze(0).expand(points.shape[0], -1, -1), sparse], 1)
        position = self.prompts.get_dense_pe().flatten(2).transpose(1, 2)
        answer, image = two_ways(decoder.transformer, (embedding + dense).flatten(2).transpose(1, 2), position, tokens)
        count = len(decoder.output_hypernetworks_mlps)
        weights = torch.stack([decoder.output_hypernetworks_mlps[i](answer[:, 1 + i]) for i in range(count)], 1)
        features = _four_times(decoder.output_upscaling, image)
        logits = _arranged(features @ weights.transpose(1, 2))
        if fine is not None:
            own_weight = decoder.hf_mlp(answer[:, 1 + count]).unsqueeze(2)
            refined = decoder.embedding_maskfeature(_arranged(features)) + fine
            added = (refined.flatten(2).transpose(1, 2) @ own_weight).transpose(1, 2)
            logits = torch.cat([logits, added.reshape(-1, 1, *refined.shape[2:])], 1)
        return logits, decoder.iou_prediction_head(answer[:, 0])

    def _sparse(self, points: Tensor, labels: Tensor) -> Tensor:
        """(n, k, 256): the positions' code plus what kind of point it is; padding has no position."""
        code = self.prompts.pe_layer._pe_encoding((points + 0.5) / INPUT_SIDE)
        kind = labels.unsqueeze(-1)
        out = torch.where(kind == -1, self.prompts.not_a_point_embed.weight, code)
        for number, embedding in enumerate(self.prompts.point_embeddings):
            out = torch.where(kind == number, out + embedding.weight, out)
        return out


def two_ways(transformer: Any, image: Tensor, position: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """SAM's two-way transformer (appendix A of the paper) on image (1 or n, 4096, 256), its position code (1, 4096,
    256)
    and tokens (n, t, 256) -> tokens and image after it.

    Equal to the published module but for rounding, with about half of its multiplications: see `_look` and `_answer`.
    """
    queries = tokens
    for layer in transformer.layers:
        if layer.skip_first_layer_pe:
            queries = layer.self_attn(q=queries, k=queries, v=queries)
        else:
            placed = queries + tokens
            queries = queries + layer.self_attn(q=placed, k=placed, v=queries)
        queries = layer.norm1(queries)
        seen = _look(layer.cross_attn_token_to_image, queries + tokens, image + position, image)
        queries = layer.norm2(queries + seen)
        queries = layer.norm3(queries + layer.mlp(queries))
        told = _answer(layer.cross_attn_image_to_token, image + position, queries + tokens, queries)
        image = layer.norm4(image + told)
    seen = _look(transformer.final_attn_token_to_image, queries + tokens, image + position, image)
    return transformer.norm_final_attn(queries + seen), image


def _look(attention: Any, tokens: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attention from few tokens (n, t, c) to the many keys and values (1 or n, p, c) -> (n, t, c).

    The image is not projected: (W_q a) . (W_k b) = (W_k^T W_q a) . b takes the projection to the tokens' side, where
    there are ten instead of 4096. The bias of the keys adds the same to all scores of a row, which softmax ignores.
    """
    n, t, c = tokens.shape
    heads, inner = attention.num_heads, attention.internal_dim
    size = inner // heads
    asked = attention.q_proj(tokens).reshape(n, t, heads, size).transpose(1, 2) * size**-0.5
    asked = (asked @ attention.k_proj.weight.reshape(heads, size, c)).reshape(n, heads * t, c)
    seen = (asked @ keys.transpose(1, 2)).softmax(-1) @ values
    out = seen.reshape(n, heads, t, c) @ attention.v_proj.weight.reshape(heads, size, c).transpose(1, 2)
    return cast(Tensor, attention.out_proj(out.transpose(1, 2).reshape(n, t, inner) + attention.v_proj.bias))


def _answer(attention: Any, image: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Attention from the many image positions (1 or n, p, c) to few keys and values (n, t, c) -> (n, p, c); the
    projections of the image are again taken to the tokens' side. Scores lie with the positions last, where softmax
    over the few tokens is quickest; a head's shares add up to 1, so that the output's bias can be divided among them.
    """
    n, t, c = keys.shape
    heads, inner = attention.num_heads, attention.internal_dim
    size = inner // heads
    held = attention.k_proj(keys).reshape(n, t, heads, size).transpose(1, 2) * size**-0.5
    offset = held @ attention.q_proj.bias.reshape(heads, size, 1)
    held = (held @ attention.q_proj.weight.reshape(heads, size, c)).reshape(n, heads * t, c)
    scores = (held @ image.transpose(1, 2)).reshape(n, heads, t, -1) + offset
    given = attention.v_proj(values).reshape(n, t, heads, size).transpose(1, 2)
    given = given @ attention.out_proj.weight.reshape(c, heads, size).permute(1, 2, 0) + attention.out_proj.bias / heads
    shares = scores.softmax(2).reshape(n, heads * t, -1)
    return cast(Tensor, shares.transpose(1, 2) @ given.reshape(n, heads * t, c))


def _four_times(upscaling: Any, image: Tensor) -> Tensor:
    """SAM's two transposed convolutions of stride 2 as what they are, linear maps of single positions:
    image (n, 4096, 256) -> (n, 65536, 32), each position's 4x4 finer ones in a row (see `_arranged`)."""
    first, norm, act, second, last = upscaling
    n = image.shape[0]
    x = image @ first.weight.permute(0, 2, 3, 1).reshape(_WIDTH, -1) + first.bias.repeat(4)
    x = nn.functional.layer_norm(
        x.reshape(n, -1, first.out_channels), (first.out_channels,), norm.weight, norm.bias, norm.eps
    )
    x = act(x) @ second.weight.permute(0, 2, 3, 1).reshape(first.out_channels, -1) + second.bias.repeat(4)
    return cast(Tensor, last(x.reshape(n, -1, second.out_channels)))


def _arranged(x: Tensor) -> Tensor:
    """(n, 65536, m) as `_four_times` orders them -> (n, m, 256, 256)."""
    side = EMBEDDING_SIDE
    x = x.reshape(-1, side, side, 2, 2, 2, 2, x.shape[2]).permute(0, 7, 1, 3, 5, 2, 4, 6)
    return x.reshape(-1, x.shape[1], 4 * side, 4 * side)
