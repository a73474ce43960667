"""How often each rule fires on real models, and what reviewers said of the findings.

    python scripts/count_findings.py FOLDER... [--verdicts BEFORE.jsonl AFTER.jsonl] > docs/rules-on-real-models.md

The folders hold model files of all kinds. The files of verdicts are those of scripts/review_findings.py. The page
contains only counts, no contents of the files.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lstmlint import Options, analyze, rules  # noqa: E402
from scripts.review_findings import comparison, models_in  # noqa: E402

# Reasons for the severity or the default of a rule, where its findings on real models decided it.
DECISIONS = {
    "C505": "info: true of every small image classifier with Flatten, and some need the positions that pooling discards",
    "E004": "warning, or error if the file marks the class as one of Keras: custom layers are not mistakes; info in"
    " SavedModels, which load without custom_objects",
    "E007": "error where Keras refuses the value; warning for names that may be custom objects; info for them in SavedModels",
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
    "G705": "info; not for a layer after one that left a single step",
    "P612": "warning: tf_keras on Linux refuses all of these files; with slashes in the names of its groups, one loads",
    "R201": "warning, except for layers that are stateful or receive states (decoders run step by step) and for layers next"
    " to a Permute of the same input (LSTM-FCN); one finding per stack",
    "R208": "off: the default of Keras 2 is not eligible, and it matters only on NVIDIA GPUs",
    "R209": "info from 20 timesteps: on shorter sequences, nothing overflows even if the weights are five times the initial ones",
    "R210": "warning from 20 timesteps: known to give NaN on long sequences",
    "R215": "off: the file does not record the shape of the targets, and one number per timestep is usually intended",
    "R216": "info: depends on size; no finding in real models",
    "R217": "off: true but harmless, and often written to make the intent explicit",
    "R223": "info; decoders are not reported, because the step-by-step model uses their states",
    "R227": "warning: rare, and not intended in any model read",
    "R235": "info; not for powers of two and multiples of ten, which coincide often",
    "S106": "error: Keras refuses it, except in SavedModels, which record the dimension",
    "S114": "warning; info where one number is added to several at the output, as in dueling networks",
    "S138": "warning: Keras ignores the declaration; not for preprocessing layers, whose declarations adapt writes",
}


VERDICTS = [
    "## Verdicts",
    "",
    "All findings in these files were read, and judged as the owner of the model would, most of them with the file loaded in",
    "Keras: A is true and worth acting on, B true but of little use, C misleading or badly advised, and D false. Then the",
    "causes of C and D were corrected, and all findings were read again. The first five columns show the findings before the",
    "corrections, the last five those after them. The corrections were made for these files, so only new files show what",
    "they are worth: of 53 findings in 94 files that were read after the first corrections, 47 were A or B, and of 21 in 64",
    "files that were read after the last ones, all were.",
]


def count(folders: list[Path]) -> tuple[int, Counter[str], Counter[str], Counter[str]]:
    """Return the number of files, then by code: flagged files, findings, and files flagged by rules that are off."""
    off = tuple(rule.code for rule in rules.load().values() if not rule.enabled)
    files: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    selected: Counter[str] = Counter()
    total = 0
    for path in (path for folder in folders for path in models_in(folder)):
        total += 1
        codes = [finding.code for finding in analyze(path, Options(extend_select=off)).findings]
        findings.update(code for code in codes if code not in off)
        files.update({code for code in codes if code not in off})
        selected.update({code for code in codes if code in off})
    return total, files, findings, selected


def page(folders: list[Path], verdicts: list[Path] | None) -> str:
    """Return the page in Markdown. verdicts: two files of verdicts, before and after changes."""
    total, files, findings, selected = count(folders)
    lines = [
        "# Rules on real models",
        "",
        f"Findings at the default settings in {total} published model files by other authors (Keras 0 to 3; JSON, YAML, HDF5,",
        "archives, SavedModels, and TensorFlow.js). `python scripts/count_findings.py FOLDER...` generates this page for",
        "any folders.",
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
    if verdicts:
        lines += ["", *VERDICTS, "", comparison(*verdicts)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--verdicts", type=Path, nargs=2, metavar=("BEFORE", "AFTER"))
    arguments = parser.parse_args()
    sys.stdout.write(page(arguments.folders, arguments.verdicts))
