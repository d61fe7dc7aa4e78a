"""The first thing a newcomer runs says in one line what is missing, and touches no network when nothing is."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PYTHON_39 = """#!/bin/sh
[ "$1" = --version ] && echo "Python 3.9.6" && exit 0
exit 1
"""
PYTHON_WITHOUT_VENV = """#!/bin/sh
case "$2" in
    *ensurepip*) exit 1 ;;
    *version_info\\[:2\\]*) echo 3.12 ;;
esac
"""
ANY = "#!/bin/sh\n"
NEVER = "#!/bin/sh\necho it was called >&2\nexit 1\n"

UV_THAT_BRINGS_NODE = """#!/bin/sh
echo "$@" >>uv.log
mkdir -p .boot/node/bin
for program in node npm; do printf '#!/bin/sh\\n' >.boot/node/bin/$program && chmod +x .boot/node/bin/$program; done
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    house = tmp_path / "a house (of my own)"
    shutil.copytree(ROOT / ".ci", house / ".ci")
    shutil.copytree(ROOT / "requirements", house / "requirements")
    return house


def compiled(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    (folder / name).chmod(0o755)


def set_up(
    house: Path, group: str = "dev", script: str = "setup", **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [house / ".ci" / script, group],
        env={"PATH": f"{house / 'bin'}:{os.defpath}", "PYTHON": "python3", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_python_that_is_too_old_is_named(house: Path) -> None:
    compiled(house / "bin", "python3", PYTHON_39)

    done = set_up(house, SETUP="pip")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Rekindle needs Python 3.11 or later; Python 3.9.6 is too old.")


def test_the_package_that_brings_the_venv_module_is_named(house: Path) -> None:
    compiled(house / "bin", "python3", PYTHON_WITHOUT_VENV)

    done = set_up(house, SETUP="pip")

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("On Debian or Ubuntu: apt-get install python3.12-venv")


@pytest.mark.parametrize(
    ("installed", "wanted"), [("dev", "dev"), ("dev", "runtime"), ("runtime", "runtime")], ids=" for ".join
)
def test_what_is_there_is_not_installed_again(house: Path, installed: str, wanted: str) -> None:
    pretend_installed(house, installed)

    done = set_up(house, wanted)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("change", ["the lock", "the folder", "the interpreter", "the group"])
def test_what_has_changed_is_installed_again(house: Path, change: str) -> None:
    pretend_installed(house, "runtime" if change == "the group" else "dev")
    if change == "the lock":
        with (house / "requirements" / "dev.lock").open("a", encoding="utf-8") as lock:
            lock.write("# another\n")
    elif change == "the folder":
        house = house.rename(house.parent / "moved")
    elif change == "the interpreter":
        (house / ".venv" / "bin" / "python").unlink()

    done = set_up(house)

    assert done.returncode != 0
    assert "it was called" in done.stderr


def test_node_comes_once_from_a_wheel_that_is_checked_against_its_hashes(house: Path) -> None:
    compiled(house / "bin", "node", NEVER)
    compiled(house / "bin", "uv", UV_THAT_BRINGS_NODE)

    for _ in range(2):
        assert set_up(house, "node", "setup-app").stdout == f"{house}/.boot/node/bin\n"

    asked = (house / "uv.log").read_text(encoding="utf-8").splitlines()
    assert [line for line in asked if line.startswith("pip")] == [
        "pip sync --quiet --require-hashes --python .boot/node/bin/python requirements/node.lock"
    ]


def pretend_installed(house: Path, group: str) -> None:
    lock = (house / "requirements" / f"{group}.lock").read_bytes()
    checksum = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout.decode().strip()
    compiled(house / ".venv" / "bin", "python", ANY)
    (house / ".venv" / f".{group}").write_text(f"{checksum} {house}\n", encoding="utf-8")
    compiled(house / "bin", "uv", NEVER)
