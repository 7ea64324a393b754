"""Tables that SQL declares: in files, in folders of migrations, and in texts of the program."""

from __future__ import annotations

from verifier.api import Pack

PACK = Pack(models="_reading:read")
