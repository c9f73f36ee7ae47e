"""A user's home with a catalogue of tiny models, for tests of getting weights."""

import hashlib
import random

PARTS = {name: random.Random(name).randbytes(30_000) for name in ("alpha", "beta", "beta-3x")}
CATALOGUE = """# 实验室的模型
[[model]]
id = "alpha"
kind = "segmenter"
family = "sam"
variant = "vit_b"
file = "alpha.pth"
bytes = 30000
sha256 = "{alpha}"
urls = ["{base}/alpha.pth"]
page = "https://example.org/alpha"
licence = "Apache-2.0"

# Not for sale.
[[model]]
id = "beta"
kind = "segmenter"
family = "edge_sam"
file = "beta.pth"
about_bytes = 30100
urls = ["{base}/beta.pth"]
licence = "NTU S-Lab License 1.0"
noncommercial = true

[[model]]
id = "beta-3x"
kind = "segmenter"
family = "edge_sam"
file = "beta_3x.pth"
"""


def sha(data):
    return hashlib.sha256(data).hexdigest()


def make(folder, monkeypatch, base="http://127.0.0.1:9"):
    """Make a home in `folder` and let the program use it; base: address of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    text = CATALOGUE.format(base=base, alpha=sha(PARTS["alpha"]))
    (folder / "catalogue.toml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("SSC_HOME", str(folder))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("SSC_MIRROR", raising=False)
    return folder


def identify_by_content(monkeypatch):
    """Stands in for the telling apart by keys: alpha's bytes are alpha's, all others fit both betas."""

    def identify(path):
        return ("alpha",) if path.read_bytes()[:100] == PARTS["alpha"][:100] else ("beta", "beta-3x")

    monkeypatch.setattr("sscore.models.checkpoints.identify", identify)
