"""Drone flights: telemetry read and judged, the ground each moment of the video shows, and what of a site that adds."""
