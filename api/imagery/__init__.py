"""Routes of imagery and flights."""
