"""The files of a content folder, among what editors, version control and Kubernetes put beside them."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

# A hidden file, a lock or copy of an editor at work, or the number that Vim tries whether it may write by. Below a
# mounted ConfigMap `..data` is hidden: the files themselves are links into it.
_BESIDE_THE_CONTENT = re.compile(r"[.#].*|.*(?:~|\.sw[a-z]|\.tmp|\.bak|\.orig|___jb_\w+___)|4913")


def is_content(name: str) -> bool:
    """Return whether a file or folder of this name belongs to the content."""
    return not _BESIDE_THE_CONTENT.fullmatch(name)


def files_in(folder: Path) -> Mapping[str, Path]:
    """Return the YAML files of a folder by name without ending, in order."""
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if is_content(path.name)}


def all_files_in(root: Path) -> Iterator[Path]:
    """Yield the path below `root` of every file of the content, in order, also through links to folders."""
    for folder, folders, names in os.walk(root, followlinks=True):
        folders[:] = sorted(filter(is_content, folders))
        yield from (Path(folder, name).relative_to(root) for name in sorted(filter(is_content, names)))
