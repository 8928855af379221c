"""How many incidents there are, per cell, level and site: tiles of the whole city without reading the incidents."""
