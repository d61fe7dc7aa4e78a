"""The ruleset of the content that comes with Rekindle, kept beside the bytecode in which Python keeps its modules.

Reading two hundred files and compiling them costs a third of a start, and leaves a worker 8 MB larger for good. What is
kept is used only where everything that it was made from is the same, byte by byte: every content file, every module of
the engine and of this package, and Python itself. Whoever can write where it lies can write the bytecode of a module as
well; content from another folder, which others may be able to write to, is read anew at each start.

`python -m app.rulesets.kept_ruleset` writes it at installation, where the server itself may not write.
"""

import hashlib
import marshal
import pickle
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path
from types import CellType, FunctionType
from typing import Any

from app.durable_file import write_whole
from app.rulesets.active_ruleset import load_head
from app.rulesets.library import Library
from app.rulesets.load import CONTENT

_HERE = Path(__file__)
FILE = Path(cache_from_source(str(_HERE.with_name("content.py")))).with_suffix(".kept")
_DIGEST_BYTES = 32


def _piece(file: Path) -> bytes:
    data = file.read_bytes()
    return b"%s\0%d\0%s" % (str(file).encode(), len(data), data)


def _made_by(*folders: Path) -> bytes:
    """Return what stands for this Python and the modules in these folders."""
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
        digest.update(_piece(file))
    return digest.digest()


# Once, when they are loaded: a process that goes on while its files are replaced compiles as it did before.
_MADE_BY = _made_by(_HERE.parent, _HERE.parents[1] / "engine")


def load(root: Path = CONTENT, file: Path = FILE) -> Library:
    """Return what `load_head` returns, from `file` where it was kept there. Raises `ContentError`."""
    if root != CONTENT:
        return load_head(root)
    key = _key_of(root)
    library = _read(file, key)
    if library is None:
        library = load_head(root)
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                keep(library, file, key)
    return library


def keep(library: Library, file: Path, key: bytes) -> None:
    buffer = BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(library)
    data = buffer.getvalue()
    file.parent.mkdir(exist_ok=True)
    write_whole(file, key + hashlib.sha256(data).digest() + data)


def _read(file: Path, key: bytes) -> Library | None:
    """Return the library that was kept; None where there is none, or it was made from something else or cut short."""
    try:
        data = memoryview(file.read_bytes())
    except OSError:
        return None
    made_from, digest, rest = data[:_DIGEST_BYTES], data[_DIGEST_BYTES : 2 * _DIGEST_BYTES], data[2 * _DIGEST_BYTES :]
    if made_from != key or digest != hashlib.sha256(rest).digest():
        return None
    library: Library = pickle.loads(rest)  # noqa: S301  trusted as bytecode is, which lies beside it
    return library


def _key_of(root: Path) -> bytes:
    digest = hashlib.sha256(_MADE_BY)
    for file in sorted(root.rglob("*")):
        if file.is_file():
            digest.update(_piece(file))
    return digest.digest()


class _Pickler(pickle.Pickler):
    """Writes functions that no module has by name: those that were generated, and those that stand in a table."""

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, FunctionType) or _is_found_by_name(value):
            return NotImplemented
        scope, module = value.__globals__, getattr(value, "__module__", None)
        # A generated function has a namespace of its own; any other has that of its module.
        own = {} if module else {name: scope[name] for name in scope.keys() - {"__builtins__", value.__name__}}
        cells = tuple(cell.cell_contents for cell in value.__closure__ or ())
        return _restore, (marshal.dumps(value.__code__), module, own, value.__defaults__, cells)


def _is_found_by_name(function: FunctionType) -> bool:
    return getattr(sys.modules.get(function.__module__ or ""), function.__qualname__, None) is function


def _restore(
    code: bytes, module: str | None, own: dict[str, Any], defaults: tuple[Any, ...] | None, cells: tuple[Any, ...]
) -> FunctionType:
    scope = vars(sys.modules[module]) if module else own
    made = marshal.loads(code)  # noqa: S302  as above
    return FunctionType(made, scope, None, defaults, tuple(map(CellType, cells)))


if __name__ == "__main__":
    load()
