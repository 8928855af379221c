"""What is wrong with a picture, without any model: told from the camera's own healthy days."""
