// SPDX-License-Identifier: EUPL-1.2
// A second opinion on the published log: reads the files of a declaration's log from disk or over
// HTTP, checks the tiles against the entries and the checkpoint, and counts again. Written from
// the format's description (docs/log.md, C2SP tlog-tiles), sharing no code with the program.

import { createHash, createPublicKey, verify } from "node:crypto";

const WIDTH = 256;

const sha256 = (...parts) => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return hash.digest();
};
export const leafHash = (entry) => sha256(Buffer.from([0]), entry);
export const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);

// The growing right edge of a tree; peaks[i] covers 2^i leaves.
export class Tree {
    constructor() {
        this.size = 0;
        this.peaks = [];
    }

    append(hash) {
        let i = 0;
        for (; (this.size >> i) & 1; i++) hash = nodeHash(this.peaks[i], hash);
        this.peaks[i] = hash;
        this.size++;
    }

    root() {
        let root;
        for (let i = 0; i < this.peaks.length; i++)
            if ((this.size >> i) & 1) root = root ? nodeHash(this.peaks[i], root) : this.peaks[i];
        return root ?? sha256();
    }
}

export function readCheckpoint(note) {
    const [origin, size, root] = note.split("\n");
    if (!/^(0|[1-9]\d*)$/.test(size)) throw new Error(`checkpoint size ${size}`);
    return { note, origin, size: Number(size), root: Buffer.from(root, "base64") };
}

// The note's own signature, by the verifier key "NAME+ID+BASE64(0x01 key)".
export function checkpointIsSigned(note, vkey) {
    const [name, id, ...rest] = vkey.split("+");
    const key = Buffer.from(rest.join("+"), "base64");
    const [text, signatures] = note.split("\n\n");
    const line = signatures.split("\n").find((one) => one.startsWith(`— ${name} `));
    if (!line || key[0] !== 1) return false;
    const blob = Buffer.from(line.slice(`— ${name} `.length), "base64");
    if (blob.subarray(0, 4).toString("hex") !== id) return false;
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
    const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
    return verify(null, Buffer.from(`${text}\n`), publicKey, blob.subarray(4));
}

export function tilePath(level, index, width) {
    let rest = String(index % 1000).padStart(3, "0");
    for (index = Math.floor(index / 1000); index > 0; index = Math.floor(index / 1000))
        rest = `x${String(index % 1000).padStart(3, "0")}/${rest}`;
    return `tile/${level}/${rest}${width < WIDTH ? `.p/${width}` : ""}`;
}

function readBundle(bytes) {
    const entries = [];
    for (let at = 0; at < bytes.length; ) {
        const n = bytes.readUInt16BE(at);
        if (at + 2 + n > bytes.length) throw new Error("a bundle is cut off");
        entries.push(bytes.subarray(at + 2, at + 2 + n));
        at += 2 + n;
    }
    return entries;
}

// The log as of its checkpoint: {checkpoint, entries, roots}. `read(path)` gives the bytes of a
// file of the log. Every tile of every level must say what the entries say. `sizes`: at which
// sizes roots are wanted, too.
export async function readLog(read, sizes = []) {
    const checkpoint = readCheckpoint((await read("checkpoint")).toString());
    const entries = [];
    let hashes = [];
    const tree = new Tree();
    const wanted = new Set(sizes);
    const roots = new Map();
    for (let at = 0; at < checkpoint.size; at += WIDTH) {
        const width = Math.min(WIDTH, checkpoint.size - at);
        const bundle = readBundle(await read(tilePath("entries", at / WIDTH, width)));
        if (bundle.length !== width) throw new Error(`bundle ${at / WIDTH}: ${bundle.length}`);
        for (const entry of bundle) {
            if (wanted.has(tree.size)) roots.set(tree.size, tree.root());
            entries.push(entry.toString("latin1"));
            hashes.push(leafHash(entry));
            tree.append(hashes.at(-1));
        }
    }
    roots.set(tree.size, tree.root());
    for (let level = 0; hashes.length; level++) {
        const above = [];
        for (let at = 0; at < hashes.length; at += WIDTH) {
            const mine = hashes.slice(at, at + WIDTH);
            const path = tilePath(level, at / WIDTH, mine.length);
            if (!(await read(path)).equals(Buffer.concat(mine))) throw new Error(`${path} differs`);
            if (mine.length === WIDTH) {
                const fold = new Tree();
                for (const hash of mine) fold.append(hash);
                above.push(fold.root());
            }
        }
        hashes = above;
    }
    if (!tree.root().equals(checkpoint.root)) throw new Error("the entries have another root");
    return { checkpoint, entries, roots };
}

const KINDS = { p: "persons", o: "organisations", m: "mandates" };

// Counts again, and refuses what the format does not allow: a second sub of the same add, an undo
// of nothing, a commitment added twice or behind the end, a tally or close that claims another count.
export function recount(entries) {
    const count = { persons: 0, organisations: 0, mandates: 0, total: 0 };
    const breakdown = new Map();
    const adds = new Map();
    const commitments = new Set();
    let isClosed = false;
    const change = (add, by) => {
        count[KINDS[add.kind]] += by;
        count.total += by;
        const place = `${add.kind} ${add.country}`;
        breakdown.set(place, (breakdown.get(place) ?? 0) + by);
    };
    entries.forEach((entry, position) => {
        const refuse = (why) => {
            throw new Error(`leaf ${position}: ${why}: ${entry}`);
        };
        if (!entry.endsWith("\n")) refuse("no line end");
        const words = entry.slice(0, -1).split(" ");
        if (words[0] !== "sig1") refuse("unknown format");
        if (words[1] === "open") {
            if (position !== 0) refuse("open is leaf 0");
        } else if (words[1] === "add") {
            const [, , kind, country, commitment] = words;
            if (!KINDS[kind] || !/^[A-Z]{2}$/.test(country) || !/^[0-9a-f]{64}$/.test(commitment))
                refuse("not an add");
            const add = { kind, country, commitment, position, counts: true };
            if (isClosed || commitments.has(commitment)) refuse("added before, or behind the end");
            commitments.add(commitment);
            adds.set(position, add);
            change(add, 1);
        } else if (words[1] === "sub" || words[1] === "undo") {
            const add = adds.get(Number(words[2])) ?? refuse("speaks of no add");
            const isUndo = words[1] === "undo";
            if (add.counts === isUndo) refuse("stands so already");
            add.counts = isUndo;
            change(add, isUndo ? 1 : -1);
        } else if (words[1] === "key") {
            if (words[2] !== "organiser" || words.length !== 4) refuse("not a key");
        } else if (words[1] === "mode") {
            if (!/^(sync|async|paper) [0-9a-f]{64}$/.test(words.slice(2).join(" "))) refuse("not a mode");
        } else if (words[1] === "tally" || words[1] === "close") {
            const claim = words.slice(words[1] === "tally" ? 3 : 2);
            const text = [...breakdown]
                .filter(([, n]) => n !== 0)
                .map(([place, n]) => `${place} ${n}\n`)
                .sort()
                .join("");
            if (words[1] === "tally" && Number(words[2]) !== position) refuse("of another size");
            if (words[1] === "close" && isClosed) refuse("a second end");
            isClosed ||= words[1] === "close";
            if (Number(claim[0]) !== count.total) refuse("claims another count");
            if (sha256(text).toString("hex") !== claim[1]) refuse("claims another breakdown");
        } else {
            refuse("unknown verb");
        }
    });
    return { count, adds, isClosed };
}
