"""Cameras as geometry: pose, optics, what ground they see, what stands in the way. Pure functions in the site frame."""
