"""The ruleset that answers requests; a reload that fails leaves the last good one in force."""

from pathlib import Path

from app.rulesets.library import Library
from app.rulesets.load import CONTENT, load_ruleset


class RulesetInForce:
    """Holds one checked library. Replacing it is a single assignment, so a request sees one or the other, whole."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or CONTENT
        self.current: Library = load_ruleset(self._root)

    def reload(self) -> Library:
        """Read the content anew. Raises `ContentError`, and keeps what is in force, when it has mistakes."""
        library = load_ruleset(self._root)
        self.current = library
        return library
