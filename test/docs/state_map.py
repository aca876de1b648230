"""What the module remembers between calls stands in the table of src/README, and nothing else does. Prints TAP.

    state_map.py [TREE]

The table is the one whose first column is called "file". A row names a file in src/ and, in its
second column in `backticks`, that file's variables: those at file level that are static and not
const. A * in a name stands for any letters. Tables, keys and statements of the store need no row:
what they remember, and until when, their types tell (src/store/*.h). PostgreSQL has ten slots a backend for callbacks of
its relation cache, so there is one such callback for all of them.
"""
import fnmatch
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from source import blanked, files, find_tree, line_of, report   # noqa: E402


TOLD_BY_TYPE = re.compile(r"static\s+(StoreTable|StoreKey|StoreQuery|StoreInsert|StoreUpdate|StoreNarrow)\s+\w")


def outermost(text):
    """C with all that stands in braces, or in directives, made blank."""
    result, depth = [], 0
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.M)
    for char in text:
        depth -= char == "}"
        result.append(char if depth == 0 or char == "\n" else " ")
        depth += char == "{"
    return "".join(result)


def variables(tree):
    """Yields (file, line, name) for variables at file level that are static and not const."""
    for path in files(tree, "src/**/*.[ch]"):
        text = outermost(blanked(path.read_text()))
        for match in re.finditer(r"^static\s[^;]*?;", text, re.M):
            statement = match[0].split("=")[0]
            if TOLD_BY_TYPE.match(statement):
                continue
            # a function: a parenthesis behind its name, with a body or without
            if re.match(r"static\s[^=;\[]*?\w\s*\((?!\s*\*)", statement):
                continue
            pointer = re.match(r"static\s[^(]*\(\s*\*\s*(const\s+)?(\w+)", statement)
            if pointer:
                name, const = pointer[2], pointer[1] is not None
            else:
                declarator = re.sub(r"\[.*|\{.*|;", "", statement, flags=re.S).strip()
                name = re.search(r"(\w+)\s*$", declarator)[1]
                const = "const" in declarator.rpartition("*")[2].split()
            if not const:
                yield path.relative_to(tree / "src"), line_of(text, match.start()), name


def table(readme):
    """Returns (line, file, names) of each row of the map."""
    rows, inside = [], False
    for number, line in enumerate(readme.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.lstrip().startswith("|") else []
        inside = inside and bool(cells) or bool(cells) and cells[0].lower() == "file"
        if inside and cells[0].lower() != "file" and not re.fullmatch(r":?-+:?", cells[0]) and len(cells) > 1:
            rows.append((number, cells[0].strip("`").removeprefix("src/"), re.findall(r"`([\w*]+)`", cells[1])))
    return rows


def main():
    tree = find_tree()
    path = tree / "src" / "README"
    rows = table(path.read_text()) if path.exists() else []
    found = list(variables(tree))
    missing = [f"src/{name}:{line}: {variable} is not in the table of src/README" for name, line, variable in found
               if not any(file == str(name) and fnmatch.fnmatchcase(variable, pattern)
                          for _, file, names in rows for pattern in names)]
    gone = [f"src/README:{line}: there is no variable {pattern} in src/{file}" for line, file, names in rows for pattern in names
            if not any(file == str(name) and fnmatch.fnmatchcase(variable, pattern) for name, _, variable in found)]
    calls = [f"src/{source.relative_to(tree / 'src')}:{line_of(text, match.start())}: registers a callback of the relation cache"
             for source in files(tree, "src/**/*.[ch]") for text in [blanked(source.read_text())]
             for match in re.finditer(r"\bCacheRegisterRelcacheCallback\s*\(", text)]
    return report([
        ("src/README has the table", [] if rows else ["src/README: there is no table whose first column is called file"]),
        ("what is remembered is in the table", missing),
        ("what is in the table is remembered", gone),
        ("there is one callback of the relation cache", calls if len(calls) > 1 else []),
    ])


if __name__ == "__main__":
    sys.exit(main())
