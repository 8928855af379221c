"""The catalogue: scene types, elements, which element a scene requires, which tag watches which element. Versioned as a whole."""
