"""The page of the html format: one file that holds its script, its style and the report, and fetches nothing.

Its parts are in `assets/`: the page, the style, the scripts, and dagre, which arranges the graph
(scripts/vendor_dagre.py). A Content-Security-Policy allows these scripts and this style, by their hashes, and nothing else.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from lstmlint.reporting.escape import json_text, well_formed, xml
from lstmlint.version import __version__

ASSETS = Path(__file__).parent / "assets"
# Scripts in the order in which they run. Those with an id are read again: they also run in a worker.
RUN = (("dagre", "dagre.min.js"), ("layout", "layout.js"))
TOGETHER = ("dom.js", "view.js", "canvas.js", "table.js", "details.js", "pages.js", "main.js")
# What would end a script element or begin a comment in it. JSON in ASCII has no line separators.
_UNSAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


def page(title: str, data: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the page in pieces. title: unescaped. data: the id and the JSON, made by `embedded`, of each element with data."""
    scripts = [(name, asset(file)) for name, file in RUN] + [("page", "\n".join(map(asset, TOGETHER)))]
    style = asset("page.css")
    elements = [f'<script type="text/plain" id="worker">{asset("worker.js")}</script>']
    elements += [f'<script id="{name}">{text}</script>' for name, text in scripts]
    values = {
        "policy": policy([text for _, text in scripts], style),
        "version": xml(__version__),
        "title": xml(title),
        "style": style,
        "scripts": "\n".join(elements),
    }
    before, after = asset("page.html").split("{data}\n")
    yield filled(before, values)
    for name, text in data:
        yield f'<script type="application/json" id="{name}">{text}</script>\n'
    yield filled(after, values)


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with the values of the names in it, such as {title}."""
    return re.sub(r"\{(\w+)\}", lambda mark: values[mark[1]], text)


def policy(scripts: list[str], style: str) -> str:
    """Return the Content-Security-Policy: these scripts, this style, and a worker that the page itself writes."""
    allowed = " ".join(map(digest_of, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {digest_of(style)}; worker-src blob:; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'; trusted-types lstmlint"
    )


def digest_of(text: str) -> str:
    """Return the hash of an element's text as a Content-Security-Policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def asset(name: str) -> str:
    """Return the text of a file in `assets/`."""
    return (ASSETS / name).read_text(encoding="utf-8")


def embedded(value: Any) -> str:
    """Return JSON in ASCII that can stand in a script element, whatever its texts contain."""
    return json_text(json.dumps(well_formed(value), allow_nan=False, separators=(",", ":"))).translate(_UNSAFE)
