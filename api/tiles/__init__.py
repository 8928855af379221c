"""Routes of tiles."""
