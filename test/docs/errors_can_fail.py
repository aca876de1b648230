"""errors.py sees each kind of mistake: a copy of the tree gets one, and must fail where it did not. Prints TAP."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from probe import probe   # noqa: E402
from source import find_tree, report   # noqa: E402

KINDS, SQL, HTTP = ((find_tree() / name).read_text() for name in ("src/base/errors.c", "doc/sql.md", "doc/http.md"))
PARTY = "| 42501 | 403 | `wrong_party` | organization may not take this action |\n"

# A file, what is in it instead, and the complaint that must come of it.
PROBES = [
    ("doc/sql.md", SQL.replace(PARTY, ""), "in no table: ('wrong_party'"),
    ("doc/sql.md", SQL.replace(PARTY, PARTY.replace("not take", "never take")), "not in src/base/errors.c: ('wrong_party'"),
    ("doc/sql.md", SQL.replace(PARTY, PARTY.replace("403", "404")), "not in src/base/errors.c: ('wrong_party'"),
    ("doc/sql.md", SQL.replace(PARTY, PARTY * 2), "twice: ('42501'"),
    ("doc/http.md", HTTP.replace("| 412 | `precondition_failed`", "| 409 | `precondition_failed`"), "in no table: ('precondition_failed'"),
    ("doc/http.md", HTTP.replace("| 412 |", "| 403 | `wrong_party` | twice |\n| 412 |"), "in both pages: wrong_party"),
    ("src/base/errors.c", KINDS.replace('"scope is unknown"', '"scope is new"'), "in no table: ('scope_unknown'"),
]


def main():
    return report(probe(pathlib.Path(__file__).with_name("errors.py"), {}, PROBES))


if __name__ == "__main__":
    sys.exit(main())
