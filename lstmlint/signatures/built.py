"""What the releases of Keras 3 can build from arguments that all of them take. Measured with the releases."""

from __future__ import annotations

from typing import Final

# The first release that builds a layer called with return_attention_scores.
RETURNS_SCORES: Final = {
    "MultiHeadAttention": (3, 3), "Attention": (3, 8), "AdditiveAttention": (3, 8), "GroupQueryAttention": (3, 15),
}  # fmt: skip
# The first release that reads the build_config of a Dot.
BUILT_MERGES: Final = (3, 2)
