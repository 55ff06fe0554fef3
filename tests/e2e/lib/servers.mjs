// SPDX-License-Identifier: EUPL-1.2
// PostgreSQL servers of a script's own, a folder and a socket in it each: one that writes, others
// that follow it, and what becomes of them.

import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { command } from "./installation.mjs";
import { cleanup, until } from "./tap.mjs";

const bin = [process.env.PG_BIN, "/usr/lib/postgresql/15/bin"].find(
    (one) => one && fs.existsSync(path.join(one, "initdb")),
);
export const hasServers = Boolean(bin);

// The server refuses to run as root.
const isRoot = process.getuid() === 0;
const settings = {
    listen_addresses: "''",
    wal_log_hints: "on", // for pg_rewind
    max_connections: "120",
    shared_buffers: "32MB",
    wal_keep_size: "256MB",
};

// undefined: there is no such process, or it ended while we looked.
function statOf(pid) {
    try {
        const [state, parent] = fs.readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").pop().split(" ");
        return { state, parent: Number(parent) };
    } catch {
        return undefined;
    }
}

export class Server {
    constructor(name) {
        this.name = name;
        this.folder = fs.mkdtempSync(path.join(os.tmpdir(), `undersigned-${name}.`));
        this.data = path.join(this.folder, "data");
        fs.chmodSync(this.folder, 0o755);
        if (isRoot) {
            const { uid, gid } = Server.owner();
            fs.chownSync(this.folder, uid, gid);
        }
        cleanup(() => this.remove());
    }

    static owner() {
        const row = /^postgres:[^:]*:(\d+):(\d+):/m.exec(fs.readFileSync("/etc/passwd", "utf8"));
        return { uid: Number(row[1]), gid: Number(row[2]) };
    }

    async tool(name, ...args) {
        const as = isRoot ? ["runuser", "-u", "postgres", "--"] : [];
        const [file, ...rest] = [...as, path.join(bin, name), ...args];
        const done = await command(file, rest, { cwd: "/tmp" });
        if (done.code !== 0) throw new Error(`${name} of ${this.name}: ${done.err}${done.out}`);
        return done.out;
    }

    // Its name is what synchronous_standby_names calls it.
    get words() {
        const all = { ...settings, unix_socket_directories: `'${this.folder}'`, cluster_name: this.name };
        return Object.entries(all).map(([key, value]) => `-c ${key}=${value}`).join(" ");
    }

    get connection() {
        return `host=${this.folder} user=undersigned`;
    }

    url(database) {
        return `postgresql:///${database}?host=${this.folder}&user=undersigned`;
    }

    async create() {
        await this.tool("initdb", "-D", this.data, "-U", "undersigned", "--auth=trust", "--no-sync",
            "--encoding=UTF8", "--locale=C");
        return this.start();
    }

    async start() {
        const log = path.join(this.folder, "log");
        // pg_ctl's child would keep our pipes open.
        const as = isRoot ? ["runuser", "-u", "postgres", "--"] : [];
        const [file, ...rest] = [...as, path.join(bin, "pg_ctl"), "-D", this.data, "-l", log, "-w",
            "-o", this.words, "start"];
        const child = spawn(file, rest, { stdio: "ignore", cwd: "/tmp" });
        const code = await new Promise((done) => child.on("exit", done));
        if (code !== 0) throw new Error(`${this.name} does not start: ${fs.readFileSync(log, "utf8")}`);
        return this;
    }

    stop(how = "fast") {
        return this.tool("pg_ctl", "-D", this.data, "-m", how, "-w", "stop");
    }

    promote() {
        return this.tool("pg_ctl", "-D", this.data, "-w", "promote");
    }

    // A copy of another one, that follows it.
    async follow(primary) {
        fs.rmSync(this.data, { recursive: true, force: true });
        await this.tool("pg_basebackup", "-D", this.data, "-d", primary.connection, "-R", "-c", "fast",
            "-X", "stream", "--no-sync");
        return this.start();
    }

    // Back to where it and the other one were the same, and from there behind it.
    async rewind(primary) {
        await primary.sql("CHECKPOINT;"); // or its control file may still name the old timeline
        await this.tool("pg_rewind", "-D", this.data, `--source-server=${primary.connection} dbname=postgres`,
            "-R", "--no-sync");
        return this.start();
    }

    // In recovery, following nobody.
    async startAlone() {
        fs.writeFileSync(path.join(this.data, "standby.signal"), "");
        if (isRoot) fs.chownSync(path.join(this.data, "standby.signal"), ...Object.values(Server.owner()));
        return this.start();
    }

    async sql(text, database = "postgres") {
        const done = await command("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-At", this.url(database)],
            { input: text });
        if (done.code !== 0) throw new Error(`${this.name}: ${done.err}`);
        return done.out.trim();
    }

    async set(name, value) {
        await this.sql(`ALTER SYSTEM SET ${name} = ${value};`);
        await this.sql("SELECT pg_reload_conf();");
    }

    // Every process of the server: stops or goes on.
    signal(signal) {
        for (const pid of this.processes()) process.kill(pid, signal);
    }

    get parent() {
        return Number(fs.readFileSync(path.join(this.data, "postmaster.pid"), "utf8").split("\n")[0]);
    }

    processes() {
        const { parent } = this;
        return fs.readdirSync("/proc").map(Number).filter((pid) => pid === parent || statOf(pid)?.parent === parent);
    }

    // As a power cut would: no process says a word. The first one must not make another meanwhile,
    // which would keep the memory that they share from those who start anew.
    async kill() {
        const { parent } = this;
        process.kill(parent, "SIGSTOP");
        await until(`${this.name} stands still`, 10000, () => statOf(parent)?.state === "T", 1);
        const all = this.processes();
        for (const pid of all) process.kill(pid, "SIGKILL");
        await until(`${this.name} is gone`, 10000, () => !all.some(statOf), 5);
    }

    async remove() {
        await this.stop("immediate").catch(() => {});
        if (!process.env.UNDERSIGNED_KEEP) fs.rmSync(this.folder, { recursive: true, force: true });
    }
}
