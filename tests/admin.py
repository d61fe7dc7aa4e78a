"""The admin listener, asked on the loop of the server that it reports on."""

from typing import cast

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from tests.client import TestClient


def ask_admin(client: TestClient, path: str) -> Response:
    """Ask the admin listener of the application of a client that was entered."""
    transport = ASGITransport(cast(FastAPI, client.app).state.admin)

    async def ask() -> Response:
        async with AsyncClient(transport=transport, base_url="http://admin") as asking:
            return await asking.get(path)

    assert client.portal
    response: Response = client.portal.call(ask)
    return response
