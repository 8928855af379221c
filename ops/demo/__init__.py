"""The demo city: deterministic, seeded, synthetic. Values first, then one loader that writes them."""
