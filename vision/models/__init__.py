"""Models that others bring: a strict manifest, and a file that is looked into before a worker loads it."""
