"""The way a command says that it could not do its work."""

from collections.abc import Iterable


class CommandFailed(Exception):
    """A failure with the lines to print on standard error, and the exit code: 1, or 2 for a wrong use."""

    def __init__(self, lines: Iterable[str], code: int = 1) -> None:
        self.lines = tuple(lines)
        self.code = code
        super().__init__("\n".join(self.lines))
