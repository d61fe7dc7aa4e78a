"""Writing of a file that is either there whole, also after a loss of power, or not at all."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

OWNER_ALONE = 0o600


def write_whole(file: Path, data: bytes, *, is_new: bool = False, mode: int = 0o644) -> None:
    """Write to the disk under another name, then rename. With `is_new`, raise `FileExistsError` where there is one."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as temporary:
        try:
            temporary.write(data)
            temporary.flush()
            os.fsync(temporary.fileno())
            Path(temporary.name).chmod(mode)
            if is_new:
                # A hard link fails where the name is taken; a rename would replace the file.
                file.hardlink_to(temporary.name)
            else:
                Path(temporary.name).replace(file)
        finally:
            Path(temporary.name).unlink(missing_ok=True)
    if os.name == "posix":
        _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    # A name is on the disk once its folder is.
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
