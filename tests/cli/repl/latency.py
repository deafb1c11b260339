"""How soon the prompt of `pqm repl` answers a key while a long evaluation runs.

usage: latency.py PQM      prints the slowest and the median of 200 keys in milliseconds; fails above 16
"""
import os, pty, select, statistics, sys, tempfile, time

pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(TERM="xterm-256color", PQM_STATE=tempfile.mkdtemp())
    os.execv(sys.argv[1], [sys.argv[1], "repl"])


def read(until, seconds=20):
    seen, end = b"", time.monotonic() + seconds
    while until not in seen:
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            sys.exit(f"never seen: {until!r} in {seen!r}")
        seen += os.read(terminal, 65536)
    return seen


read(b"pqm> ")
os.write(terminal, b"List.Count(List.Generate(() => 0, each true, each _ + 1))\r")
time.sleep(0.5)
select.select([terminal], [], [], 1) and os.read(terminal, 65536)
took = []
for at in range(200):
    key = b"abcdefgh"[at % 8 : at % 8 + 1]
    start = time.monotonic()
    os.write(terminal, key)
    read(key)
    took.append((time.monotonic() - start) * 1000)
    if at % 20 == 19:
        os.write(terminal, b"\x15")
    time.sleep(0.02)
    while select.select([terminal], [], [], 0)[0]:
        os.read(terminal, 65536)
os.kill(pid, 9)
print(f"slowest {max(took):.1f} ms, median {statistics.median(took):.1f} ms")
sys.exit(max(took) > 16)
