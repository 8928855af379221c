"""Routes of coverage: catalogue, scenes, what is watched, plans and reports."""
