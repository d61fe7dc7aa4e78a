"""A server below a path of a host that it shares with others."""

from starlette.types import ASGIApp, Receive, Scope, Send


class BelowPath:
    """Puts every request below `root`, whether or not the proxy in front has taken that off its path."""

    def __init__(self, app: ASGIApp, *, root: str) -> None:
        self.app = app
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "root_path": self.root, "path": self._whole(scope["path"])}
        await self.app(scope, receive, send)

    def _whole(self, path: str) -> str:
        if path == self.root:
            return f"{path}/"
        return path if path.startswith(f"{self.root}/") else f"{self.root}{path}"
