"""floors.py sees each kind of mistake: a copy of the tree gets one, and must fail where it did not. Prints TAP."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from probe import probe   # noqa: E402
from source import find_tree, report   # noqa: E402

README = (find_tree() / "src/README").read_text()

# A new file, what is in it, and the complaint that must come of it; None if none may.
PROBES = [
    ("src/probe.c", "int probe;\n", "src/probe.c: belongs to no floor"),
    ("src/attic/probe.c", "int probe;\n", "src/attic/probe.c: belongs to no floor"),
    ("src/README", README.replace("    gate/ ", "    loft/ "), "src/README: there is no src/loft/"),
    ("src/README", README.replace("    json/ ", "    event/ ", 1).replace("    event/  ", "    json/  "),
     "src/event/"),
    ("src/store/probe.c", "/* keeps a Connection */\n", "src/store/probe.c:1: names the resource connection"),
    ("src/http/probe.c", 'static char probe[] = "share-tokens";\n', "src/http/probe.c:1: names the resource share_token"),
    ("src/json/probe.c", "int organization_id;\n", "src/json/probe.c:1: names the resource organization"),
    ("src/identity/probe.c", "int organization_id; int XACT_EVENT_ABORT;\n", None),
    ("src/base/probe.c", '#include "store/probe.h"\n', "src/base/probe.c:1: includes store/probe.h, which is above it"),
    ("src/gate/probe.c", '#include "share_token/probe.h"\n', "src/gate/probe.c:1: includes share_token/probe.h"),
    ("src/gate/probe.c", '#include "connection/probe.h"\n', None),
    ("src/json/one.h", '#include "json/two.h"\n', "src/json/one.h:1: json/one.h includes json/two.h includes json/one.h"),
    ("src/json/probe.c", "\nint\nprobe(void)\n{\n\treturn probe_above(1);\n}\n",
     "src/json/probe.c:5: calls probe_above() of store/ground.c"),
    ("src/json/probe.c", "\nint\nprobe(void)\n{\n\treturn call(probe_above);\n}\n", None),
    ("src/gate/probe.c", "\nint\nprobe(void)\n{\n\treturn probe_above(1);\n}\n", None),
    ("src/json/probe.h", "extern int\tprobe_above(int x);\n", "src/json/probe.h:1: declares probe_above() of store/ground.c"),
    ("test/sql/probe.sql", "SELECT 1;\n" * 401, "test/sql/probe.sql:401: the file has 401 lines"),
    ("script/probe", ":\n" * 400, None),
    ("src/base/probe.c", "\t/* " + "x" * 72 + " */\n", "src/base/probe.c:1: 82 columns"),
    ("src/base/probe.c", "\t/* " + "x" * 70 + " */\n", None),
    ("sql/probe.sql", "-- " + "x" * 98 + "\n", "sql/probe.sql:1: 101 columns"),
    ("doc/probe.md", "word " * 20 + "x\n", "doc/probe.md:1: 101 columns"),
    ("doc/probe.md", "| " + "word " * 20 + "|\n\n```text\n" + "word " * 21 + "\n```\n", None),
]
# What the probes refer to, there from the beginning.
GROUND = {
    "src/store/probe.h": "", "src/connection/probe.h": "", "src/share_token/probe.h": "",
    "src/json/two.h": '#include "json/one.h"\n',
    "src/store/ground.c": "int\nprobe_above(int x)\n{\n\treturn x;\n}\n",
}


def main():
    return report(probe(pathlib.Path(__file__).with_name("floors.py"), GROUND, PROBES))


if __name__ == "__main__":
    sys.exit(main())
