"""How columns become one text. Knows nothing of tokens or models."""
