"""Times the library's functions beside CPython's nearest built-in on the same data: ns of CPU per item.

    python3 benches/library/compare.py PQM [FILTER] [--held]

PQM is the program to time. Each function runs 22 times over its data in a process of its own, and twice in another: the
difference counts, of the best of three of each. CPython's best of three counts.

A list of M is lazy, so that something must read it: `List.NonNullCount`, which asks for each item but makes no value of
its own of those that were computed as a column; with --held `List.Buffer`, which makes and keeps a value for each, as
CPython's list does. CPython's list is not read again, only made and dropped.
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
FEW_TIMES, TIMES = 2, 20
HELD = "--held" in sys.argv
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


def m_seconds(pqm, data, expression):
    """CPU seconds of an expression: what more passes over the same data cost, so that neither starting nor making the
    data counts. A list is read to its end, item by item."""
    reader = "List.Count(List.Buffer(r))" if HELD else "List.NonNullCount(r)"
    read = f"let r = {expression} in if r is list then {reader} else r"

    def passes(count):
        body = f"let n = {N}, v = {data} in List.NonNullCount(List.Transform({{1..{count}}}, each {read}))"
        return min(cpu([pqm, "eval", body]) for _ in range(3))

    return (passes(FEW_TIMES + TIMES) - passes(FEW_TIMES)) / TIMES


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
    given = [argument for argument in sys.argv[1:] if argument != "--held"]
    pqm, wanted = given[0], given[1] if len(given) > 1 else ""
    data = {name: (m, python) for name, m, python in table("data.tsv")}
    print("| Function | pqm | CPython | ratio |\n|---|---|---|---|")
    for function, name, m, python in table("functions.tsv"):
        if re.search(wanted, function):
            ours = m_seconds(pqm, data[name][0], m) * 1e9 / N
            theirs = python_seconds(data[name][1], python) * 1e9 / N
            print(f"| {function} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} |", flush=True)


main()
