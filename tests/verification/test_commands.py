import sys
from pathlib import Path

import pytest

from verification import __main__ as commands
from verification import loading
from verification.loading import load

FOLDER = Path(commands.__file__).parent / "commands"


def test_every_command_has_a_module_and_every_module_a_command() -> None:
    assert sorted(commands.COMMANDS) == sorted(file.stem for file in FOLDER.glob("[a-z]*.py"))


def test_without_a_command_all_of_them_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([]) == commands.main(["prov"]) == 2
    assert commands.main(["--help"]) == 0
    listed = capsys.readouterr().err
    assert all(listed.count(f"  {name} ") == 3 for name in commands.COMMANDS)


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_command_explains_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        commands.main([name, "--help"])

    assert f"Usage: rekindle {name}" in capsys.readouterr().out


def test_mistakes_in_the_content_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["scenarios", str(tmp_path)]) == 1
    assert "claims.yaml" in capsys.readouterr().err


def test_a_version_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["simulate", "1999.01", "files"]) == 1
    assert "1999.01" in capsys.readouterr().err


def test_what_is_not_installed_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "verification.commands.prove", raising=False)
    monkeypatch.setitem(sys.modules, "verification.prove", None)

    assert commands.main(["prove"]) == 2
    assert "install rekindle[verification]" in capsys.readouterr().err


def test_a_module_of_another_extra_names_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "verification.nothing", None)

    with pytest.raises(loading.MissingExtra, match=r"install rekindle\[distributed\]"):
        load("verification.nothing", "distributed")
