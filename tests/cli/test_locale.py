import subprocess
from collections.abc import Callable
from pathlib import Path

Rekindle = Callable[..., subprocess.CompletedProcess[str]]


def test_files_that_are_there_are_left_as_they_are(rekindle: Rekindle, content_with: Callable[..., Path]) -> None:
    content = content_with({"locales/de/phrases.yaml": "put_off: Ein Vorschlag.\n"})

    done = rekindle("locale", "de", str(content))

    assert done.returncode == 0, done.stderr
    assert f"{content}/locales/de/phrases.yaml is there already." in done.stdout
    assert (content / "locales/de/phrases.yaml").read_text(encoding="utf-8") == "put_off: Ein Vorschlag.\n"
    assert (content / "locales/de/rules.yaml").is_file()


def test_what_is_no_other_language_is_refused(rekindle: Rekindle) -> None:
    for tag in ("en", "Deutsch", "../de"):
        refused = rekindle("locale", tag)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "is not the tag of another language" in refused.stderr
