"""bd-gen: residential bubble diagrams by masked discrete diffusion, and their evaluation.

Import what you need from the sub-packages; this module imports nothing so that the
command line starts quickly.
"""

__version__ = "0.1.0"
