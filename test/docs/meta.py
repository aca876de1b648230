"""META.json, which must repeat the version, says the same as connect.control, which decides it."""
import json
import pathlib
import re

tree = pathlib.Path(__file__).resolve().parents[2]
version = re.search(r"^default_version *= *'(.*)'", (tree / "connect.control").read_text(), re.M)[1]
meta = json.loads((tree / "META.json").read_text())
stated = [meta["version"], meta["provides"]["connect"]["version"]]
files = [meta["provides"]["connect"][key] for key in ("file", "docfile")]

print("1..2")
agrees = stated == [version, version]
exist = all((tree / name).is_file() for name in files)
print(f"{'ok' if agrees else 'not ok'} 1 - META.json states version {version}")
print(f"{'ok' if exist else 'not ok'} 2 - the files that META.json names exist")
raise SystemExit(not (agrees and exist))
