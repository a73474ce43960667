"""What Keras does with harmless files of the shapes of attacks (security_claims.py), as recorded for many releases.

tests/data/security_claims.json holds what the program printed on each release, with the backend TensorFlow: a name of an
exception if Keras refused the file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("security_claims.py")
RECORD = Path(__file__).parent.parent / "data" / "security_claims.json"


@pytest.mark.referee_tf
@pytest.mark.parametrize(("package", "release"), [("keras", "3.15"), ("tf_keras", "tf_keras2.21")])
def test_claims(package: str, release: str) -> None:
    if find_spec("tensorflow") is None or find_spec(package) is None:
        pytest.skip(f"needs TensorFlow and {package}")
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, str(PROGRAM), package]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=True)
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    assert json.loads(done.stdout.splitlines()[-1]) == {claim: row[release] for claim, row in recorded.items()}
