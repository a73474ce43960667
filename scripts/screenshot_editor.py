"""Take the screenshot of Visual Studio Code that docs/editors.md shows.

    python scripts/screenshot_editor.py PROGRAM

PROGRAM is code-server with the extension (`code-server --install-extension editors/vscode/lstmlint.vsix`). Needs Node.js,
Chromium and the npm package playwright-core, as the tests in tests/browser do.
"""

from __future__ import annotations

import json
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
IMAGE = ROOT / "docs/images/editor.png"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
PROGRAM = """\
from keras import Input, Sequential, layers

model = Sequential([
    Input((13, 5)),
    layers.LSTM(10, activaton="tanh"),
    layers.Dense(3),
])

encoder = Sequential([
    Input((13, 5)),
    layers.Bidirectional(layers.LSTM(10, return_sequences=True)),
    layers.LSTM(4),
], name="encoder")
"""
SETTINGS = {
    "workbench.startupEditor": "none",
    "workbench.colorTheme": "Default Light Modern",
    "editor.minimap.enabled": False,
    "telemetry.telemetryLevel": "off",
}
# Opens the program, asks for the quick fixes of the mistake, and writes a picture of the editor.
SCRIPT = """
const { chromium } = require("playwright-core");
(async () => {
  const [chrome, address, image] = process.argv.slice(1);
  const browser = await chromium.launch({ executablePath: chrome, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1000, height: 420 } });
  await page.goto(address);
  await page.locator('.explorer-viewlet .monaco-list-row:has-text("train.py")').dblclick({ timeout: 60000 });
  await page.waitForSelector(".squiggly-error", { timeout: 60000 });
  await page.waitForTimeout(3000);
  await page.keyboard.press("Control+B");
  await page.keyboard.press("Control+G");
  await page.keyboard.type("5:24\\n");
  await page.waitForTimeout(500);
  await page.keyboard.press("Control+.");
  await page.waitForTimeout(3000);
  await page.screenshot({ path: image });
  await browser.close();
})();
"""


def main(program: str) -> None:
    """Start code-server with a folder, and take the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in {
            "models/train.py": PROGRAM,
            "models/lstmlint.toml": "max-params = 2_000\nignore = ['C501']\n",
            "data/User/settings.json": json.dumps({**SETTINGS, "lstmlint.path": shutil.which("lstmlint") or ""}),
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            place = f"127.0.0.1:{free.getsockname()[1]}"
        options = ["--auth", "none", "--bind-addr", place, "--user-data-dir", str(folder / "data")]
        quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"]
        server = subprocess.Popen([*shlex.split(program), *options, *quiet, str(folder / "models")])
        try:
            time.sleep(10)
            address = f"http://{place}/?folder={folder / 'models'}"
            subprocess.run(["node", "-e", SCRIPT, str(CHROMIUM), address, str(IMAGE)], check=True)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(sys.argv[1])
