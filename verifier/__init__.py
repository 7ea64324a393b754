"""Buttress: reads a backend project and says whether its structure holds and what in it will fail.

The import package is ``verifier``; the distribution and the command are ``buttress``. What a pack may import stands in
``verifier.api``.
"""

VERSION = "0.1.0"
