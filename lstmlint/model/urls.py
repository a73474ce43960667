"""Paths of files in remote stores, such as s3://bucket/models."""

from __future__ import annotations


def is_url(path: str) -> bool:
    """Return whether a path has a scheme, which is longer than a drive of Windows."""
    scheme, mark, _ = path.partition("://")
    return bool(mark) and len(scheme) > 1 and scheme.replace("+", "").isalnum()
