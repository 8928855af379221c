"""Cameras: registration, pose and optics with their history, what ground they see, how surely."""
