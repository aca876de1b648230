"""What the tests of the tree's structure have in common: the tree, its files, C without comments, TAP."""
import pathlib
import re
import sys

# What is not of the tree, though it may stand in it: .gitignore's files, and git's own.
BUILT = re.compile(r"(^|/)(node_modules|__pycache__|\.git)/|^(results|output_iso|tmp_check|tmp_check_iso|log)/"
                   r"|^sql/connect--|^regression\.|^test/unit/unit$|^test/fuzz/build/|\.(o|bc|so|zip|png|gcno|gcda)$|^connect-")
COMMENT_OR_STRING = re.compile(r"/\*.*?\*/|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)+'", re.S)


def find_tree():
    """The tree to look at: the one given as an argument, else the one that this file is in."""
    return pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[3]


def files(tree, *patterns):
    """The files that match, sorted, without what a build or a test makes."""
    found = {path for pattern in patterns for path in tree.glob(pattern) if path.is_file()}
    return sorted(path for path in found if not BUILT.search(str(path.relative_to(tree))))


def blanked(text, strings=True):
    """C with comments, and strings if asked to, made blank; lines stay where they are."""
    def blank(match):
        if match[0][0] == "/" or strings:
            return re.sub(r"[^\n]", " ", match[0])
        return match[0]
    return COMMENT_OR_STRING.sub(blank, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def report(tests):
    """Prints TAP for (description, complaints) and returns the exit status."""
    print(f"1..{len(tests)}")
    for number, (description, complaints) in enumerate(tests, 1):
        print(f"{'not ok' if complaints else 'ok'} {number} - {description}")
        for complaint in complaints:
            print(f"# {complaint}")
    return any(complaints for _, complaints in tests)
