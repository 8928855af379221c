"""Measurements, side by side with a peer or a limit in the same run. Each script prints one JSON line; no test runs them."""
