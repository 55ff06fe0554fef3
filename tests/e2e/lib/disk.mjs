// SPDX-License-Identifier: EUPL-1.2
// A disk that loses its power. power.c notes what a program does to the files below a folder; from
// these notes we know what was safe at the cut, and of the rest let any part be lost that a disk
// may lose: all of it, the later part, single blocks, names without content, content without names.
//
// Strict where file systems differ: a name is safe once its folder has been synced, not with the
// file; changes of one folder are lost from the end, but each folder for itself. What no sync has
// reached is blocks: of each block some earlier state, of a longer file perhaps zeros.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { command, repository } from "./installation.mjs";
import { cleanup } from "./tap.mjs";

// As in power.c.
const KINDS = ["any", "write", "size", "sync", "make", "link", "drop", "move", "mapped", "unseen", "begin"];
const NOTES = 4096;
const NOTE_BYTES = 32;
const AREA_BYTES = 1 << 30; // sparse
const at = { device: 0, bytes: 8, head: 16, held: 24, dead: 32, kind: 36, due: 40, most: 44, full: 48, busy: 52 };
const SECTOR = 512;

// Bytes that grow.
class Content {
    constructor(bytes = Buffer.alloc(0)) {
        this.room = bytes;
        this.size = bytes.length;
    }

    resize(size) {
        if (size > this.room.length) {
            const room = Buffer.alloc(Math.max(size, 2 * this.room.length));
            this.room.copy(room, 0, 0, this.size);
            this.room = room;
        }
        if (size < this.size) this.room.fill(0, size, this.size);
        this.size = size;
    }

    write(where, bytes) {
        if (where + bytes.length > this.size) this.resize(where + bytes.length);
        bytes.copy(this.room, where);
    }

    do(change, from = 0, to = change.bytes?.length) {
        if (change.size !== undefined) this.resize(change.size);
        else this.write(change.where + from, change.bytes.subarray(from, to));
    }

    copy() {
        return new Content(Buffer.from(this.bytes()));
    }

    bytes() {
        return this.room.subarray(0, this.size);
    }
}

class File {
    constructor(mode, content = new Content()) {
        Object.assign(this, { mode, safe: content, unsafe: [] });
    }

    sync(before) {
        while (this.unsafe.length && this.unsafe[0].when < before) this.safe.do(this.unsafe.shift());
    }

    after(choose) {
        const content = this.safe.copy();
        if (this.unsafe.length) choose(this.unsafe, content);
        return content;
    }
}

class Folder {
    constructor(mode) {
        Object.assign(this, { mode, safe: new Map(), unsafe: [] });
    }

    // names: [name, node] each; none: it is gone.
    change(when, ...names) {
        this.unsafe.push({ when, names });
    }

    sync(before) {
        while (this.unsafe.length && this.unsafe[0].when < before) set(this.safe, this.unsafe.shift());
    }

    after(choose) {
        const names = new Map(this.safe);
        for (const change of choose(this.unsafe)) set(names, change);
        return names;
    }

    now() {
        return this.after((changes) => changes);
    }
}

function set(names, change) {
    for (const [name, node] of change.names)
        if (node) names.set(name, node);
        else names.delete(name);
}

// What may be left of unsynced changes; each takes a source of chance.
const all = (changes, content) => changes.forEach((change) => content.do(change));
const contents = {
    lost: () => () => {},
    kept: () => all,
    // Of each block an earlier state; of a file that grew perhaps its size alone.
    blocks: (chance, block) => (changes, content) => {
        const times = new Map();
        const overlaps = (change) => {
            const found = [];
            const end = change.where + change.bytes.length;
            for (let b = Math.floor(change.where / block); b * block < end; b++) found.push(b);
            return found;
        };
        const writes = changes.filter((change) => change.bytes);
        for (const change of writes)
            for (const b of overlaps(change)) times.set(b, (times.get(b) ?? 0) + 1);
        for (const [b, n] of times) times.set(b, [0, n, chance(n + 1)][chance(3)]);
        let size = content.size;
        for (const change of changes) {
            size = change.size ?? Math.max(size, change.where + change.bytes.length);
            if (!change.bytes) {
                if (chance(2)) content.do(change);
                continue;
            }
            for (const b of overlaps(change)) {
                const left = times.get(b);
                times.set(b, left - 1);
                const from = Math.max(0, b * block - change.where);
                if (left > 0) content.do(change, from, (b + 1) * block - change.where);
            }
        }
        if (chance(2) && content.size < size) content.resize(size);
    },
    writes: (chance) => (changes, content) => changes.forEach((change) => chance(2) && content.do(change)),
    // All before a moment, and of the write at that moment some sectors.
    until: (chance, moment) => (changes, content) => {
        for (const change of changes) {
            if (change.when < moment) content.do(change);
            else {
                if (change.bytes) content.do(change, 0, SECTOR * chance(change.bytes.length / SECTOR + 1));
                break;
            }
        }
    },
};
const namings = {
    lost: () => () => [],
    kept: () => (changes) => changes,
    some: (chance) => (changes) => changes.slice(0, chance(changes.length + 1)),
    until: (chance, moment) => (changes) => changes.filter((change) => change.when < moment),
};

// Pairs of what becomes of content and of names: [content, names, argument].
const ROLLS = [
    ["lost", "lost"], ["lost", "kept"], ["kept", "lost"], ["kept", "kept"], ["blocks", "some", 512],
    ["blocks", "some", 4096], ["blocks", "kept", 4096], ["writes", "some"], ["until", "until"],
];

export async function buildPower(folder) {
    const library = path.join(folder, "power.so");
    const source = path.join(repository, "tests/e2e/lib/power.c");
    const built = await command("cc", ["-std=c17", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC",
        "-fno-builtin", "-U_FORTIFY_SOURCE", "-o", library, source, "-ldl"]);
    if (built.code !== 0) throw new Error(built.err);
    return library;
}

export class Disk {
    // root: the folder whose files may be lost; `except`: paths below it that are none of the
    // program's; chance(n): a whole number below n; isBlind: what is written by ways that we do not
    // see is never safe, instead of a mistake of ours.
    constructor(root, { library, chance, except = [], isBlind = false }) {
        Object.assign(this, { root, library, chance, isBlind, except: new Set(except) });
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-power."));
        this.file = path.join(this.folder, "notes");
        this.area = fs.openSync(this.file, "w+");
        const owner = fs.statSync(root); // the user of the program, where it is another one
        for (const one of [this.folder, this.file]) fs.chownSync(one, owner.uid, owner.gid);
        this.lost = 0; // bytes and names that a cut took away
        cleanup(() => this.close());
        this.know();
    }

    close() {
        this.put(at.dead, 0); // who still runs may end
        fs.closeSync(this.area);
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    // Starts a process of the program with its disk in our hands: start() must not wait first.
    watched(start) {
        Object.assign(process.env, { LD_PRELOAD: this.library, POWER: this.file });
        const started = start();
        delete process.env.LD_PRELOAD;
        delete process.env.POWER;
        return started;
    }

    word(where) {
        const word = Buffer.alloc(4);
        fs.readSync(this.area, word, 0, 4, where);
        return word.readUInt32LE();
    }

    put(where, value, bytes = 4) {
        const word = Buffer.alloc(bytes);
        if (bytes === 8) word.writeBigUInt64LE(BigInt(value));
        else word.writeUInt32LE(value);
        fs.writeSync(this.area, word, 0, bytes, where);
    }

    begin() {
        fs.ftruncateSync(this.area, 0);
        fs.ftruncateSync(this.area, AREA_BYTES);
        this.put(at.device, fs.statSync(this.root).dev, 8);
        this.put(at.bytes, AREA_BYTES, 8);
        this.put(at.head, NOTES, 8);
    }

    // How long a sync may take from now on.
    slow(mostMs) {
        this.put(at.most, mostMs * 1000);
    }

    // At the n-th change of that kind from now the power goes.
    cutAt(kind, n) {
        this.put(at.kind, KINDS.indexOf(kind));
        this.put(at.due, n);
    }

    // Syncs of this file do not end until the next begin or allow.
    hold(file) {
        this.put(at.held, fs.statSync(file).ino, 8);
    }

    allow() {
        this.put(at.held, 0, 8);
    }

    get isDead() {
        return this.word(at.dead) === 1;
    }

    // Nothing changes any more, and nothing is half done.
    async cut() {
        this.put(at.dead, 1);
        while (this.word(at.busy)) await sleep(1);
    }

    // The processes were killed, the disk has power: all goes on as it stands.
    resume() {
        for (const where of [at.dead, at.due, at.held, at.busy]) this.put(where, 0);
        this.put(at.busy + 4, 0); // a lock as new
    }

    scan(place, inside = "") {
        const folder = new Folder(fs.statSync(place).mode & 0o7777);
        this.nodes.set(fs.statSync(place).ino, folder);
        for (const entry of fs.readdirSync(place, { withFileTypes: true })) {
            const below = path.join(inside, entry.name);
            const whole = path.join(place, entry.name);
            if (this.except.has(below)) continue;
            if (entry.isDirectory()) folder.safe.set(entry.name, this.scan(whole, below));
            if (!entry.isFile()) continue;
            const { ino, mode } = fs.statSync(whole);
            const file = new File(mode & 0o7777, new Content(fs.readFileSync(whole)));
            this.nodes.set(ino, file);
            folder.safe.set(entry.name, file);
        }
        return folder;
    }

    // What is there now is safe; nothing has been noted. No process may be running.
    know() {
        this.nodes = new Map();
        this.mapped = new Set();
        this.top = this.scan(this.root);
        this.begin();
    }

    // Plays the notes.
    read() {
        const size = Buffer.alloc(8);
        fs.readSync(this.area, size, 0, 8, at.head);
        if (this.word(at.full)) throw new Error("too many notes");
        const notes = Buffer.alloc(Number(size.readBigUInt64LE()) - NOTES);
        fs.readSync(this.area, notes, 0, notes.length, NOTES);
        this.moments = [];
        for (let next = 0; next < notes.length;) {
            const kind = KINDS[notes.readUInt32LE(next)];
            const bytes = notes.readUInt32LE(next + 4);
            const [file, where, folder] = [8, 16, 24].map((i) => Number(notes.readBigUInt64LE(next + i)));
            const data = notes.subarray(next + NOTE_BYTES, next + NOTE_BYTES + bytes);
            this.play({ kind, when: NOTES + next, file, where, folder, data });
            next += NOTE_BYTES + Math.ceil(bytes / 8) * 8;
        }
    }

    play({ kind, when, file, where, folder, data }) {
        const node = this.nodes.get(file);
        const parent = this.nodes.get(folder);
        if (kind === "unseen") throw new Error(`changes are lost on us: ${data}`);
        if (kind === "sync") return node?.sync(where);
        if (kind === "mapped") return node && this.mapped.add(node);
        if (node || parent) this.moments.push(when);
        if (kind === "write") node?.unsafe.push({ when, where, bytes: data });
        if (kind === "size") node?.unsafe.push({ when, size: where });
        if (kind === "make") {
            const isFolder = (where & 0o170000) === 0o040000;
            const made = isFolder ? new Folder(where & 0o7777) : new File(where & 0o7777);
            if (parent) this.nodes.set(file, made); // else this number is somebody else's now
            else this.nodes.delete(file);
            parent?.change(when, [String(data), made]);
        }
        if (kind === "link") parent?.change(when, [String(data), node]);
        if (kind === "drop") parent?.change(when, [String(data)]);
        if (kind === "move") {
            const [from, to] = String(data).split("\0");
            const target = this.nodes.get(where);
            const moved = parent?.now().get(from);
            if (parent === target) return parent?.change(when, [from], [to, moved]);
            parent?.change(when, [from]);
            target?.change(when, [to, moved]);
        }
    }

    // The notes must explain what stands on the disk, or we do not see every change.
    explain(folder, place) {
        const names = folder.now();
        const inside = path.relative(this.root, place);
        const here = fs.readdirSync(place).filter((name) => !this.except.has(path.join(inside, name)));
        const wrong = (name) => {
            throw new Error(`${path.join(inside, name)} is not what was written to it`);
        };
        for (const name of new Set([...names.keys(), ...here])) {
            const node = names.get(name);
            const whole = path.join(place, name);
            if (!node || !here.includes(name)) wrong(name);
            if (node instanceof Folder) this.explain(node, whole);
            else if (this.mapped.has(node) && !name.endsWith("-shm")) wrong(name);
            else if (!this.mapped.has(node) && !node.after(all).bytes().equals(fs.readFileSync(whole)))
                wrong(name);
        }
    }

    // Makes the folder what the disk has after the cut.
    store(folder, place, roll) {
        const names = folder.after(roll.names);
        const { uid, gid } = fs.statSync(this.root);
        const inside = path.relative(this.root, place);
        for (const name of fs.readdirSync(place)) {
            if (this.except.has(path.join(inside, name)) || names.has(name)) continue;
            fs.rmSync(path.join(place, name), { recursive: true });
            this.lost++;
        }
        for (const [name, node] of names) {
            const whole = path.join(place, name);
            const isThere = fs.existsSync(whole);
            if (!isThere) this.lost++;
            if (node instanceof Folder) {
                if (!isThere) fs.mkdirSync(whole, { mode: node.mode });
                fs.chownSync(whole, uid, gid);
                this.store(node, whole, roll);
            } else if (this.mapped.has(node)) {
                if (isThere && this.chance(2)) fs.rmSync(whole); // else it is a stale one
            } else {
                const bytes = node.after(roll.content).bytes();
                if (isThere && fs.readFileSync(whole).equals(bytes)) continue;
                if (isThere) this.lost++;
                fs.writeFileSync(whole, bytes, { mode: node.mode });
                fs.chownSync(whole, uid, gid);
            }
        }
    }

    // After the cut, when all processes are dead: rolls the dice, or takes the roll given, and
    // says which. What the disk has then is safe.
    lose(given) {
        this.read();
        if (!this.isBlind) this.explain(this.top, this.root);
        const [content, names, block] = given ?? ROLLS[this.chance(ROLLS.length)];
        const moment = this.moments[this.chance(this.moments.length)] ?? 0;
        this.store(this.top, this.root, {
            content: contents[content](this.chance, content === "until" ? moment : block),
            names: namings[names](this.chance, moment),
        });
        const unsafe = [...this.nodes.values()].reduce((n, node) => n + node.unsafe.length, 0);
        this.know();
        return { roll: [content, names, block].join(" ").trim(), unsafe };
    }
}
