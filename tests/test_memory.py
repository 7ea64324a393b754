"""What is known of a project goes when nobody holds it any more: a server looks at projects again and again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
APPS = sorted(path for path in (ROOT / "fixtures" / "apps").iterdir() if path.is_dir())
CHECK = """
import gc, json, sys
from collections import Counter
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from verifier.check import check
from verifier.session import Options, open_session
KINDS = "Call Engine Facts Frame Function Instance ModuleState Project Query Scope SourceFile Tree".split()
for path in sys.argv[2:]:
    check(open_session(Options(path=Path(path), cache=False, quiet=True, isolated=True, jobs=1)).facts)
gc.collect()
ours = [type(one) for one in gc.get_objects() if str(type(one).__module__).startswith(("verifier", "buttress"))]
alive = Counter(kind.__name__ for kind in ours)
print(json.dumps({kind: alive[kind] for kind in KINDS if alive[kind]}))
"""


def test_nothing_of_a_checked_project_stays() -> None:
    ran = subprocess.run([sys.executable, "-c", CHECK, ROOT, *APPS], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert len(APPS) >= 8
    assert json.loads(ran.stdout) == {}
