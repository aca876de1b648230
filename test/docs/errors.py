"""Every error of src/base/errors.c stands in a table of doc/sql.md or doc/http.md as it is. Prints TAP.

    errors.py [TREE]

A row of doc/sql.md has SQLSTATE, status over HTTP, code and message; one of doc/http.md, for what
only HTTP clients meet, has status, code and what it means.
"""
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from source import find_tree, report   # noqa: E402

KIND = re.compile(r'\{\s*"(\w+)",\s*ERRCODE_(\w+?)(?:\(([^)]*)\))?,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)(?:,\s*(\d+))?')


def sqlstates():
    """PostgreSQL's own, by the names of their macros."""
    folder = subprocess.run(["pg_config", "--sharedir"], capture_output=True, text=True, check=True).stdout.strip()
    lines = (pathlib.Path(folder) / "errcodes.txt").read_text()
    return {name: state for state, name in re.findall(r"^(\w{5})\s+E\s+ERRCODE_(\w+)", lines, re.M)}


def kinds(tree):
    """Yields (code, SQLSTATE or None if no SQL caller meets it, status over HTTP, message)."""
    states = sqlstates()
    for code, name, digits, literals, status in KIND.findall((tree / "src/base/errors.c").read_text()):
        message = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals)).replace('\\"', '"').replace("%s", "name")
        yield code, "PT" + "".join(re.findall(r"\d", digits)) if digits else states[name], status, message


def main():
    tree = find_tree()
    found = set(kinds(tree))
    rows = re.findall(r"^\| (\w{5}) \| (\d*) ?\| `(\w+)` \| (.*?) \|$", (tree / "doc/sql.md").read_text(), re.M)
    sql = {(code, state, status, message) for state, status, code, message in rows}
    http = set(re.findall(r"^\| (\d{3}) \| `(\w+)` \| .*\|$", (tree / "doc/http.md").read_text(), re.M))
    shown = sql | {kind for kind in found if (kind[2], kind[0]) in http and kind[1].startswith("PT")}
    return report([
        ("errors were found", [] if len(found) > 50 and sql and http else ["the table of errors cannot be read"]),
        ("each error stands in a page", [f"in no table: {kind}" for kind in sorted(found - shown)]),
        ("no page has one that is not there", [f"not in src/base/errors.c: {kind}" for kind in sorted(sql - found)]),
        ("none stands twice", [f"twice: {row}" for row in sorted(set(rows)) if rows.count(row) > 1]
         + [f"in both pages: {code}" for code, *_ in sorted(sql) if code in {code for _, code in http}]),
    ])


if __name__ == "__main__":
    sys.exit(main())
