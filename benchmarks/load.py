"""A small load generator, for where wrk is not installed: connections that send one request and, once answered, the
next.

    python -m benchmarks.load URL BODY_FILE [--seconds 1] [--connections 32]

prints how many requests were answered and how many of the answers were not 200, as `requests errors`.
"""

import asyncio
from argparse import ArgumentParser
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

PATIENCE = 5


async def main() -> None:
    """Send and count."""
    parser = ArgumentParser(description="Requests one after the other on several connections.")
    parser.add_argument("url")
    parser.add_argument("body", type=Path)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--connections", type=int, default=32)
    asked = parser.parse_args()
    url, body = urlsplit(asked.url), asked.body.read_bytes()
    lines = (
        f"POST {url.path} HTTP/1.1",
        f"Host: {url.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    request = "\r\n".join((*lines, "\r\n")).encode() + body
    loop = asyncio.get_running_loop()
    until = loop.time() + asked.seconds
    everyone = (send_until(until, url.hostname, url.port, request) for _ in range(asked.connections))
    counts = await asyncio.wait_for(asyncio.gather(*everyone), asked.seconds + PATIENCE)
    print(sum(requests for requests, _ in counts), sum(errors for _, errors in counts))


async def send_until(until: float, host: str | None, port: int | None, request: bytes) -> tuple[int, int]:
    """How many requests one connection got answered, and how many of them not with 200."""
    reader, writer = await asyncio.open_connection(host, port)
    loop = asyncio.get_running_loop()
    requests = errors = 0
    while loop.time() < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
        await reader.readexactly(int(length))
        requests += 1
        errors += not head.startswith(b"HTTP/1.1 200 ")
    writer.close()
    return requests, errors


if __name__ == "__main__":
    uvloop.run(main())
