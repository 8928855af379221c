"""Map layers as data, and the vector tiles made of them."""
