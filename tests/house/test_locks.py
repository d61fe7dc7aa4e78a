import re
import tomllib
from pathlib import Path

import pytest

from app import __version__

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").iterdir())
ADDRESS = re.compile(r"https?:|ssh:|git\+|file:|\bindex-url\b|find-links|@ ", re.IGNORECASE)


def pinned(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return loaded


def test_there_is_a_lock_for_each_use() -> None:
    assert [lock.name for lock in LOCKS] == ["bench.lock", "client.lock", "dev.lock", "node.lock", "runtime.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_address(lock: Path) -> None:
    assert [line for line in lock.read_text(encoding="utf-8").splitlines() if ADDRESS.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_of_a_lock_has_one_version_and_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE))

    assert len(entries) >= {"client.lock": 6, "node.lock": 2}.get(lock.name, 21)
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+( ; [^\\]+)? \\\n", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


def test_what_is_developed_and_measured_with_is_what_runs() -> None:
    bench, client, dev, _, runtime = (pinned(lock) for lock in LOCKS)

    assert dev.items() >= runtime.items()
    assert dev.items() >= client.items()
    assert {name: bench[name] for name in bench.keys() & runtime.keys()}.items() <= runtime.items()


def test_everything_that_is_asked_for_is_locked() -> None:
    asked = project()
    by_lock = {
        "runtime.lock": asked["project"]["dependencies"],  # type: ignore[index]
        "dev.lock": asked["dependency-groups"]["dev"],  # type: ignore[index]
        "node.lock": asked["dependency-groups"]["node"],  # type: ignore[index]
    }
    for lock, requirements in by_lock.items():
        names = {re.split(r"[\[<>=; ]", requirement)[0].lower() for requirement in requirements}
        assert names <= pinned(ROOT / "requirements" / lock).keys()


def test_the_version_is_the_same_wherever_it_stands() -> None:
    assert project()["project"]["version"] == __version__  # type: ignore[index]


def test_the_lock_of_a_node_project_names_no_address() -> None:
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8").splitlines()
    for lock in ROOT.glob("**/package-lock.json"):
        if "node_modules" not in lock.parts:
            assert '"resolved"' not in lock.read_text(encoding="utf-8"), lock
