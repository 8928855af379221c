"""Routers of the whole city's figures."""
