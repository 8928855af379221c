"""Opening camera streams: where they may lead, what is in them, and a picture of them."""
