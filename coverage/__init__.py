"""Who sees what: what each scene must have watched, compared in space with what the cameras really see."""
