"""The plot rules P01–P17, one function each: values in, remarks out. ``spatial.validity`` runs them."""
