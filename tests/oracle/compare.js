// Compares what our parser and Microsoft's accept: the texts of the conformance data and seeded mutations of them.
// See README.md beside this file. Usage: node compare.js [mutations of each text, 4 if not given]

"use strict";

const { spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { DefaultSettings, TaskUtils } = require("@microsoft/powerquery-parser");

const root = path.resolve(__dirname, "../..");
const conformance = path.resolve(root, "../shared/conformance");

/** The M texts of the conformance data, and the programs of the repository. */
function corpus() {
    const texts = new Set();
    for (const name of ["doc_examples", "spec_examples", "format_examples", "live_examples"]) {
        const { cases } = JSON.parse(fs.readFileSync(path.join(conformance, `${name}.json`), "utf8"));
        for (const one of cases) {
            for (const field of ["usage", "expression", "code", "expected"]) {
                if (typeof one[field] === "string") texts.add(one[field]);
            }
            for (const document of one.documents ?? []) {
                texts.add(typeof document === "string" ? document : (document.text ?? ""));
            }
        }
    }
    for (const folder of ["tests/corpus", "stdlib", "examples"]) {
        for (const file of fs.readdirSync(path.join(root, folder), { recursive: true })) {
            if (file.endsWith(".pq")) texts.add(fs.readFileSync(path.join(root, folder, file), "utf8"));
        }
    }
    return [...texts].filter((text) => text.length > 0 && text.length < 20_000);
}

/** A generator of whole numbers that gives the same ones in each run. */
function seeded(seed) {
    let state = seed >>> 0;
    return (below) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor((state / 2 ** 32) * below);
    };
}

const TOKEN = /"(?:[^"]|"")*"|#"(?:[^"]|"")*"|\/\/[^\n]*|\/\*[^]*?\*\/|[#\w.$]+|\s+|\.\.\.?|=>|<>|<=|>=|\?\?|[^]/gu;

/** One mutation: a token left out, doubled, exchanged for another, or the end of the text cut off. */
function mutate(text, random) {
    const tokens = text.match(TOKEN) ?? [];
    const solid = tokens.map((token, at) => [token, at]).filter(([token]) => token.trim() !== "").map(([, at]) => at);
    if (solid.length < 2) return text + text;
    const at = solid[random(solid.length)];
    const other = solid[random(solid.length)];
    switch (random(4)) {
        case 0:
            tokens.splice(at, 1);
            break;
        case 1:
            tokens.splice(at, 0, tokens[at], " ");
            break;
        case 2:
            [tokens[at], tokens[other]] = [tokens[other], tokens[at]];
            break;
        default:
            tokens.length = at;
    }
    return tokens.join("");
}

function ours(texts) {
    const input = texts.map((text) => JSON.stringify(text.toWellFormed())).join("\n") + "\n";
    const run = spawnSync("cargo", ["run", "-q", "--example", "accepts"], {
        cwd: root,
        input,
        encoding: "utf8",
        maxBuffer: 1 << 28,
    });
    if (run.status !== 0) throw new Error(`our parser: ${run.stderr}`);
    return run.stdout.trimEnd().split("\n");
}

async function theirs(text) {
    const task = await TaskUtils.tryLexParse(DefaultSettings, text);
    return TaskUtils.isParseStageOk(task) ? "accept" : `reject ${task.error?.innerError?.constructor?.name ?? ""}`;
}

async function main() {
    const each = Number(process.argv[2] ?? 4);
    const random = seeded(20240229);
    const originals = corpus();
    const texts = new Map(originals.map((text) => [text, "corpus"]));
    for (const text of originals) {
        for (let count = 0; count < each; count++) {
            const mutated = mutate(text, random).toWellFormed();
            if (!texts.has(mutated) && mutated.trim() !== "") texts.set(mutated, "mutation");
        }
    }
    const all = [...texts.keys()];
    const our = ours(all);
    const differences = [];
    const counts = { corpus: 0, mutation: 0, accepted: 0, rejected: 0 };
    for (const [at, text] of all.entries()) {
        const their = await theirs(text);
        counts[texts.get(text)]++;
        counts[our[at] === "accept" ? "accepted" : "rejected"]++;
        if ((our[at] === "accept") !== (their === "accept")) {
            differences.push({ from: texts.get(text), ours: our[at], theirs: their, text });
        }
    }
    fs.writeFileSync(path.join(__dirname, "differences.json"), JSON.stringify(differences, null, 1));
    console.log(`${all.length} texts: ${counts.corpus} of the corpora, ${counts.mutation} mutations`);
    console.log(`ours: ${counts.accepted} accepted, ${counts.rejected} rejected`);
    const of = (from) => differences.filter((one) => one.from === from).length;
    console.log(`differences: ${differences.length} (${of("corpus")} of the corpora, ${of("mutation")} mutations)`);
}

main();
