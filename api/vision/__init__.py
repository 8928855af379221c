"""Routers of video and vision."""
