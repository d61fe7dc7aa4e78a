"""What both clients do where the line or the server is bad: each answer here is written out, in order."""

import asyncio
import json
import unittest
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

from rekindle_client import AsyncClient, Client, ConnectionFailed, ProblemError, RequestTimedOut, problems

CUT, LATE = "cut", "late"
SILENCE_SECONDS = 0.5
SOON = {"retry-after": "0"}


@dataclass
class Answer:
    status: int = 200
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"


def problem(status: int, code: str, headers: Mapping[str, str] = {}) -> Answer:
    told = {"type": f"/problems/{code}", "title": code, "status": status, "detail": code, "code": code}
    return Answer(status, told | {"request_id": "req_1"}, dict(headers), "application/problem+json")


@contextmanager
def facing(*answers: Answer | str) -> Iterator[tuple[str, list[Any]]]:
    """Serve the answers one after the other, the last one again and again; give the address and what came."""
    seen: list[Any] = []

    class Script(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("content-length", 0)))
            seen.append({"line": f"{self.command} {self.path}", **{k.lower(): v for k, v in self.headers.items()}})
            self.answer(answers[min(len(seen), len(answers)) - 1])

        def answer(self, answer: Answer | str) -> None:
            self.close_connection = True
            if answer == LATE:
                ended.wait(SILENCE_SECONDS)
            elif isinstance(answer, Answer):
                body = json.dumps(answer.body).encode() if answer.body is not None else b""
                self.send_response(answer.status)
                for name, value in {"content-type": answer.kind, **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    ended = Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


class Blocking(unittest.TestCase):
    def use(self, address: str, *calls: tuple[Any, ...], **options: Any) -> list[Any]:
        with Client(address, **options) as api:
            made = [getattr(api, name)(*given) for name, *given in calls]
            return [list(one) if isinstance(one, Iterator) else one for one in made]

    def test_a_creating_post_that_was_cut_off_is_sent_again_under_the_same_key(self) -> None:
        with facing(CUT, problem(503, "not_ready", SOON), Answer(body={})) as (address, seen):
            self.use(address, FEEDBACK)
        self.assertEqual(len(seen), 3)
        (key,) = {one["idempotency-key"] for one in seen}
        self.assertRegex(key, "^[0-9a-f]{32}$")

    def test_two_calls_have_two_keys(self) -> None:
        with facing(Answer(body={})) as (address, seen):
            self.use(address, FEEDBACK, FEEDBACK)
        self.assertEqual(len({one["idempotency-key"] for one in seen}), 2)

    def test_a_change_that_may_have_been_made_is_not_sent_again(self) -> None:
        with facing(CUT) as (address, seen), self.assertRaises(ConnectionFailed):
            self.use(address, ("change_me", {"country": "DE"}))
        self.assertEqual(len(seen), 1)

    def test_a_wait_that_is_too_long_is_left_to_the_caller(self) -> None:
        refused = problem(429, "too_many_requests", {"retry-after": "3600"})
        with facing(refused) as (address, seen), self.assertRaises(problems.TooManyRequests) as raised:
            self.use(address, ME)
        self.assertEqual((len(seen), raised.exception.retry_after), (1, 3600))

    def test_a_refusal_is_not_repeated_and_a_new_code_is_a_problem_too(self) -> None:
        for code, kind in {"no_report": problems.NoReport, "a_new_one": ProblemError}.items():
            with facing(problem(404, code)) as (address, seen), self.assertRaises(kind) as raised:
                self.use(address, VIEW)
            self.assertEqual((len(seen), raised.exception.code, raised.exception.status), (1, code, 404))

    def test_a_page_of_a_proxy_becomes_a_problem(self) -> None:
        with facing(Answer(413, "<p>", kind="text/html")) as (address, _), self.assertRaises(ProblemError) as raised:
            self.use(address, ME)
        self.assertEqual(raised.exception.code, "http_413")

    def test_a_token_that_ended_is_renewed_once(self) -> None:
        asked: list[bool] = []

        def token(renew: bool) -> str:
            asked.append(renew)
            return "fresh" if renew else "old"

        ended = problem(401, "credentials_expired")
        with facing(ended, Answer(body={"id": "ptr_1"})) as (address, seen):
            self.assertEqual(self.use(address, ME, token=token), [{"id": "ptr_1"}])
        self.assertEqual([one["authorization"] for one in seen], ["Bearer old", "Bearer fresh"])
        self.assertEqual(asked, [False, True])
        with facing(ended) as (address, seen), self.assertRaises(problems.CredentialsExpired):
            self.use(address, ME, token=token)
        self.assertEqual(len(seen), 2)

    def test_an_unchanged_answer_is_the_copy_and_a_forgotten_one_is_asked_for_anew(self) -> None:
        copy = Answer(body={"view": 1}, headers={"etag": '"1"'})
        with facing(copy, Answer(304, headers={"etag": '"1"'}), copy) as (address, seen):
            first, again, _, _ = self.use(address, VIEW, VIEW, ("forget",), VIEW)
        self.assertIs(again, first)
        self.assertEqual([one.get("if-none-match") for one in seen], [None, '"1"', None])

    def test_nobody_gets_the_copy_of_another(self) -> None:
        tokens = iter(("a", "b"))
        copy = Answer(body={}, headers={"etag": '"1"'})
        with facing(copy) as (address, seen):
            self.use(address, VIEW, VIEW, token=lambda _: next(tokens))
        self.assertEqual([one.get("if-none-match") for one in seen], [None, None])

    def test_no_answer_in_time_is_an_error_of_its_own_after_the_retries(self) -> None:
        with facing(LATE) as (address, seen), self.assertRaises(RequestTimedOut):
            self.use(address, ME, timeout=0.05, retries=1)
        self.assertEqual(len(seen), 2)

    def test_names_are_escaped_and_values_and_fields_that_are_new_do_no_harm(self) -> None:
        told = {"id": "x/y", "cost": "very_low", "field": 1}
        with facing(Answer(body=told)) as (address, seen):
            self.assertEqual(self.use(address, ("read_activity", "x/y")), [told])
        self.assertEqual(seen[0]["line"], "GET /v1/activities/x%2Fy")

    def test_pages_are_walked(self) -> None:
        pages = [
            Answer(body={"data": [number], "next_cursor": cursor, "has_more": bool(cursor)})
            for number, cursor in ((1, "c2"), (2, None))
        ]
        with facing(*pages) as (address, seen):
            (items,) = self.use(address, ("iterate_reports",))
            self.assertEqual(items, [1, 2])
        self.assertEqual([one["line"] for one in seen], ["GET /v1/me/reports", "GET /v1/me/reports?cursor=c2"])


class Awaited(Blocking):
    def use(self, address: str, *calls: tuple[Any, ...], **options: Any) -> list[Any]:
        async def made() -> list[Any]:
            async with AsyncClient(address, **options) as api:
                return [await result(getattr(api, name)(*given)) for name, *given in calls]

        return asyncio.run(made())


async def result(made: Any) -> Any:
    if hasattr(made, "__aiter__"):
        return [one async for one in made]
    return await made if asyncio.iscoroutine(made) else made


FEEDBACK = ("create_feedback", {"activity": "evening-walk", "outcome": "done"})
ME, VIEW = ("get_me",), ("get_view",)

if __name__ == "__main__":
    unittest.main()
