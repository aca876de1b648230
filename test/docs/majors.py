"""README's table of support, which is the list of majors that script/test-majors runs. Prints TAP.

    majors.py [TREE]

What bounds the majors elsewhere says the same, and a row that is tested says with which release.
"""
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from source import find_tree, report   # noqa: E402

tree = find_tree()


def read(path):
    return (tree / path).read_text()


def shell(command):
    """What a command prints after script/lib.sh."""
    return subprocess.run(["bash", "-c", f'. "$0/script/lib.sh"; {command}', str(tree)],
                          capture_output=True, text=True, check=True).stdout.split()


def same(what, found, expected):
    return [] if found == expected else [f"{what}: {found}, not {expected}"]


table = re.search(r"^\| PostgreSQL \|.*\n\|[-|]+\n((?:\|.*\n)+)", read("README.md"), re.M)[1]
rows = re.findall(r"^\| (.*?) \| (.*) \|$", table, re.M)
tested = [major for major, text in rows if text.startswith("tested: ")]
untested = {major for major, text in rows if text.startswith("not tested: ")}
between = {str(major) for major in range(int(tested[0]), int(tested[-1]) + 1)}
compat = read("src/base/compat.h")

raise SystemExit(report([
    ("script/test-majors runs what README says is tested, and script/test the oldest",
     same("majors", shell("supported_majors"), tested) + same("the oldest", shell("echo $PG_MAJOR"), tested[:1])),
    ("of each major README says that it is tested, or that it is not",
     same("majors", set(tested) | untested, between) + same("tested twice or both", set(tested) & untested, set())),
    ("a row that is tested says with which release",
     [f"{major}: no release" for major, text in rows if major in tested and not re.search(rf"\bwith {major}(\.|~)\w+", text)]),
    ("the module builds for no major before the first or after the last of them",
     same("from", re.findall(r"^#if PG_VERSION_NUM < (\d+)0000\n#error", compat, re.M), tested[:1])
     + same("until", re.findall(r"^#if PG_VERSION_NUM >= (\d+)0000 && !defined\(CONNECT_PORTING\)\n#error", compat, re.M),
            [str(int(tested[-1]) + 1)])),
    ("META.json and debian/pgversions begin with the same",
     same("META.json", re.findall(r'"PostgreSQL": "(\d+)\.0\.0"', read("META.json")), tested[:1])
     + same("debian/pgversions", read("debian/pgversions").split(), [f"{tested[0]}+"])),
]))
