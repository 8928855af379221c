"""Routers of incidents and their loop."""
