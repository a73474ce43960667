"""Put dagre, which arranges the graph of the html format, into the package.

    python scripts/vendor_dagre.py [VERSION]

The script downloads @dagrejs/dagre from the npm registry with `npm pack`, which checks the registry's hash, and writes
`lstmlint/reporting/page/assets/dagre.min.js`: the license as a comment, and the file of the package without its last line,
which names a source map that is not there, and with an escape for each control character, which a page may not contain.
`dagre.json` beside it states the version and the hashes, `dagre.LICENSE` is the license. Nothing else is changed, and all three
are committed, so that lstmlint is built without npm.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "lstmlint/reporting/page/assets"
PACKAGE, VERSION = "@dagrejs/dagre", "3.1.3"
CODE, LICENSE = "package/dist/dagre.min.js", "package/LICENSE"
CONTROLS = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")  # in the code, they are in strings
SOURCE_MAP = b"\n//# sourceMappingURL=dagre.min.js.map"


def main() -> None:
    """Download a version and write the files."""
    version = sys.argv[1] if len(sys.argv) > 1 else VERSION
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            code, terms = (content(packed, name) for name in (CODE, LICENSE))
    written = vendored(code, terms.decode(), version)
    (ASSETS / "dagre.min.js").write_bytes(written)
    (ASSETS / "dagre.LICENSE").write_bytes(terms)
    facts = {
        "package": PACKAGE,
        "version": version,
        "license": "MIT",
        "file": CODE.removeprefix("package/"),
        "sha256": sha256(code).hexdigest(),
        "vendored_sha256": sha256(written).hexdigest(),
    }
    (ASSETS / "dagre.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")


def content(packed: tarfile.TarFile, name: str) -> bytes:
    """Return the content of a file in the package."""
    file = packed.extractfile(name)
    assert file is not None
    return file.read()


def vendored(code: bytes, terms: str, version: str) -> bytes:
    """Return the code with its license, and without the name of its source map."""
    assert "*/" not in terms
    assert code.count(SOURCE_MAP) == 1
    code = CONTROLS.sub(lambda found: f"\\x{found[0][0]:02x}".encode(), code.replace(SOURCE_MAP, b""))
    return f"/*! {PACKAGE} {version}, under the MIT license\n\n{terms.strip()}\n*/\n".encode() + code


if __name__ == "__main__":
    main()
