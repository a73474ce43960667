"""Record a terminal with lstmlint as an animated picture: docs/assets/terminal.svg.

Usage: python scripts/record_terminal.py

The commands run on the examples, as those of the pages do, and in colors. Each is a scene: it is typed, and its output
appears. Readers who prefer reduced motion see the first scene only.
"""

from __future__ import annotations

import re
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.refresh_docs import lay_out  # noqa: E402

TARGET = ROOT / "docs" / "assets" / "terminal.svg"
COMMANDS = (
    'lstmlint count "LSTM(10)" --input 13,1',
    "lstmlint examples/needs_sequences.json",
    "lstmlint examples/models/sentiment.yaml --max-params 200k",
)
COLUMNS = 80
CELL, LINE, MARGIN, BAR = 8.4, 19, 20, 36  # pixels; 14 pixels of a monospaced font are 8.4 wide
TYPING, SHOWN = 1.5, 7.0  # seconds of a scene
SGR = re.compile(r"\x1b\[([\d;]*)m")
# Codes of colors and styles -> class in the picture.
STYLES = {"1": "b", "2": "d", "31": "red", "33": "yellow", "34": "blue", "36": "cyan", "32": "green"}
STYLE = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d8dee9; white-space: pre; }
.b { font-weight: bold; } .d { opacity: .6; } .prompt { fill: #7fd5a5; }
.red { fill: #ff7b84; } .yellow { fill: #f2cc60; } .blue { fill: #82aaff; } .cyan { fill: #72d5e3; } .green { fill: #7fd5a5; }
"""


def record() -> list[tuple[str, list[str]]]:
    """Return each command with the lines of its output, in which colors are escape sequences."""
    with tempfile.TemporaryDirectory() as folder:
        run = lay_out(Path(folder))
        return [(command, run(f"unset NO_COLOR; {command}").rstrip("\n").split("\n")) for command in COMMANDS]


def picture(scenes: list[tuple[str, list[str]]]) -> str:
    """Return the scenes as an SVG."""
    rows = 1 + max(len(lines) for _, lines in scenes)
    width, height = round(COLUMNS * CELL + 2 * MARGIN), BAR + rows * LINE + MARGIN
    length = TYPING + SHOWN
    style, body = [STYLE.strip()], []
    for i, (command, lines) in enumerate(scenes):
        start, typed, end = (share(i * length + t, length * len(scenes)) for t in (0, TYPING, length))
        seconds = f"{length * len(scenes):g}s"
        style += [
            f"@keyframes scene{i} {{ {start} {{ visibility: visible; }} {end} {{ visibility: hidden; }} }}",
            f"@keyframes output{i} {{ {typed} {{ visibility: visible; }} {end} {{ visibility: hidden; }} }}",
            f"@keyframes cover{i} {{ 0%, {start} {{ transform: none; animation-timing-function: steps({len(command)}); }}"
            f" {typed}, 100% {{ transform: translateX({len(command) * CELL:.0f}px); }} }}",
            f".scene{i} {{ visibility: hidden; animation: scene{i} {seconds} step-end infinite; }}",
            f".output{i} {{ visibility: hidden; animation: output{i} {seconds} step-end infinite; }}",
            f".cover{i} {{ animation: cover{i} {seconds} infinite; }}",
        ]
        top = BAR + LINE
        body += [
            f'<g class="scene{i}">',
            f'<text x="{MARGIN}" y="{top}"><tspan class="prompt">$</tspan> <tspan class="b">{escape(command)}</tspan></text>',
            f'<rect class="cover{i}" x="{MARGIN + 2 * CELL:.0f}" y="{top - 14}" width="{width}" height="{LINE}" fill="#1d2430"/>',
            f'</g><g class="output{i}">',
            *(
                f'<text x="{MARGIN}" y="{top + (n + 1) * LINE}">{spans(line)}</text>'
                for n, line in enumerate(lines)
                if SGR.sub("", line).strip()
            ),
            "</g>",
        ]
    still = " ".join(f".scene{i}, .output{i} {{ visibility: hidden; }}" for i in range(1, len(scenes)))
    style.append(
        "@media (prefers-reduced-motion: reduce) { * { animation: none !important; }"
        f" .scene0, .output0 {{ visibility: visible; }} .cover0 {{ display: none; }} {still} }}"
    )
    dots = "".join(
        f'<circle cx="{MARGIN + 20 * i}" cy="20" r="6" fill="{color}"/>'
        for i, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            ' role="img">',
            "<title>lstmlint in a terminal: the parameters of an LSTM, an error in a model, and a budget</title>",
            "<style>",
            *style,
            "</style>",
            f'<clipPath id="window"><rect width="{width}" height="{height}" rx="8"/></clipPath>',
            f'<g clip-path="url(#window)"><rect width="{width}" height="{height}" fill="#1d2430"/>',
            dots,
            *body,
            "</g></svg>",
            "",
        ]
    )


def share(seconds: float, length: float) -> str:
    """Return a time as a percentage of a length."""
    return f"{100 * seconds / length:.4g}%"


def spans(line: str) -> str:
    """Return a line as SVG, with its colors."""
    parts, styles = [], ""
    for i, piece in enumerate(SGR.split(line)):
        if i % 2:
            styles = " ".join(STYLES[code] for code in piece.split(";") if code.strip("0"))
        elif piece:
            text = escape(piece)
            parts.append(f'<tspan class="{styles}">{text}</tspan>' if styles else text)
    return "".join(parts)


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(picture(record()), "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size:,} bytes")
