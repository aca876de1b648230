"""Runs the examples of README.md and doc/*.md as a reader would, and compares what they show. Prints TAP.

A page is read from top to bottom in one psql session, on a database "app" of its own:
  * a ```sql block is run; a ```text block right below it must be what psql prints. Without
    one the statements must print nothing and not fail.
  * a ```python or ```js block is a whole program, which connects where PGHOST and PGPORT say; what
    is said of ```sql holds for it. A block of another language stands below the words "not run".
  * a ```yaml block has queries for an exporter, each in one line: run by the login "exporter", each
    returns one row with the columns that its metrics name.
  * a ```sh block of client programs (pg_dump, createdb ...) is run with bash. In any other the
    targets of make, the scripts and the packages that it names must exist.
  * a link to a file of ours must lead somewhere.
Generated ids, secrets and times are masked on both sides.

The server is PGHOST's and PGPORT's, the login must be a superuser's. With --write the
answers of the server are put into the pages instead: look at the difference before you keep it.
Pages that are named are the only ones to be read. drivers.py runs the programs once more, behind a pool.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
CLIENTS = {"createdb", "dropdb", "pg_dump", "pg_dumpall", "pg_restore", "psql"}
PROGRAMS = {"python": ["/usr/bin/python3", "-"], "js": ["node", "--input-type=module", "-"]}
# what is shown, and not run as it stands: configuration, answers, pictures
SHOWN = {"", "console", "http", "ini", "json", "nginx", "text"}
END = "-- end of block --"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
MASKS = [
    (re.compile(r"\b(cxn|evt|api|cnst)_[0-9a-hjkmnp-tv-z]{26}\b"), r"\1_..."),
    (re.compile(r"\bconnect_[A-Za-z0-9_-]{43}"), "connect_..."),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:\d\d)?)?"), "<time>"),
]


def masked(text):
    """A text as it is compared: without what differs from run to run, nor blanks at the ends of lines."""
    for pattern, mask in MASKS:
        text = pattern.sub(mask, text)
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def admin(statement):
    """The rows of a statement in database postgres."""
    run = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-d", "postgres", "-c", statement],
                         check=True, capture_output=True, text=True)
    return run.stdout.split("\n")[:-1]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Session:
    """A psql that is fed one block at a time."""

    def __init__(self):
        self.psql = subprocess.Popen(["psql", "-X", "-q", "-d", "app"], text=True, stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.run("\\set VERBOSITY default\n\\pset pager off\nSET client_min_messages = notice;\n")

    def run(self, block):
        """What psql prints for a block."""
        self.psql.stdin.write(f"{block}\n\\echo '{END}'\n")
        self.psql.stdin.flush()
        output = []
        for line in self.psql.stdout:
            if line.rstrip("\n") == END:
                return "".join(output)
            output.append(line)
        raise RuntimeError("psql ended:\n" + "".join(output))

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


def run_program(language, program, environment):
    """What a program prints, and why it failed if it did."""
    run = subprocess.run(PROGRAMS[language], input=program, cwd=TREE, env={**os.environ, **environment},
                         text=True, capture_output=True, timeout=60)
    return run.stdout if run.returncode == 0 else f"{run.stdout}\nended with {run.returncode}\n{run.stderr}"


def check_queries(block):
    """Complaints about what an exporter is told to ask."""
    complaints = []
    queries = dict(re.findall(r"query_name: (\w+)\n +query: (.*)$", block, re.M))
    metrics = re.findall(r"values: \[(.*?)\]\n +query_ref: (\w+)$", block, re.M)
    for name, query in queries.items():
        run = subprocess.run(["psql", "-X", "-q", "-A", "-U", "exporter", "-d", "app", "-c", query], capture_output=True, text=True)
        rows = run.stdout.splitlines()
        wanted = {column.strip() for columns, reference in metrics if reference == name for column in columns.split(",")}
        if len(rows) != 3 or not wanted or wanted - set(rows[0].split("|")):
            complaints += [f"{name} does not return {', '.join(sorted(wanted))} in one row:", *rows, *run.stderr.splitlines()]
    if not queries or {reference for _, reference in metrics} != set(queries):
        complaints.append("a metric lacks its query, or a query its metric")
    return complaints


def run_shell(block):
    """Complaints about a block of shell commands. What root has postgres do is done by whoever runs this."""
    block = re.sub(r"^su - postgres -c '(.*)'$", r"\1", block, flags=re.M)
    commands = [line.split("#")[0].split() for line in block.splitlines()]
    commands = [words for words in commands if words]
    if all(words[0] in CLIENTS for words in commands):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(["bash", "-euc", block], cwd=folder, text=True, capture_output=True,
                                 stdin=subprocess.DEVNULL)
        return [] if run.returncode == 0 else [f"ended with {run.returncode}", *run.stderr.splitlines()]
    complaints = []
    for words in commands:
        words = words[1:] if words[0] == "sudo" else words
        if words[0] == "make":
            for target in (w for w in words[1:] if "=" not in w and not w.startswith("-")):
                known = subprocess.run(["make", "-n", "-C", str(TREE), target], capture_output=True, text=True)
                if "No rule to make target" in known.stderr:
                    complaints.append(f"make has no target {target}")
        elif "/" in words[0]:
            if not os.access(TREE / words[0], os.X_OK):
                complaints.append(f"{words[0]} is no script of ours")
        elif words == ["apt-get", "update"]:
            pass
        elif words[:2] == ["apt-get", "install"]:
            for package in (w for w in words[2:] if not w.startswith("-")):
                known = subprocess.run(["dpkg-query", "-W", package], capture_output=True)
                if known.returncode != 0:
                    complaints.append(f"{package} was not needed to get here, or is misspelt")
        else:
            complaints.append(f"nobody checks a command such as {words[0]}")
    return complaints


def check_page(path, write=False, environment={}):
    """Yields (description, complaints) for what a page promises; --write rewrites its answers.
    The environment is that of its programs."""
    page = path.read_text()
    name = path.relative_to(TREE)
    parts = []
    last = 0
    session = Session()
    blocks = list(BLOCK.finditer(page))
    for i, block in enumerate(blocks):
        line = page.count("\n", 0, block.start()) + 1
        language, content = block[1], block[2]
        if language == "sh":
            yield f"{name}:{line} sh", run_shell(content)
        elif language == "yaml":
            yield f"{name}:{line} yaml", check_queries(content)
        elif language not in {"sql", *PROGRAMS, *SHOWN}:
            above = page[:block.start()].rstrip().rpartition("\n\n")[2]
            yield f"{name}:{line} {language}", [] if re.search(r"not run|test/\S+ runs", above) else ["nothing says that it is not run, or where"]
        if language != "sql" and language not in PROGRAMS:
            continue
        answer = session.run(content) if language == "sql" else run_program(language, content, environment)
        following = blocks[i + 1] if i + 1 < len(blocks) else None
        shown = (following is not None and following[1] == "text"
                 and page[block.end():following.start()].strip() == "")
        if write and shown:
            text = "\n".join(line.rstrip() for line in answer.strip("\n").splitlines())
            parts += [page[last:following.start(2)], text + "\n"]
            last = following.end(2)
        expected = masked(following[2]) if shown else []
        found = masked(answer)
        yield (f"{name}:{line} {language}", [] if found == expected else
               ["expected:", *expected, "found:", *found])
    session.close()
    for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", BLOCK.sub("", page)):
        yield f"{name} link to {target}", [] if (path.parent / target).exists() else ["no such file"]
    if write:
        path.write_text("".join(parts) + page[last:])


def clean(databases, roles):
    """Drops the databases and roles that a page left behind."""
    for database in set(admin("SELECT datname FROM pg_database")) - databases:
        admin(f"DROP DATABASE {quoted(database)} WITH (FORCE)")
    for role in set(admin("SELECT rolname FROM pg_roles")) - roles:
        admin(f"DROP ROLE {quoted(role)}")


def check_pages(paths, **options):
    """Prints TAP of pages, each in a database of its own, and returns the exit code."""
    count = bad = 0
    for path in paths:
        databases = set(admin("SELECT datname FROM pg_database"))
        roles = set(admin("SELECT rolname FROM pg_roles"))
        admin("CREATE DATABASE app ENCODING 'UTF8' TEMPLATE template0")
        try:
            for description, complaints in check_page(path, **options):
                count += 1
                bad += bool(complaints)
                print(f"{'not ok' if complaints else 'ok'} {count} - {description}")
                for complaint in complaints:
                    print(f"# {complaint}")
        finally:
            clean(databases, roles)
    print(f"1..{count}")
    return bad > 0 or count == 0


def main(arguments):
    # test/http/docs.test.mjs runs http.md, which needs the whole stack
    pages = [TREE / "README.md", *sorted(set((TREE / "doc").glob("*.md")) - {TREE / "doc" / "http.md"})]
    named = [TREE / argument for argument in arguments if argument != "--write"]
    return check_pages(named or pages, write="--write" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
