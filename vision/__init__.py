"""Pixels to findings: streams, models, tracks and the rules that turn them into something with a place."""
