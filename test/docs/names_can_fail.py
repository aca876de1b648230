"""names.py sees a name that has gone, and lets those be that others have. Prints TAP."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from probe import probe   # noqa: E402
from source import report   # noqa: E402

GROUND = {
    "src/store/ground.c": "/* here */\nint\nprobe_ground(void)\n{\n\treturn 1;\n}\n",
    "sql/ground.sql": "CREATE FUNCTION connect.probe_ground() RETURNS int LANGUAGE sql RETURN 1;\n",
}
PROBES = [
    ("doc/probe.md", "See\n`src/store/attic.c`.\n", "doc/probe.md:2: there is no src/store/attic.c"),
    ("doc/probe.md", "See `attic.c`.\n", "doc/probe.md:1: there is no attic.c"),
    ("doc/probe.md", "See `test/t/999_attic.pl`.\n", "doc/probe.md:1: there is no test/t/999_attic.pl"),
    ("doc/probe.md", "Call `connect.probe_attic()`.\n", "doc/probe.md:1: there is no connect.probe_attic()"),
    ("doc/probe.md", "Call `probe_attic(1)`.\n", "doc/probe.md:1: there is no probe_attic()"),
    ("doc/probe.md", "`src/store/ground.c`, `ground.c`, `src/store/*.c`, `connect.probe_ground()`, "
     "`heap_modify_tuple_by_cols()`, `utils/jsonb.h`, `memcpy()`, `jsonb_pretty()`.\n", None),
    ("src/base/probe.c", "/*\n * probe.c\n *\t\tAsks probe_attic().\n */\n", "src/base/probe.c:3: there is no probe_attic()"),
    ("src/base/probe.c", "/*\n * probe.c\n */\n\n/* not a head: probe_attic() */\n", None),
    ("sql/probe.sql", "-- Runs test/sql/attic.sql.\n", "sql/probe.sql:1: there is no test/sql/attic.sql"),
    ("script/probe", "#!/bin/sh\n# Runs script/attic.\n", "script/probe:2: there is no script/attic"),
    ("test/t/999_probe.pl", "# What pair_attic(x) does.\n", "test/t/999_probe.pl:1: there is no pair_attic()"),
    ("test/docs/probe.py", '"""Reads doc/attic.md."""\n', "test/docs/probe.py:1: there is no doc/attic.md"),
]

if __name__ == "__main__":
    sys.exit(report(probe(pathlib.Path(__file__).with_name("names.py"), GROUND, PROBES)))
