"""Orthophotos and surface models: made into files on the map's tile grid, catalogued, drawn by catalogue id."""
