"""How often each rule fires on real models: python scripts/count_findings.py FOLDER > docs/rules-on-real-models.md

FOLDER holds model files of all kinds. The page contains only counts, no contents of the files.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import Options, analyze, rules  # noqa: E402

# Reasons for the severity or the default of a rule, where its findings on real models decided it.
DECISIONS = {
    "C505": "info: true of every small image classifier with Flatten, and some need the positions that pooling discards",
    "E004": "warning, or error if the file marks the class as one of Keras: custom layers are not mistakes",
    "E007": "error where Keras refuses the value; warning for names that may be custom objects",
    "G704": "info: harmless; linear Activations with their own name are not reported",
    "H301": "warning, because Keras builds the model; every finding read was a classifier that cannot learn",
    "H303": "warning for three or more units; info for two, where it equals the categorical crossentropy",
    "H306": "warning, because Keras builds the model; backends other than TensorFlow apply the sigmoid twice",
    "H309": "warning; classifiers trained on squared error are common, accuracy fits them, and they are not reported",
    "H310": "warning: in real Keras, training stops or the metric is wrong",
    "H311": "info: the result is right; low-rank factors are not reported",
    "H312": "warning; info before a softmax inside the model, as in attention, where tanh is not reported",
    "H316": "info, above 0.1 (1 for SGD and Adagrad): schedules and callbacks change the saved rate",
    "H319": "warning, one per model: a model drawn in an editor has constants everywhere",
    "N401": "off: true, but common in published models, and the fix saves only a few parameters",
    "N402": "info: some authors do it on purpose",
    "N405": "info from 0.8 (0.5 to 0.7 are in use); warning for 1",
    "N407": "warning for two Dropout layers; a Dropout before a layer that has its own `dropout` is not reported, because"
    " Keras's examples do that",
    "P603": "off: it only shows the age of a file, for those who want Keras 3 files only",
    "P605": "off: nearly every LSTM of Keras 1 and 2 has it, and it matters only in a move to Keras 3",
    "R201": "warning, except for layers that are stateful or receive states (decoders run step by step) and for layers next"
    " to a Permute of the same input (LSTM-FCN); one finding per stack",
    "R208": "off: the default of Keras 2 is not eligible, and it matters only on NVIDIA GPUs",
    "R209": "info: tutorials teach LSTM(activation='relu'), and it works on short sequences",
    "R210": "warning: known to give NaN",
    "R215": "off: the file does not record the shape of the targets, and one number per timestep is usually intended",
    "R216": "info: depends on size; no finding in real models",
    "R217": "off: true but harmless, and often written to make the intent explicit",
    "R223": "info; decoders are not reported, because the step-by-step model uses their states",
    "R227": "warning: rare, and not intended in any model read",
    "R235": "info: may be a coincidence",
    "S106": "error: Keras refuses it",
    "S114": "warning; info where one number is added to several at the output, as in dueling networks",
    "S138": "warning: Keras ignores the declaration, and the author did not know",
}


def count(folder: Path) -> tuple[int, Counter[str], Counter[str], Counter[str]]:
    """Return the number of files, then by code: flagged files, findings, and files flagged by rules that are off."""
    off = tuple(rule.code for rule in rules.load().values() if not rule.enabled)
    files: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    selected: Counter[str] = Counter()
    total = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix in (".md", ".jsonl", ".truth"):
            continue
        total += 1
        codes = [finding.code for finding in analyze(path, Options(extend_select=off)).findings]
        findings.update(code for code in codes if code not in off)
        files.update({code for code in codes if code not in off})
        selected.update({code for code in codes if code in off})
    return total, files, findings, selected


def page(folder: Path) -> str:
    """Return the page in Markdown."""
    total, files, findings, selected = count(folder)
    lines = [
        "# Rules on real models",
        "",
        f"Findings at the default settings in {total} published model files by other authors (Keras 0 to 3; JSON, YAML, HDF5,",
        "archives, SavedModels, and TensorFlow.js). `python scripts/count_findings.py FOLDER` generates this page for any",
        "folder.",
        "",
        "An error is something that Keras refuses, when it loads the model or runs it. A warning is something that Keras",
        "accepts but that the author would change. An info may be intentional. Rules whose findings were often intentional are",
        "off by default. These decisions are based on reading all findings of the rules that are on.",
        "",
        "| rule | default | files flagged | share | findings | decision |",
        "|---|---|---|---|---|---|",
    ]
    quiet = []
    for rule in sorted(rules.load().values(), key=lambda rule: rule.code):
        flagged = (files if rule.enabled else selected)[rule.code]
        if not flagged and rule.code not in DECISIONS:
            quiet.append(rule)
            continue
        default = rule.severity if rule.enabled else "off"
        shown = findings[rule.code] if rule.enabled else "-"
        lines.append(
            f"| {rule.code} {rule.name} | {default} | {flagged} | {flagged / max(total, 1):.1%} | {shown} |"
            f" {DECISIONS.get(rule.code, '')} |"
        )
    names = ", ".join(rule.code for rule in quiet)
    lines += [
        "",
        f"Rules without findings in these files: {names}.",
        "",
        "The 40 models of keras.applications have no findings at the default settings.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(page(Path(sys.argv[1])))
