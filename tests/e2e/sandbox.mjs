// SPDX-License-Identifier: EUPL-1.2
// What somebody reaches who runs code of their own inside web, work, author or the sink: an intruder is
// preloaded into the real processes (lib/probe.c) and tries, file by file, port by port, call by
// call. That the work itself still goes on is what all other scenarios show: they run confined.

import { Installation, command, postgres, releaseBinary, repository } from "./lib/installation.mjs";
import { cleanup, note, run, skip, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const both = {
    "read-master-key": "EACCES",
    "read-log-key": "EACCES",
    "read-checkpoint": "done",
    "make-data-file": "EACCES",
    "make-media-file": "EACCES",
    "read-content": "EACCES",
    "write-content": "EACCES",
    "read-mails": "EACCES",
    "read-outside": "EACCES",
    "make-outside": "EACCES",
    "read-root": "EACCES",
    "read-own-memory": "EACCES",
    "read-environment": "EACCES",
    "chmod-log-key": "ENOSYS",
    "link-log-key": "ENOSYS",
    symlink: "ENOSYS",
    "change-folder": "ENOSYS",
    listen: "ENOSYS",
    "mptcp-socket": "ENOSYS",
    "packet-socket": "ENOSYS",
    "raw-socket": "ENOSYS",
    "run-what-is-written": "ENOSYS",
    "make-code-run": "ENOSYS",
    "code-in-memory-file": "ENOSYS",
    fork: "ENOSYS",
    "signal-supervisor": "ENOSYS",
    "become-somebody": "ENOSYS",
    "read-kernel-log": "ENOSYS",
    "watch-files": "ENOSYS",
    "raise-descriptors": "ENOSYS",
};
const web = {
    ...both,
    "read-passwd": "EACCES",
    "write-checkpoint": "EACCES",
    "make-log-file": "EACCES",
    "remove-log-key": "ENOSYS",
    "bind-port": "ENOSYS",
    "udp-socket": "ENOSYS",
};
const work = {
    ...both,
    "read-passwd": "done", // names and certificates lie in /etc
    "write-checkpoint": "done",
    "make-log-file": "done",
    "remove-log-key": "EACCES",
    "bind-port": "EACCES",
    "udp-socket": "done", // for names
    "connect-relay": "done",
    "connect-other": "EACCES",
};
// It starts the programs that decode pictures and read papers, and no other one.
const author = {
    ...web,
    "read-checkpoint": "EACCES",
    "read-content": "done",
    "make-media-file": "done",
    "remove-log-key": "EACCES",
    fork: "done",
    "watch-files": "done",
};
const onSqlite = { "read-database": "done", "write-database": "done" };
const expected = {
    sqlite: {
        web: { ...web, ...onSqlite, "connect-relay": "ENOSYS", "connect-other": "ENOSYS" },
        work: { ...work, ...onSqlite },
        author: { ...author, ...onSqlite, "connect-relay": "ENOSYS", "connect-other": "ENOSYS" },
    },
    // A socket in the file system leads to the server: sockets can be made, but lead nowhere else.
    postgresql: {
        web: {
            ...web,
            "connect-relay": "EACCES",
            "connect-other": "EACCES",
            "bind-port": "ENOSYS",
                },
        work,
        author: { ...author, "connect-relay": "EACCES", "connect-other": "EACCES" },
    },
};

let library;

async function intruder() {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-probe."));
    cleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
    library = path.join(folder, "probe.so");
    const source = path.join(repository, "tests/e2e/lib/probe.c");
    const flags = ["-std=c17", "-D_GNU_SOURCE", "-O1", "-shared", "-fPIC", "-o", library, source];
    const built = await command("cc", flags);
    assert.equal(built.code, 0, built.err);
}

// The acts of one process, as it tells them.
async function probe(entry, pid) {
    const from = entry.log.length;
    process.kill(pid, "SIGUSR1");
    await until("the intruder is done", 10000, () =>
        entry.log.slice(from).includes("probe say-done"));
    return Object.fromEntries(
        [...entry.log.slice(from).matchAll(/^probe ([\w-]+) (\w+)$/gm)].map((m) => [m[1], m[2]]),
    );
}

function compare(found, wanted) {
    for (const [act, result] of Object.entries(wanted))
        assert.equal(found[act], result, `${act}: ${found[act]}, should be ${result}`);
    return Object.keys(wanted).length;
}

async function installation(engine) {
    const site = await Installation.make({ engine, more: ["--form-seconds", "0"] });
    const outside = path.join(site.folder, "outside");
    fs.writeFileSync(outside, "not yours\n");
    const other = net.createServer().listen(0, "127.0.0.1");
    cleanup(() => other.close());
    await until("the other port listens", 30000, () => other.address());
    const words = {
        LD_PRELOAD: library,
        PROBE_DATA: site.data,
        PROBE_OUTSIDE: outside,
        PROBE_RELAY: String(site.smtpPort),
        PROBE_OTHER: String(other.address().port),
    };
    fs.cpSync(path.join(repository, "content/cohesion"), path.join(site.folder, "content"), { recursive: true });
    site.more = [...site.more, "--content-folder", path.join(site.folder, "content")];
    Object.assign(process.env, words);
    await site.startSink();
    await site.startServe();
    for (const name of Object.keys(words)) delete process.env[name];
    const serve = site.children.get("serve");
    await until("the content is loaded", 30000, () => serve.log.includes("event=author.loaded"));
    await until("the first checkpoint", 10000, () => fs.existsSync(site.logFile("2026", "checkpoint")));
    return site;
}

async function signs(site) {
    const page = "/en/sign/2026/person";
    const { values } = formOf((await site.visitor.get(page)).body, page);
    const email = `sandbox${site.letters = (site.letters ?? 0) + 1}@example.org`;
    const own = { name: "Signer", email, country: "AT", consent: "1" };
    const { status } = await site.visitor.ask("POST", page, { form: { ...values, ...own } });
    assert.equal(status, 303);
    await until("the mail", 20000, () => site.inbox.to(email)[0]);
}

async function intrusion(engine) {
    const site = await installation(engine);
    const serve = site.children.get("serve");
    for (const kind of ["web", "work", "author"])
        await test(`${engine}: an intruder in ${kind} reaches what its plan names, no more`, async () => {
            const n = compare(await probe(serve, site.served()[kind]), expected[engine][kind]);
            note(`${kind}: ${n} acts`);
            await signs(site);
        });
    for (const kind of ["web", "work"])
        await test(`${engine}: a program started in ${kind} ends it, and it is started again`, async () => {
            const from = serve.log.length;
            process.kill(site.served()[kind], "SIGUSR2");
            const again = new RegExp(`child_ended kind=${kind} exit=-1 signal=31 [^]*${kind}\\.ready`);
            await until(`${kind} is there again`, 20000, () => again.test(serve.log.slice(from)));
            assert.ok(!serve.log.includes("probe ran"));
            await signs(site);
        });
    await test(`${engine}: author starts no program but its own, and these still work`, async () => {
        const from = serve.log.length;
        process.kill(site.served().author, "SIGUSR2");
        await until("it is refused", 10000, () => serve.log.slice(from).includes("probe execve EACCES"));
        assert.ok(!serve.log.includes("probe ran"));
        const folder = path.join(site.folder, "content/story/metro-line-3-sofia");
        const ini = fs.readFileSync(path.join(folder, "story.ini"), "utf8");
        fs.copyFileSync(path.join(repository, "tests/pictures/noted.jpg"), path.join(folder, "front.jpg"));
        fs.writeFileSync(path.join(folder, "story.ini"), ini.replace("front.svg", "front.jpg"));
        await until("the photograph", 30000, async () =>
            (await site.visitor.get("/en/stories/metro-line-3-sofia")).body.includes("/front-1600.webp 900w"));
        assert.ok(!serve.log.slice(from).includes("child_ended"));
    });
    if (engine === "sqlite")
        await test("the sink keeps its folder and its ports", async () => {
            const sink = site.children.get("sink");
            compare(await probe(sink, sink.child.pid), {
                "read-master-key": "EACCES",
                "read-database": "EACCES",
                "read-mails": "done",
                "make-data-file": "EACCES",
                "read-passwd": "EACCES",
                "connect-relay": "ENOSYS",
                "bind-port": "EACCES",
                "udp-socket": "ENOSYS",
                fork: "ENOSYS",
            });
        });
    await site.remove();
}

async function levels() {
    const site = await Installation.make();
    await test("doctor says what the kernel holds, and what was turned off", async () => {
        const { matters } = await site.doctor();
        assert.match(matters.sandbox.finding, /files, ports and system calls are held/);
        site.more = ["--sandbox", "off"];
        assert.match((await site.doctor()).matters.sandbox.finding, /turned off/);
        site.more = ["--sandbox", "perhaps"];
        assert.equal((await site.run("doctor")).code, 2);
    });

    // A kernel without Landlock, by a filter of strace.
    const without = ["-f", "-qq", "-o", "/dev/null", "-e",
        "inject=landlock_create_ruleset:error=EOPNOTSUPP", releaseBinary];
    await test("without Landlock: try starts and warns, require does not start", async () => {
        site.more = ["--sandbox", "require"];
        const strict = await command("strace",
            [...without, "serve", "--only", "web", ...site.options()]);
        assert.equal(strict.code, 5, strict.err);
        assert.match(strict.err, /level=error event=process.confined kind=web .* files=0 /);
        assert.match(strict.err, /cannot be confined as --sandbox=require asks/);
        const sick = await command("strace", [...without, "doctor", ...site.options()]);
        assert.match(sick.out, /ATTENTION sandbox +this kernel holds no files: serve does not start/);
        site.more = ["--sandbox", "try"];
        const lax = await command("timeout",
            ["2", "strace", ...without, "serve", "--only", "web", ...site.options()]);
        assert.match(lax.err, /level=warn event=process.confined kind=web .* files=0 .* calls=1/);
        assert.match(lax.err, /web.ready/);
    });
    await site.remove();
}

await run(async () => {
    const { out } = await command(releaseBinary, ["help", "options"]);
    assert.match(out, /--sandbox/);
    await intruder();
    await levels();
    await intrusion("sqlite");
    if (postgres) await intrusion("postgresql");
    else skip("postgresql", "UNDERSIGNED_TEST_PG is not set");
});
