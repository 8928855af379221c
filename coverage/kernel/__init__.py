"""The measuring heart: how much of every scene is seen, to the square metre, and why the rest is not.

A scene is a bundle of *segments*: an area is cut into thin rows, a line is its own segments, a place is a very short one. Along a
segment everything a camera's picture is limited by is an interval in closed form, and so is every shadow; what is left is adding
up lengths. Two twins, ``machine`` (compiled) and ``arrays`` (NumPy), give the same numbers; ``measuring`` picks one.
"""
