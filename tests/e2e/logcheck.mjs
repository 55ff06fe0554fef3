// SPDX-License-Identifier: EUPL-1.2
// The published log, fetched over HTTP like anybody would, and checked by code that is not ours:
// Sigstore's verifier for the checkpoint's signature and the inclusion of leaves, another
// implementation of RFC 9162 for consistency, and openssl on the bare note. Proofs are computed
// from the tiles alone. Then the same with every kind of damage, which all must refuse.

import { Installation, command } from "./lib/installation.mjs";
import {
    Tree,
    leafHash,
    nodeHash,
    readCheckpoint,
    readLog,
    recount,
    tilePath,
} from "./lib/logbook.mjs";
import { note, run, stop, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const modules = path.dirname(require.resolve("@sigstore/verify"));
const { verifyCheckpoint, LogCheckpoint } = require(path.join(modules, "tlog/checkpoint.js"));
const { verifyMerkleInclusion } = require(path.join(modules, "tlog/merkle.js"));
const { RFC9162 } = require("@transmute/rfc9162");

const WIDTH = 256;
const SAMPLES = 700; // two full tiles and a part of a third, with a level above

function readKey(vkey) {
    const [name, id, ...rest] = vkey.split("+");
    const key = Buffer.from(rest.join("+"), "base64");
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
    const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
    return { name, id, key, publicKey };
}

// Hashes of any range of the tree, from nothing but tiles.
class Tiles {
    constructor(read, size) {
        this.read = read;
        this.size = size;
        this.kept = new Map();
    }

    async tile(level, index) {
        const name = `${level}/${index}`;
        if (!this.kept.has(name)) {
            const nodes = Math.floor(this.size / WIDTH ** level);
            const width = Math.min(WIDTH, nodes - index * WIDTH);
            this.kept.set(name, await this.read(tilePath(level, index, width)));
        }
        return this.kept.get(name);
    }

    // The hash over the leaves [low, high).
    async range(low, high) {
        const n = high - low;
        const height = Math.log2(n);
        if (Number.isInteger(height) && low % n === 0) {
            const level = Math.floor(height / 8);
            const node = low / WIDTH ** level;
            const width = 2 ** (height % 8);
            const bytes = await this.tile(level, Math.floor(node / WIDTH));
            const at = (node % WIDTH) * 32;
            const fold = new Tree();
            for (let i = at; i < at + width * 32; i += 32) fold.append(bytes.subarray(i, i + 32));
            return fold.root();
        }
        const split = 2 ** Math.floor(Math.log2(n - 1));
        return nodeHash(await this.range(low, low + split), await this.range(low + split, high));
    }

    // RFC 6962 2.1.1, for leaf m of the leaves [low, high).
    async inclusion(m, low = 0, high = this.size) {
        if (high - low === 1) return [];
        const split = low + 2 ** Math.floor(Math.log2(high - low - 1));
        return m < split
            ? [...(await this.inclusion(m, low, split)), await this.range(split, high)]
            : [...(await this.inclusion(m, split, high)), await this.range(low, split)];
    }

    // RFC 6962 2.1.2: that the first `first` leaves are those of an earlier tree.
    async consistency(first, low = 0, high = this.size, isWhole = true) {
        if (first === high) return isWhole ? [] : [await this.range(low, high)];
        const split = low + 2 ** Math.floor(Math.log2(high - low - 1));
        const isLeft = first <= split;
        const rest = isLeft
            ? await this.consistency(first, low, split, isWhole)
            : await this.consistency(first, split, high, false);
        return [...rest, isLeft ? await this.range(split, high) : await this.range(low, split)];
    }
}

// Sigstore's own two checks; throws when one fails.
function sigstoreAccepts(envelope, key, index, entry, hashes) {
    const log = { logID: Buffer.from(key.id, "hex"), baseURL: key.name, publicKey: key.publicKey };
    const claim = {
        inclusionProof: { checkpoint: { envelope }, logIndex: String(index), hashes },
        canonicalizedBody: Buffer.from(entry, "latin1"),
    };
    const checkpoint = verifyCheckpoint(claim, [log]);
    assert.ok(checkpoint instanceof LogCheckpoint);
    verifyMerkleInclusion(claim, checkpoint);
}

async function opensslAccepts(folder, note, key) {
    const [text, signatures] = note.split("\n\n");
    const line = signatures.split("\n").find((one) => one.startsWith("— "));
    const file = (name, bytes) => {
        fs.writeFileSync(path.join(folder, name), bytes);
        return path.join(folder, name);
    };
    const pem = key.publicKey.export({ type: "spki", format: "pem" });
    const signature = Buffer.from(line.split(" ")[2], "base64").subarray(4);
    const done = await command("openssl", [
        "pkeyutl", "-verify", "-rawin", "-pubin",
        "-inkey", file("key.pem", pem),
        "-in", file("note", `${text}\n`),
        "-sigfile", file("signature", signature),
    ]);
    return done.code === 0 && done.out.includes("Signature Verified Successfully");
}

const flipped = (bytes, bit) => {
    const copy = Buffer.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    return copy;
};

await run(async () => {
    const site = await Installation.make();
    const fetchFile = async (name) => {
        const got = await site.visitor.get(`/log/2026/${name}`);
        if (got.status !== 200) throw new Error(`${name}: ${got.status}`);
        return got.bytes;
    };
    let key, early, log;

    await test("a log of some hundred signatures is published", async () => {
        await site.startServe();
        assert.equal((await site.run("sample", "300")).code, 0);
        await site.settled();
        early = readCheckpoint((await fetchFile("checkpoint")).toString());
        assert.equal((await site.run("sample", String(SAMPLES - 300))).code, 0);
        const shown = await site.settled();
        assert.equal(shown.count, SAMPLES);
        log = await readLog(fetchFile, [early.size]);
        assert.equal(recount(log.entries).count.total, SAMPLES);
        assert.ok(log.roots.get(early.size).equals(early.root));
    });
    if (!log) return stop("there is no log");
    const { checkpoint, entries } = log;
    const tiles = new Tiles(fetchFile, checkpoint.size);

    await test("the manifest names the key, and leaf 0 is its hash", async () => {
        const manifest = (await fetchFile("manifest")).toString();
        key = readKey(/^log-key (.*)$/m.exec(manifest)[1]);
        assert.equal(key.name, checkpoint.origin);
        assert.equal(key.key[0], 1, "Ed25519");
        const id = createHash("sha256").update(`${key.name}\n`).update(key.key).digest();
        assert.equal(id.subarray(0, 4).toString("hex"), key.id);
        const hash = createHash("sha256").update(manifest).digest("hex");
        assert.equal(entries[0], `sig1 open ${hash}\n`);
    });

    await test("openssl accepts the checkpoint's signature, and no changed note", async () => {
        assert.ok(await opensslAccepts(site.folder, checkpoint.note, key));
        const { note: good, size, origin } = checkpoint;
        for (const [what, instead] of [[`\n${size}\n`, `\n${size + 1}\n`], [origin, `${origin}x`]])
            assert.ok(!(await opensslAccepts(site.folder, good.replace(what, instead), key)));
    });

    const ends = [0, 1, 2, 254, 255, 256, 257, 511, 512, 513];
    await test("Sigstore's verifier accepts every leaf, proved from tiles", async () => {
        for (let i = 0; i < entries.length; i++)
            sigstoreAccepts(checkpoint.note, key, i, entries[i], await tiles.inclusion(i));
        note(`${entries.length} proofs`);
    });

    await test("it refuses other leaves, other places, other proofs", async () => {
        for (const i of [...ends, entries.length - 1]) {
            const proof = await tiles.inclusion(i);
            const refuses = (index, entry, hashes) =>
                assert.throws(() => sigstoreAccepts(checkpoint.note, key, index, entry, hashes));
            refuses(i ^ 1, entries[i], proof);
            refuses(i, entries[i ^ 1] ?? entries[0], proof);
            refuses(i, entries[i].slice(0, -1), proof);
            refuses(i, entries[i], proof.slice(0, -1));
            refuses(i, entries[i], [...proof, proof[0]]);
            refuses(i, entries[i], proof.toReversed());
            for (let h = 0; h < proof.length; h++)
                refuses(i, entries[i], proof.with(h, flipped(proof[h], (i * 7 + h) % 256)));
        }
    });

    await test("it refuses the checkpoint with any bit of text or signature flipped", async () => {
        const bytes = Buffer.from(checkpoint.note);
        const proof = await tiles.inclusion(300);
        let refused = 0;
        for (let bit = 0; bit < bytes.length * 8; bit++) {
            const envelope = flipped(bytes, bit).toString();
            // What base64 ignores, or a line end at the very end, is no change of the signature.
            const same = (text) => text.split("\n— ")[0] === checkpoint.note.split("\n— ")[0];
            const blob = (text) => Buffer.from(/— \S+ (\S+)\n/.exec(text)?.[1] ?? "", "base64");
            if (same(envelope) && blob(envelope).equals(blob(checkpoint.note))) continue;
            assert.throws(() => sigstoreAccepts(envelope, key, 300, entries[300], proof));
            refused++;
        }
        note(`${refused} of ${bytes.length * 8} bits`);
        assert.ok(refused > bytes.length * 7);
        const foreign = { ...key, id: "00000000" };
        assert.throws(() => sigstoreAccepts(checkpoint.note, foreign, 300, entries[300], proof));
    });

    await test("a second implementation finds the earlier checkpoint to be a prefix", async () => {
        const path_ = await tiles.consistency(early.size);
        const accepts = (first, second, hashes) =>
            RFC9162.verifyConsistencyProof(first, second, {
                tree_size_1: early.size,
                tree_size_2: checkpoint.size,
                consistency_path: hashes.map((hash) => new Uint8Array(hash)),
            });
        const [first, second] = [new Uint8Array(early.root), new Uint8Array(checkpoint.root)];
        assert.ok(await accepts(first, second, path_));
        assert.ok(!(await accepts(second, first, path_)));
        assert.ok(!(await accepts(first, second, path_.toReversed())));
        assert.ok(!(await accepts(first, second, path_.with(1, flipped(path_[1], 9)))));
        const leaves = entries.map((entry) => new Uint8Array(Buffer.from(entry)));
        const tree = await RFC9162.treeHead(leaves);
        assert.ok(checkpoint.root.equals(Buffer.from(tree)));
    });

    await test("damaged files are found by who reads them all", async () => {
        const bundle = tilePath("entries", 1, WIDTH);
        const tile = tilePath(0, 1, WIDTH);
        const last = tilePath("entries", 2, checkpoint.size - 2 * WIDTH);
        const swapped = (bytes) => {
            // Two leaves of the same length change places.
            const copy = Buffer.from(bytes);
            const n = 2 + bytes.readUInt16BE(0);
            assert.equal(bytes.readUInt16BE(n) + 2, n, "leaves of one length");
            bytes.copy(copy, 0, n, 2 * n);
            bytes.copy(copy, n, 0, n);
            return copy;
        };
        const damages = [
            ["one bit of an entry", bundle, (bytes) => flipped(bytes, 8 * 700 + 1)],
            ["one bit of a hash", tile, (bytes) => flipped(bytes, 8 * 100)],
            ["a cut bundle", bundle, (bytes) => bytes.subarray(0, -10)],
            ["a bundle without its last leaf", last, (bytes) => bytes.subarray(0, -79)],
            ["a cut tile", tile, (bytes) => bytes.subarray(0, -32)],
            ["two leaves in another order", bundle, swapped],
            ["a tile above", tilePath(1, 0, 2), (bytes) => flipped(bytes, 3)],
        ];
        for (const [what, file, damage] of damages) {
            const read = async (name) =>
                name === file ? damage(await fetchFile(name)) : fetchFile(name);
            await assert.rejects(readLog(read), undefined, what);
        }
    });

    await test("only what belongs to the log is served", async () => {
        const not = "checkpoint.new ../../keys/master.key ..%2f..%2fkeys%2flog.key tile " +
            "tile/../checkpoint tile/0/000.new manifest/ tile/0/999 tile/x/000";
        for (const name of not.split(" ")) {
            const got = await site.visitor.get(`/log/2026/${name}`);
            assert.ok([301, 400, 404].includes(got.status), `${name}: ${got.status}`);
        }
        const kept = async (name) =>
            (await site.visitor.get(`/log/2026/${name}`)).headers["cache-control"];
        assert.match(await kept("checkpoint"), /no-cache|no-store/);
        assert.match(await kept(tilePath(0, 0, WIDTH)), /immutable/);
        const first = (await tiles.tile(0, 0)).subarray(0, 32);
        assert.ok(leafHash(Buffer.from(entries[0])).equals(first));
    });

    await test("files made anew from the rows are the same files", async () => {
        const tile = [tilePath(0, 0, WIDTH), tilePath("entries", 1, WIDTH), tilePath(1, 0, 2)];
        const names = ["manifest", ...tile];
        const before = await Promise.all(names.map(fetchFile));
        assert.equal((await site.run("log", "rebuild")).code, 75, "not beside the work process");
        await site.end("serve");
        fs.rmSync(path.join(site.data, "log/2026/tile"), { recursive: true });
        assert.equal((await site.run("log", "rebuild")).code, 0);
        await site.startServe();
        const after = await Promise.all(names.map(fetchFile));
        before.forEach((bytes, i) => assert.ok(bytes.equals(after[i]), names[i]));
        const again = await readLog(fetchFile);
        assert.deepEqual(again.entries.slice(0, entries.length), entries);
        await until("it goes on", 30000, async () => (await site.doctor()).code === 0);
    });
});
