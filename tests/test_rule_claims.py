"""What each rule says about Keras is measured by a referee test, or the rule says nothing about it."""

from __future__ import annotations

import re
from pathlib import Path

from lstmlint import rules
from lstmlint.rules.documentation import document
from tests.referee.test_rule_claims import CLAIMS

# Rules whose claims about Keras another referee test measures.
MEASURED_BY = {
    "test_verdict.py": "E005 E006 E007 E010 E011 P609 S101 S102 S103 S104 S105 S106 S107 S108 S109 S110 S111 S112 S113 S115"
    " S117 S119 S120 S121 S122 S124 S125 S127 S132 S133 S134 S137",
    "test_custom_objects.py": "E004",
    "test_subclassed_tf.py": "E002",
    "test_stored_weights.py": "S140",
    "test_history.py": "P621 P622",
    "test_security.py": "X802 X803 X804 X806 X807 X808 X816 X817",
}
# Rules whose claims need releases, systems or hardware that the referee environments do not have.
UNMEASURED = set("P612 P623 P624 P625 P627 R208 X805 X809 X810".split())
# Rules that say nothing of what Keras does.
WITHOUT_CLAIMS = set(
    "C501 C502 C503 C504 C505 C506 C507 C511 C512 E001 E008 E009 E012 E013 E099 G714 G715 G716 G717 H316 N412 R216 R223 R235 S131"
    " S135 X811 X812".split()
)
REFEREE = Path(__file__).parent / "referee"


def test_every_claim_is_measured() -> None:
    """Each rule is in exactly one table: what it says of Keras is measured, or it says nothing."""
    every = rules.load().values()
    here = {code for claim in CLAIMS for code in re.findall(r"[A-Z][0-9]{3}", claim)}
    elsewhere = [code for codes in MEASURED_BY.values() for code in codes.split()]
    assert sorted([*here, *elsewhere, *UNMEASURED, *WITHOUT_CLAIMS]) == sorted(rule.code for rule in every)
    assert all((REFEREE / name).is_file() for name in MEASURED_BY)
    assert not [rule.code for rule in every if rule.code in WITHOUT_CLAIMS and "Keras" in document(rule).summary]
