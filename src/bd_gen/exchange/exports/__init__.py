"""Diagrams, with or without boxes, as files for other programs."""
