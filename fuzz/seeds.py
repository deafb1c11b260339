#!/usr/bin/env python3
"""Fills fuzz/corpus/<target> with seeds: the texts of the conformance data, of tests/corpus and of the examples."""

import json
import pathlib

root = pathlib.Path(__file__).resolve().parent.parent
conformance = root.parent / "shared" / "conformance"


def write(target, seeds):
    folder = root / "fuzz" / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted({seed for seed in seeds if 0 < len(seed) <= 4096})
    for number, seed in enumerate(kept):
        (folder / f"seed-{number:05}").write_bytes(seed)
    print(f"{target}: {len(kept)} seeds")


texts = []
for name in ("doc_examples", "spec_examples", "format_examples", "live_examples"):
    path = conformance / f"{name}.json"
    if not path.exists():
        continue
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
        for field in ("usage", "expression", "code", "expected"):
            if isinstance(case.get(field), str):
                texts.append(case[field].encode())
        texts += [text.encode() for text in case.get("documents") or [] if isinstance(text, str)]
programs = [path for folder in ("tests/corpus", "stdlib", "examples") for path in (root / folder).rglob("*.pq")]
texts += [path.read_bytes() for path in programs]
write("parse", texts)
write("evaluate", texts)
# The first byte chooses the width: `d` is 100.
write("format", [b"d" + text for text in texts])

documents = [path.read_bytes()[:4000] for path in (root / "examples").rglob("*.csv")]
documents += [
    b'a,b,c\r\n1,"x ""y""",3\r\n\r\n4,,"5\n6"\r\n',
    b"a;b||c\td\n;;\n||||\n\t\t",
    b'"never closed,1\n2',
    "\ufeffä,ö\nß,😀\n".encode(),
    "a,b\n1,2\n".encode("utf-16"),
    b"\xff\xfe\x00\xd8,\x00",
    b"12345678\n\n1\r2\r\n",
]
# The first byte chooses the options.
write("csv", [bytes([option]) + document for document in documents for option in range(15)])

projects = [path.read_bytes() for path in root.rglob("project.yaml") if "target" not in path.parts]
projects += [b"name: x\ntasks: []\n", b"a: &a [*a]\n", b"? {[x]: 1}\n: 2\n", b"--- |\n x\n...\n---\n", b"{"]
projects += [project[: len(project) // part] for project in projects for part in (2, 3, 5)]
write("project", projects)
