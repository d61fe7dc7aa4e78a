"""All benchmarks, one after the other: `python -m benchmarks`."""

from benchmarks import engine, http

engine.main()
print()
http.main()
