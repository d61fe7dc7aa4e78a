"""Loads structlog without rich and greenlet: 9 MB for tracebacks that a server never prints.

structlog takes both where it finds them. A module that serves imports this one before whatever imports structlog.
"""

import sys

_unwanted = {name: sys.modules.get(name) for name in ("rich", "greenlet")}
# So that importing them fails.
sys.modules.update(dict.fromkeys(_unwanted))  # type: ignore[arg-type]
import structlog  # noqa: E402, F401

for _name, _module in _unwanted.items():
    del sys.modules[_name]
    if _module:
        sys.modules[_name] = _module
