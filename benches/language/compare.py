#!/usr/bin/env python3
"""The programs of this folder beside the same ones in other languages: whole processes in turn, medians of CPU seconds
(user + system) less what an empty program takes, and the ratio to pqm.

usage: compare.py PEERS_DIR [-n RUNS] [--pqm PATH] [--tool NAME=COMMAND]...
  PEERS_DIR holds cpython.py, jsonnet/*.jsonnet and jq/*.jq
  e.g. compare.py ../shared/bench/scalar --tool jrsonnet=jrsonnet --tool jaq=jaq"""
import argparse, os, resource, shlex, statistics, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
options = argparse.ArgumentParser()
options.add_argument("peers")
options.add_argument("-n", type=int, default=5)
options.add_argument("--pqm", default=os.path.join(here, "../../target/release/pqm"))
options.add_argument("--tool", action="append", default=[])
given = options.parse_args()
tools = dict(tool.split("=", 1) for tool in given.tool)
# The nested records are updated 1,000 times for jrsonnet and 300,000 times for jaq and CPython.
PROGRAMS = ["fib27", "fold", "tdiv", "strjoin", "strcat", "sort", "rec"]


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        return None
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def commands(program, count):
    found = {"pqm": [given.pqm, "run", os.path.join(here, f"{program}.pq")]}
    if program == "rec":
        found["pqm"] += ["--param", f"n:={count}"]
    peer = lambda folder, ending: os.path.join(given.peers, folder, program + ending)
    if count != 1000:
        found["cpython"] = [sys.executable, os.path.join(given.peers, "cpython.py"), program]
        if "jaq" in tools:
            found["jaq"] = [*shlex.split(tools["jaq"]), "-n", "-f", peer("jq", ".jq")]
    if count != 300000 and "jrsonnet" in tools:
        found["jrsonnet"] = [*shlex.split(tools["jrsonnet"]), "--os-stack", "100000", peer("jsonnet", ".jsonnet")]
    return found


def medians(found):
    taken = {name: [] for name in found}
    for run in range(given.n + 1):
        for name, command in found.items():
            time = seconds(command)
            if run > 0 and time is not None:
                taken[name].append(time)
    return {name: statistics.median(times) if times else None for name, times in taken.items()}


with tempfile.TemporaryDirectory() as folder:
    def empty(name, text):
        path = os.path.join(folder, name)
        with open(path, "w") as file:
            file.write(text)
        return path
    nothing = {"pqm": [given.pqm, "run", empty("empty.pq", "1")],
               "cpython": [sys.executable, os.path.join(given.peers, "cpython.py"), "nop"]}
    if "jaq" in tools:
        nothing["jaq"] = [*shlex.split(tools["jaq"]), "-n", "1"]
    if "jrsonnet" in tools:
        nothing["jrsonnet"] = [*shlex.split(tools["jrsonnet"]), empty("empty.jsonnet", "1")]
    start = medians(nothing)
print("start-up:", ", ".join(f"{name} {time * 1e3:.0f} ms" for name, time in start.items() if time is not None))
for program in PROGRAMS:
    for count in ([1000, 300000] if program == "rec" else [None]):
        taken = medians(commands(program, count))
        net = {name: max(time - start[name], 1e-3) for name, time in taken.items() if time is not None}
        row = [f"{program if count is None else f'{program} {count}':<12}"]
        for name in taken:
            if name not in net:
                row.append(f"{name} failed")
            elif name == "pqm" or "pqm" not in net:
                row.append(f"{name} {net[name]:.3f} s")
            else:
                row.append(f"{name} {net[name]:.3f} s ({net[name] / net['pqm']:.1f}x)")
        print("  ".join(row), flush=True)
