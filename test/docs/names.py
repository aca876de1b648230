"""What pages and the heads of files name exists: paths, files, functions. Prints TAP.

    names.py [TREE]

Pages are README.md, SECURITY.md, doc/*.md and src/README. A head is the first comment of a file of
C or SQL, of a script or of a test. PostgreSQL's C functions are looked up in the server's headers,
libc's in libc; its SQL functions, and other names of others, stand in lists below.
"""
import ctypes
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from source import files, find_tree, line_of, report   # noqa: E402

FOLDERS = "bench|dashboard|debian|doc|expected|http|script|sql|src|test"
PATH = re.compile(rf"(?<![\w./<-])(?:(?:{FOLDERS})/)(?:[\w*+.-]+/)*[\w*+.-]*[\w*/]|(?<![\w./*<:-])[\w*]+\.(?:c|h|pl|py|mjs|spec)\b(?![/(])")
CALL = re.compile(r"(?<![\w.$@%:-])((?:connect|connect_api)\.)?([a-z_]\w*(?:\.\w+)*)\((?=[^\s*])")

# Files of others; headers of the server are looked up.
OTHER_FILES = {"ri_triggers.c", "check.h"}
# What a build makes, by its beginning.
MADE = ("sql/connect--", "test/unit/unit", "test/fuzz/build")
# SQL functions of PostgreSQL and pgTAP, and what is followed by a parenthesis in SQL.
SQL_FUNCTIONS = set("""
    array_agg array_append array_cat array_length array_position array_remove cardinality coalesce concat convert_from
    convert_to count current_setting date_part date_trunc decode encode format gen_random_uuid greatest hashtext
    hashtextextended in int4 interval json_agg json_array_elements json_build_object jsonb_agg jsonb_array_elements
    jsonb_build_object jsonb_pretty jsonb_set least left length lower max md5 min now nullif pg_advisory_lock
    pg_advisory_unlock pg_advisory_xact_lock pg_backend_memory_contexts pg_backend_pid pg_create_logical_replication_slot
    pg_current_xact_id pg_get_functiondef pg_get_loaded_modules pg_has_role pg_is_in_recovery pg_notify
    pg_relation_size pg_sleep
    pg_stat_reset pg_terminate_backend pg_total_relation_size pg_trigger_depth pg_xact_status quote_ident quote_literal
    regexp_replace repeat replace round row row_number session_user set_config sha256 split_part starts_with string_agg
    strpos substr sum to_char to_jsonb to_regclass to_timestamp translate trim unnest upper values version
    varchar numeric char exists any all some filter over using references check unique key on as and or not
    plan ok is isnt results_eq throws_ok lives_ok finish""".split())
# Functions of JavaScript, Perl, nginx and Node that heads may name.
OTHER_FUNCTIONS = {"assert", "fetch", "psql", "safe_psql", "query_until", "set_timeout", "fsync", "vacuum"}


def page_text(path):
    """A page without what is shown in it: the prose and the code within it."""
    return re.sub(r"^```.*?^```$", lambda m: re.sub(r"[^\n]", " ", m[0]), path.read_text(), flags=re.M | re.S)


def head_of(text, suffix):
    """The first comment of a file, at its place."""
    if suffix in (".c", ".h", ".js", ".mjs", ".css"):
        match = re.match(r"\s*(/\*.*?\*/|(?://[^\n]*\n)+)", text, re.S)
    elif suffix == ".py":
        match = re.match(r'(?:#[^\n]*\n)*\s*""".*?"""', text, re.S)
    elif suffix in (".sql", ".psql"):
        match = re.match(r"(?:\\echo[^\n]*\n|\s*\n)*(?:--[^\n]*\n)+|\s*/\*.*?\*/", text, re.S)
    else:
        match = re.match(r"(?:\s*#[^\n]*\n)+(?:\s*\"\"\".*?\"\"\")?", text, re.S)
    return match[0] if match else ""


def is_script(path):
    return path.suffix in (".pl", ".pm", ".py", ".sh", ".mjs", ".js", ".spec") or \
        path.suffix == "" and path.read_bytes()[:2] == b"#!" or path.name == "Makefile"


def texts(tree):
    """Yields (path, text) for everything that must be true."""
    for path in files(tree, "README.md", "SECURITY.md", "doc/*.md", "src/README", "src/README.md"):
        yield path, page_text(path)
    for path in files(tree, "src/**/*.[ch]", "sql/**/*.sql", "script/*", "test/**/*", "bench/*", "dashboard/*.js", "Makefile"):
        if "history" not in path.parts and (path.suffix in (".c", ".h", ".sql", ".psql") or is_script(path)):
            yield path, head_of(path.read_text(), path.suffix)


def read_all(paths):
    return "\n".join(path.read_text(errors="replace") for path in paths)


def server_headers():
    """The text of the server's headers, and their names; nothing where there are none."""
    for program in ("pg_config", *sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin/pg_config")))):
        try:
            run = subprocess.run([program, "--includedir-server"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        headers = sorted(pathlib.Path(run.stdout.strip()).rglob("*.h"))
        if headers:
            return read_all(headers), {header.name for header in headers}
    return "", set()


def our_functions(tree):
    """Names that are functions of ours: of SQL with and without their schema, of C, Python, Perl, JavaScript."""
    sql = read_all(files(tree, "sql/*.sql", "sql/*/*.sql", "test/**/*.sql", "test/**/*.psql"))
    found = set()
    for schema, name in re.findall(r"\bCREATE\s+(?:OR REPLACE\s+)?(?:FUNCTION|PROCEDURE|AGGREGATE)\s+(\w+\.)?(\w+)", sql, re.I):
        found |= {name, schema + name}
    source = read_all(files(tree, "src/**/*.[ch]", "test/**/*.[ch]", "bench/*.c"))
    found |= set(re.findall(r"^(\w+)\(", source, re.M)) | set(re.findall(r"^#\s*define\s+(\w+)\(", source, re.M))
    found |= set(re.findall(r"^extern\s[^;(]*?\b(\w+)\(", source, re.M))
    scripts = read_all(path for path in files(tree, "script/*", "test/**/*", "bench/*", "dashboard/*.js") if is_script(path))
    return found | set(re.findall(r"^\s*(?:async )?(?:def|sub|(?:export )?(?:async )?function\*?)\s+(\w+)", scripts, re.M)) \
        | set(re.findall(r"^(\w+)\(\)", scripts, re.M))


def check_paths(tree, headers):
    everything = [path.relative_to(tree) for path in files(tree, "**/*")]
    basenames = {path.name for path in everything}
    complaints = []
    for path, text in texts(tree):
        for match in PATH.finditer(text):
            name = match[0].rstrip(".-")
            if name.startswith(MADE) or name in OTHER_FILES or pathlib.Path(name).name in headers:
                continue
            if "/" in name:
                there = any(tree.glob(name.rstrip("/"))) or any(path.parent.glob(name.rstrip("/")))
            else:
                there = name in basenames or "*" in name and any(one.match(name) for one in everything)
            if not there:
                complaints.append(f"{path.relative_to(tree)}:{line_of(text, match.start())}: there is no {name}")
    return complaints


def check_functions(tree, server):
    ours, libc = our_functions(tree), ctypes.CDLL(None)
    servers = set(re.findall(r"\b(\w+)\s*\(", server))
    complaints = []
    for path, text in texts(tree):
        for match in CALL.finditer(text):
            schema, name = match[1] or "", match[2]
            if schema + name in ours or not schema and (
                    name in servers or name in SQL_FUNCTIONS or name in OTHER_FUNCTIONS or "." in name
                    or hasattr(libc, name)):
                continue
            complaints.append(f"{path.relative_to(tree)}:{line_of(text, match.start())}: there is no {schema}{name}()")
    return complaints


def main():
    tree = find_tree()
    server, headers = server_headers()
    return report([
        ("paths and files that are named exist", check_paths(tree, headers)),
        ("functions that are named exist", check_functions(tree, server)),
    ])


if __name__ == "__main__":
    sys.exit(main())
