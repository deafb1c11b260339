"""Times the library's functions beside CPython's nearest built-in on the same data: ns of CPU per item.

    python3 benches/library/compare.py PQM [FILTER]

PQM is the program to time. Each function runs ten times over its data in a process of its own; what making the data
costs is measured once for each kind of data, the same way, and taken off. CPython's best of three counts.
"""

import csv  # noqa: F401  (names below are for the expressions of functions.tsv)
import io  # noqa: F401
import json  # noqa: F401
import re
import resource
import subprocess
import sys
import time
from base64 import b64encode  # noqa: F401
from datetime import date, timedelta
from functools import reduce  # noqa: F401
from math import ceil, exp, floor, log, prod, sin, sqrt  # noqa: F401
from pathlib import Path
from statistics import fmean, median, stdev  # noqa: F401

N = 100_000
TIMES = 10
FOLDER = Path(__file__).parent
DIGITS = frozenset("0123456789")
CONTROL = dict.fromkeys(range(32))
NO_O = {ord("o"): None}
FEW = frozenset((1, 2, 3))
TEN_DAYS, FIRST = timedelta(10), date(2000, 1, 1)
re_split = re.compile("[ -]").split


def generate(until):
    state = 0
    while state < until:
        yield state
        state = state + 1


def group_sum(rows):
    sums = {}
    for row in rows:
        sums[row["b"]] = sums.get(row["b"], 0) + row["a"]
    return list(sums.values())


def table(name):
    lines = (FOLDER / name).read_text().splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("# ")]


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise SystemExit(f"{command[-1]}\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


MAKING = {}


def m_seconds(pqm, data, expression):
    """CPU seconds of an expression, the making of its data taken off. A list is read to its end, item by item."""

    def once(body):
        return cpu([pqm, "eval", f"let n = {N}, v = {data} in {body}"])

    if data not in MAKING:
        read = "if v is list then List.NonNullCount(v) else if v is table then Table.RowCount(v) else Text.Length(v)"
        MAKING[data] = min(once(read) for _ in range(3))
    read = f"let r = {expression} in if r is list then List.NonNullCount(r) else r"
    return (once(f"List.Last(List.Transform({{1..{TIMES}}}, each {read}))") - MAKING[data]) / TIMES


def python_seconds(data, expression):
    scope = dict(globals(), n=N)
    scope["v"] = eval(data, scope)
    code = compile(expression, "bench", "eval")
    times = []
    for _ in range(3):
        start = time.process_time()
        eval(code, scope)
        times.append(time.process_time() - start)
    return min(times)


def main():
    pqm, wanted = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    data = {name: (m, python) for name, m, python in table("data.tsv")}
    print("| Function | pqm | CPython | ratio |\n|---|---|---|---|")
    for function, name, m, python in table("functions.tsv"):
        if wanted in function:
            ours = max(m_seconds(pqm, data[name][0], m), 0) * 1e9 / N
            theirs = python_seconds(data[name][1], python) * 1e9 / N
            print(f"| {function} | {ours:.0f} | {theirs:.0f} | {ours / theirs:.2f} |", flush=True)


main()
