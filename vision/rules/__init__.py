"""One pure file per algorithm: looks go in, in the order of their time; findings with the numbers that crossed come out."""
