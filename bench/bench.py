"""bench.py: runs the measurements; script/bench calls it. See README.md for how each number is made."""

import argparse
import pathlib
import platform
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "script"))

import growth  # noqa: E402  (they need the path above)
import instructions  # noqa: E402
import planner  # noqa: E402
import report  # noqa: E402
import row_security  # noqa: E402
import share_tokens  # noqa: E402
import waiting  # noqa: E402

PARTS = ("statements", "waiting", "gate", "row_security", "planner", "growth", "share_tokens")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--json")
    options = parser.parse_args()
    quick = options.quick
    # This lets servers be stopped and folders be removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    measures = {
        "statements": lambda: instructions.measure(quick, instructions.statements),
        "waiting": lambda: waiting.measure(*(7, 50) if quick else (25, 50)),
        "gate": lambda: instructions.measure(quick, instructions.gate, instructions.GATE_ROWS),
        "row_security": lambda: row_security.measure(1 if quick else 3, 2 if quick else 5),
        "planner": lambda: planner.measure(1000000 if quick else 10000000),
        "growth": lambda: growth.measure(options.large, quick),
        "share_tokens": lambda: share_tokens.measure(quick),
    }
    for part, measure in measures.items():
        if options.only in (None, part):
            measure()
    if options.json:
        report.write(options.json, platform.platform())


if __name__ == "__main__":
    main()
