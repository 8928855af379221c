"""How many more cameras, where and aimed how: existing ones kept, tags and re-aiming before new poles."""
