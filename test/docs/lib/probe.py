"""Shows that a test can fail: a copy of the tree gets one mistake after the other, and each is complained of."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

from source import BUILT, find_tree


def write(tree, name, text):
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def complaints_of(program, tree):
    """What a test complains of in a tree; its exit status must agree."""
    run = subprocess.run([sys.executable, str(program), str(tree)], capture_output=True, text=True)
    failed = any(line.startswith("not ok") for line in run.stdout.splitlines())
    if run.returncode != failed or run.stderr:
        return {f"ended with {run.returncode}", *run.stderr.splitlines()}
    return {line[2:] for line in run.stdout.splitlines() if line.startswith("# ")}


def copy(tree, folder):
    """Copies a tree without what is built in it."""
    def ignored(where, names):
        inside = pathlib.Path(where).relative_to(tree)
        return [name for name in names
                if BUILT.search(str(inside / name)) or BUILT.search(f"{inside / name}/")]
    shutil.copytree(tree, folder, ignore=ignored)
    return folder


def probe(program, ground, probes):
    """Returns (description, complaints) for each (file, text, complaint that it must cause, or None).

    ground is what the probes refer to, files and their texts, there from the beginning. A file
    that there is already is replaced for as long as its probe lasts.
    """
    tests = []
    with tempfile.TemporaryDirectory() as folder:
        tree = copy(find_tree(), pathlib.Path(folder) / "tree")
        for name, text in ground.items():
            write(tree, name, text)
        before = complaints_of(program, tree)
        for name, text, expected in probes:
            old = (tree / name).read_text() if (tree / name).exists() else None
            write(tree, name, text)
            new = sorted(complaints_of(program, tree) - before)
            (tree / name).unlink()
            if old is not None:
                write(tree, name, old)
            if expected is None:
                tests.append((f"{name} may say {text[:40]!r}", new))
            else:
                seen = any(complaint.startswith(expected) for complaint in new)
                tests.append((f"sees: {expected}", [] if seen else new or ["no complaint"]))
    return tests
