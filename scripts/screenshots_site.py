"""Take screenshots of the documentation site, to look at before a release.

    mkdocs build --strict && python scripts/screenshots_site.py build/site FOLDER

Needs Node.js, Chromium and the npm package playwright-core, as the tests in tests/browser do.
"""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.screenshots_html import CHROMIUM  # noqa: E402

# Name of the picture -> (page, width, height, theme).
SHOTS = {
    "home": ("", 1300, 1200, "light"),
    "tutorial": ("tutorial/", 1300, 1600, "light"),
    "rule": ("rules/S102/", 1300, 1600, "light"),
    "rule-dark": ("rules/S102/", 1300, 1600, "dark"),
    "rules": ("rules/", 1300, 1200, "light"),
    "commands": ("reference/commands/", 1300, 1200, "light"),
    "search": ("?q=480", 1300, 900, "light"),
    "home-mobile": ("", 390, 1000, "light"),
    "tutorial-mobile-dark": ("tutorial/", 390, 1200, "dark"),
}
SCRIPT = """
const { chromium } = require("playwright-core");
(async () => {
  const browser = await chromium.launch({ executablePath: process.argv[1], args: ["--no-sandbox", "--disable-gpu"] });
  for (const { address, image, width, height, theme } of JSON.parse(process.argv[2])) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
    await page.goto(address);
    await page.waitForTimeout(3000);  // the recording of the terminal begins
    await page.screenshot({ path: image });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) throw new Error(`${address} is ${wide} pixels too wide`);
  }
  await browser.close();
})();
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site without a log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


def main(site: Path, folder: Path) -> None:
    """Serve the site on this machine, and take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    jobs = [
        {"address": base + page, "image": f"{folder / name}.png", "width": width, "height": height, "theme": theme}
        for name, (page, width, height, theme) in SHOTS.items()
    ]
    subprocess.run(["node", "-e", SCRIPT, str(CHROMIUM), json.dumps(jobs)], check=True, cwd=ROOT)
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
