"""Take the screenshots of the html format that docs/pictures.md shows.

    python scripts/screenshots_html.py

Needs Node.js, Chromium and the npm package playwright-core, as the tests in tests/browser do.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs/images"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

# Opens each page, clicks, and writes a picture.
SCRIPT = """
const { chromium } = require("playwright-core");
(async () => {
  const browser = await chromium.launch({ executablePath: process.argv[1], args: ["--no-sandbox", "--disable-gpu"] });
  for (const { page: address, image, theme, clicks } of JSON.parse(process.argv[2])) {
    const page = await browser.newPage({ viewport: { width: 1200, height: 680 }, colorScheme: theme });
    await page.goto(address);
    await page.waitForSelector("main[data-ready]");
    for (const selector of clicks) await page.locator(selector).first().click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: image });
  }
  await browser.close();
})();
"""


class Shot(NamedTuple):
    """A picture. arguments: of lstmlint. clicks: what is clicked first, as selectors."""

    image: str
    arguments: tuple[str, ...]
    theme: str = "light"
    clicks: tuple[str, ...] = ()


SEQ2SEQ = "examples/seq2seq.json"
SHOTS = (
    Shot("html-seq2seq.png", (SEQ2SEQ, "--max-params", "1M", "--max-weight-bytes", "2.5MB", "--exit-zero")),
    Shot("html-arithmetic.png", (SEQ2SEQ,), "dark", ("[data-layer='2'] .count",)),
    Shot(
        "html-diff.png",
        ("diff", "examples/lstm_4_2.json", "examples/lstm_4_2_wider.json"),
        clicks=("[data-layer='1'] .count",),
    ),
)


def main() -> None:
    """Write the pages, and take the pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for number, shot in enumerate(SHOTS):
            page = Path(folder) / f"{number}.html"
            command = [sys.executable, "-m", "lstmlint", *shot.arguments, "--format", "html", "--output", str(page)]
            subprocess.run(command, check=True, cwd=ROOT)
            job = {"page": page.as_uri(), "image": str(IMAGES / shot.image), "theme": shot.theme, "clicks": shot.clicks}
            jobs.append(job)
        subprocess.run(["node", "-e", SCRIPT, str(CHROMIUM), json.dumps(jobs)], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
