"""How often each rule fires on real models: python scripts/count_findings.py FOLDER > docs/rules-on-real-models.md

FOLDER holds model files of all kinds. Only figures are written, nothing that the files say.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import Options, analyze, rules  # noqa: E402

# Why a rule is as grave as it is, where the figures or the findings behind them decided it.
DECISIONS = {
    "C505": "info: true of every small image classifier with Flatten, and some need the places that pooling loses",
    "E004": "a warning unless the file says that the class is Keras's own: custom layers are no mistakes",
    "E007": "an error where Keras refuses the value; a warning for names that may be custom objects",
    "G704": "info: without effect, but harmless; linear Activations with a name of their own are left out",
    "H301": "warning, not error: Keras builds it; every finding read was a classifier that cannot learn",
    "H303": "warning from three units on; of two it equals the categorical crossentropy, and is an info",
    "H306": "warning, not error: Keras builds it; the sigmoid is applied twice",
    "H309": "warning; classifiers trained on squared error are left out, they are common and accuracy fits them",
    "H310": "warning: tried on Keras, training stops or the metric is wrong",
    "H311": "info: what is computed is right, and narrow factors are left out",
    "H312": "warning; before a softmax inside the model, as attention has it, an info, and tanh is left out",
    "H316": "info, from 0.1 on (1 for SGD and Adagrad): schedules and callbacks leave other rates behind",
    "H319": "warning, one for a model: an architecture drawn with an editor has constants everywhere",
    "N401": "off: true, but published models are full of it, and nothing is gained but a few parameters",
    "N402": "info: authors do it on purpose, too",
    "N405": "info from 0.8 on (0.5 to 0.7 are in use); 1 is a warning",
    "N407": "warning for two Dropout layers; a Dropout before a layer with `dropout` of its own was dropped as a rule, since"
    " Keras's own examples have it",
    "P603": "off: it says only how old a file is; for those who want Keras 3 files only",
    "P605": "off: nearly every LSTM of Keras 1 and 2 has it, and it matters only when moving to Keras 3",
    "R201": "warning, but for stateful layers and those with states (a decoder run step by step is meant so), and beside a"
    " Permute of the same input (LSTM-FCN); the first of a stack tells it",
    "R208": "off: the default of Keras 2 is not eligible, and it matters on NVIDIA's GPUs only",
    "R209": "info: tutorials teach LSTM(activation='relu'), and on short sequences it works",
    "R210": "warning: known to give NaN",
    "R215": "off: the targets' shape is not in the file, and one number for each timestep is usually meant",
    "R216": "info: no finding in real models; a matter of size",
    "R217": "off: true, but harmless, and many write it to say what they mean",
    "R223": "info; decoders are left out, their states serve the step-by-step model",
    "R227": "warning: rare, and never meant in what was read",
    "R235": "info: may be chance",
    "S106": "error: Keras refuses it",
    "S114": "warning; one number added to several as the answer is an info, since dueling networks do it",
    "S138": "warning: Keras ignores the declaration, the author did not know",
}


def count(folder: Path) -> tuple[int, Counter[str], Counter[str], Counter[str]]:
    """(files, files flagged by code at the default settings, findings by code, files flagged by rules that are off)."""
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
    """The page."""
    total, files, findings, selected = count(folder)
    lines = [
        "# The rules on real models",
        "",
        f"What the rules say of {total} model files that strangers published (Keras 0 to 3, JSON, YAML, HDF5, archives,",
        "SavedModels, TensorFlow.js), at default settings. Written by scripts/count_findings.py, which takes any folder.",
        "",
        "Severities mean: an error is what Keras refuses, or what no loaded model could do; a warning is what Keras accepts and",
        "the author would change if told; an info is a fact worth knowing, which may be meant. Rules whose findings were often",
        "meant are off by default. The findings of all rules that are on were read before that was decided.",
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
        f"Rules that flag none of the files: {names}.",
        "",
        "The 40 models of keras.applications have no finding at default settings.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(page(Path(sys.argv[1])))
