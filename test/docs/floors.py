"""The tree's order of floors, and its limits: see src/README. Prints TAP.

    floors.py [TREE]

No floor of the engine names a resource; each includes and calls only what is below it; no file is
longer than 400 lines, no line wider than 80 columns in C and 100 in SQL and on pages.
floors_can_fail.py breaks each of these once.
"""
import collections
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from source import blanked, files, find_tree, line_of, report   # noqa: E402


def read_floors(tree):
    """The folders as src/README lists them, from the lowest up; and how many of them are the engine."""
    page = (tree / "src/README").read_text()
    names = re.findall(r"^    (\w+)/ ", page[page.index("The floors"):page.index("The way of a call")], re.M)
    last = re.search(r"The folders from (\w+) to (\w+) know no resource", page)
    assert names and last and last[1] == names[0] and last[2] in names, "src/README does not list the floors"
    return names, names.index(last[2]) + 1


NAMES, HEIGHT = read_floors(find_tree())
ENGINE = NAMES[:HEIGHT]
FLOORS = {name: rank for rank, name in enumerate(NAMES)}
TOP = len(FLOORS)

# Words that a resource is called by, as they follow each other in a name or a text. The gate is none.
RESOURCES = [tuple(name.split("_")) for name in NAMES[HEIGHT:] if name != "gate"]
# Who acts is an organization: identity says so, and the floors that stand upon it may.
ALLOWED = {"organization": {"identity", "resource", "http"}}
# PostgreSQL's own words, by the letter.
POSTGRESQL = re.compile(
    r"\b(?:Sub)?XactEvent event\b|\bswitch \(event\)|\bevent [=!]= (?:SUB)?XACT_EVENT_\w+"
    r"|\b(SPI_connect|SPI_connect_ext|(?:Sub)?XactEvent|(?:SUB)?XACT_EVENT_\w+|tg_event|TriggerEvent|TRIGGER_EVENT_\w+"
    r"|[Tt]rigger events?|E_R_I_E_\w+|ERRCODE_(?:\w+_)?CONNECTION_\w+|RegisterXactCallback|EventTrigger\w*"
    r"|event_trigger\w*|SH_SCOPE|WaitEvent\w*|WAIT_EVENT_\w+|wait_event\w*)\b")
# The one table of all refusals, of whatever they refuse; and what versions before granted, by name.
NAMING = {"src/base/errors.c", "src/base/errors.h", "src/store/older.c"}

# Data, and what is frozen or only shown: the limit is for programs, and what they are made of.
LONG = {
    "dashboard/connect.css": "one sheet of styles, in the order of the page",
    "http/openapi.json": "generated data, one document for those who read OpenAPI",
    "http/openapi-persona.json": "the same for the closed shape",
    "package-lock.json": "written by npm",
}
FROZEN = ("sql/history/", "expected/")
PAGES = (".md", ".png")
MAX_LINES = 400


def words_of(text):
    """The words of a text, those within a name too, each with its place."""
    return [(match[0].lower(), match.start()) for match in re.finditer(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)]


def named_resources(text):
    """Yields the resources that a text names, each with its place."""
    words = words_of(POSTGRESQL.sub(lambda match: " " * len(match[0]), text))
    for n in range(len(words)):
        for resource in RESOURCES:
            found = [word for word, _ in words[n:n + len(resource)]]
            if found[:-1] == list(resource[:-1]) and found[-1] in (resource[-1], resource[-1] + "s"):
                yield "_".join(resource), words[n][1]


def check_names(tree):
    complaints = []
    for path in files(tree, *(f"src/{floor}/**/*" for floor in ENGINE)):
        text, name = path.read_text(), path.relative_to(tree)
        if str(name) in NAMING:
            continue
        for resource, position in named_resources(text):
            if name.parts[1] not in ALLOWED.get(resource, ()):
                complaints.append(f"{name}:{line_of(text, position)}: names the resource {resource}")
    return complaints


def floor_of(name):
    """The floor of a file in src/, by its path there; None for one that has none."""
    return FLOORS.get(name.parts[0]) if len(name.parts) > 1 else TOP


def check_places(tree):
    """Every file of C has a floor, and every floor is there; on top there is connect.c alone."""
    absent = [f"src/README: there is no src/{name}/" for name in NAMES if not (tree / "src" / name).is_dir()]
    names = [path.relative_to(tree / "src") for path in files(tree, "src/**/*.[ch]")]
    return absent + [f"src/{name}: belongs to no floor" for name in names
                     if floor_of(name) is None or floor_of(name) == TOP and str(name) != "connect.c"]


def includes(tree):
    """Yields (file, line, header) for headers of ours, as paths in src/."""
    for path in files(tree, "src/**/*.[ch]"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if match and (tree / "src" / match[1]).is_file():
                yield path.relative_to(tree / "src"), number, pathlib.Path(match[1])


def is_above(other, name):
    return floor_of(name) is not None and floor_of(other) is not None and floor_of(other) > floor_of(name)


def check_includes(tree):
    return [f"src/{name}:{number}: includes {header}, which is above it"
            for name, number, header in includes(tree) if is_above(header, name)]


def check_circles(tree):
    """Headers that include each other, in whatever number of steps."""
    graph = collections.defaultdict(dict)
    for name, number, header in includes(tree):
        if name.suffix == ".h":
            graph[str(name)][str(header)] = number
    complaints = []

    def visit(name, trail):
        if name in trail:
            circle = trail[trail.index(name):]
            if name == min(circle):
                following = circle[1] if len(circle) > 1 else name
                complaints.append(f"src/{name}:{graph[name][following]}: " + " includes ".join([*circle, name]))
            return
        for header in graph[name]:
            visit(header, [*trail, name])

    for name in sorted(graph):
        visit(name, [])
    return sorted(set(complaints))


def functions(tree):
    """Where each function that others may call is defined: its name to its path in src/."""
    found = {}
    for path in files(tree, "src/**/*.[ch]"):
        text = blanked(path.read_text())
        for match in re.finditer(r"^((?:\w[^\n;{}()=]*)?)\n(\w+)\([^;{}]*\)\n\{", text, re.M):
            if not re.search(r"\bstatic\b", match[1]) or path.suffix == ".h":
                found[match[2]] = path.relative_to(tree / "src")
    return found


def check_calls(tree, defined):
    """A call of a function by its name; calls through pointers are free."""
    complaints = []
    for path in files(tree, "src/**/*.[ch]"):
        text, name = blanked(path.read_text()), path.relative_to(tree / "src")
        own = set(re.findall(r"^static[^\n;]*\n(\w+)\(", text, re.M))
        for match in re.finditer(r"\b(\w+)\s*\(", text):
            callee = defined.get(match[1])
            start = text.rfind("\n", 0, match.start()) + 1
            declares = text[start:match.start()].startswith("extern")
            if callee is not None and match[1] not in own and not declares and is_above(callee, name):
                complaints.append(f"src/{name}:{line_of(text, match.start())}: calls {match[1]}() of {callee}")
    return complaints


def check_declarations(tree, defined):
    """A header declares what its own folder defines, or calls could hide behind it."""
    complaints = []
    for path in files(tree, "src/**/*.[ch]"):
        text, name = blanked(path.read_text()), path.relative_to(tree / "src")
        for match in re.finditer(r"^extern\s[^;(]*?\b(\w+)\(", text, re.M):
            place = defined.get(match[1])
            if place is not None and place.parent != name.parent:
                complaints.append(f"src/{name}:{line_of(text, match.start(1))}: declares {match[1]}() of {place}")
    return complaints


def check_lengths(tree):
    complaints = []
    for path in files(tree, "**/*"):
        name = str(path.relative_to(tree))
        if name in LONG or name.startswith(FROZEN) or name.endswith(PAGES):
            continue
        count = path.read_bytes().count(b"\n")
        if count > MAX_LINES:
            complaints.append(f"{name}:{MAX_LINES + 1}: the file has {count} lines")
    return complaints


def too_wide(tree, paths, limit, tab=8):
    return [f"{path.relative_to(tree)}:{number}: {len(line.expandtabs(tab))} columns"
            for path in paths for number, line in enumerate(path.read_text().splitlines(), 1)
            if len(line.expandtabs(tab)) > limit]


def check_sql(tree):
    return too_wide(tree, [path for path in files(tree, "sql/**/*.sql") if "history" not in path.parts], 100)


def check_pages(tree):
    """Rows of tables and what programs print have the width that they have; so has a single word."""
    complaints = []
    for path in files(tree, "README.md", "SECURITY.md", "doc/**/*.md", "bench/*.md", "src/README"):
        language = None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("```"):
                language = line[3:] or "text" if language is None else None
            elif len(line) > 100 and language not in ("text", "json", "http") and not line.startswith("|") \
                    and " " in line.strip():
                complaints.append(f"{path.relative_to(tree)}:{number}: {len(line)} columns")
    return complaints


def main():
    tree = find_tree()
    defined = functions(tree)
    return report([
        ("every source file has a floor", check_places(tree)),
        ("the engine names no resource", check_names(tree)),
        ("no file includes a header of a floor above it", check_includes(tree)),
        ("no headers include each other in a circle", check_circles(tree)),
        ("no function calls one of a floor above it", check_calls(tree, defined)),
        ("functions are declared where they are defined", check_declarations(tree, defined)),
        (f"no file is longer than {MAX_LINES} lines", check_lengths(tree)),
        ("no line of C is wider than 80 columns", too_wide(tree, files(tree, "**/*.[ch]"), 80, tab=4)),
        ("no line of SQL is wider than 100 columns", check_sql(tree)),
        ("no line of a page is wider than 100 columns", check_pages(tree)),
    ])


if __name__ == "__main__":
    sys.exit(main())
