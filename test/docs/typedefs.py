"""typedefs.list names every type that the C code defines, and no other, sorted as pgindent wants it."""
import pathlib
import re

tree = pathlib.Path(__file__).resolve().parents[2]
source = "\n".join(p.read_text() for p in sorted((tree / "src").rglob("*.[ch]")))
source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)

# typedef ... Name; with or without a body in braces, and pointers to functions
simple = re.findall(r"^typedef\s+[^{}();]*?(\w+);", source, flags=re.M)
bodies = re.findall(r"^typedef\s+(?:struct|enum|union)\b[^{};]*\{.*?^\}\s*(\w+);", source, flags=re.M | re.S)
functions = re.findall(r"^typedef\s+[^{};]*?\(\*\s*(\w+)\)", source, flags=re.M)

defined = sorted(set(simple + bodies + functions))
listed = (tree / "typedefs.list").read_text().split()

print("1..1")
print("ok 1 - typedefs.list is complete" if defined and listed == defined else "not ok 1 - typedefs.list is complete")
for name in sorted(set(defined) - set(listed)):
    print(f"# missing: {name}")
for name in sorted(set(listed) - set(defined)):
    print(f"# not defined: {name}")
if sorted(listed) != listed:
    print("# not sorted")
raise SystemExit(listed != defined)
