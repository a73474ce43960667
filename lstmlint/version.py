"""The version of lstmlint, and where it is on the web."""

__version__ = "0.1.0"

HOME = "https://github.com/lstmlint/lstmlint"
DOCS = "https://lstmlint.github.io/lstmlint/"


def rule_url(code: str) -> str:
    """Return the address of a rule's page in the documentation."""
    return f"{DOCS}rules/{code}/"


def schema_url(name: str) -> str:
    """Return the `$id` of a JSON Schema, which is also its address on the web."""
    return f"{DOCS}schemas/{name}.schema.json"
