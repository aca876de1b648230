"""state_map.py sees a variable without a row, a row without a variable, and a second callback. Prints TAP."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from probe import probe   # noqa: E402
from source import files, find_tree, report   # noqa: E402

MISSING = "is not in the table of src/README"
HEAD = "| file | keeps | how long | forgets |\n|---|---|---|---|\n"
CALLBACK = "void\nprobe(void)\n{\n\tCacheRegisterRelcacheCallback(probe_changed, (Datum) 0);\n}\n"


def probes():
    readme = find_tree() / "src" / "README"
    text = (readme.read_text() if readme.exists() else "") + "\n" + HEAD
    return [
        ("src/store/probe.c", "static int\tprobe_count = 3;\n", f"src/store/probe.c:1: probe_count {MISSING}"),
        ("src/store/probe.c", "static Probe probes[2] = {\n\t{1}\n};\n", f"src/store/probe.c:1: probes {MISSING}"),
        ("src/store/probe.c", "static const char *probe_name;\n", f"src/store/probe.c:1: probe_name {MISSING}"),
        ("src/store/probe.c", "static int\t(*probe_hook) (int x);\n", f"src/store/probe.c:1: probe_hook {MISSING}"),
        ("src/store/probe.c", "static const int probe = 1;\nstatic const char *const names[] = {\"x\"};\n"
         "static int\tprobe_function(int x);\nstatic int *\nprobe_pointer(void)\n{\n\tstatic int local;\n\n"
         "\treturn &local;\n}\n/* static int told; */\n", None),
        ("src/README", f"{text}| `store/ground.c` | `ground_attic` | for ever | nothing |\n",
         f"src/README:{text.count(chr(10)) + 1}: there is no variable ground_attic in src/store/ground.c"),
        ("src/README", f"{text}| `store/ground.c` | `ground_*`: a count | for ever | nothing |\n", None),
        ("src/store/probe.c", CALLBACK, "src/store/probe.c:4: registers a callback of the relation cache"),
    ]


if __name__ == "__main__":
    ground = {"src/store/ground.c": "static int\tground_count;\n"}
    if not any("CacheRegisterRelcacheCallback" in path.read_text() for path in files(find_tree(), "src/**/*.c")):
        ground["src/store/ground_callback.c"] = CALLBACK
    sys.exit(report(probe(pathlib.Path(__file__).with_name("state_map.py"), ground, probes())))
