// SPDX-License-Identifier: EUPL-1.2
// The recipe of the manual on a Postfix of our own, on loopback: what comes back is piped into the
// command, and waits in Postfix's queue while the command asks for that.

import { Installation, command, freePort, repository } from "./lib/installation.mjs";
import { cleanup, run, skip, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

const page = "/en/sign/2026/person";
const domain = "bounces.your.host"; // as in the manual
const user = "nobody";

// The lines that the manual gives, main.cf first.
function recipe() {
    const manual = fs.readFileSync(path.join(repository, "docs/manual.md"), "utf8");
    const about = manual.slice(manual.indexOf("## Mail that comes back"));
    return [...about.matchAll(/^```\n([^]*?)^```$/gm)].slice(0, 2).map((found) => found[1]);
}

const daemons = `smtp:unix smtpd:inet pickup:unix cleanup:unix qmgr:unix rewrite:unix:trivial-rewrite
    bounce:unix defer:unix:bounce trace:unix:bounce verify:unix flush:unix proxymap:unix
    proxywrite:unix:proxymap relay:unix:smtp showq:unix error:unix retry:unix:error discard:unix
    anvil:unix`;

// An instance that knows nothing of the machine's own.
class Postfix {
    static async make(site, argv) {
        const made = new Postfix();
        made.folder = path.join(site.folder, "postfix");
        made.config = path.join(made.folder, "etc");
        made.port = await freePort();
        for (const name of ["", "etc", "queue", "lib"]) fs.mkdirSync(path.join(made.folder, name), { recursive: true });
        fs.chmodSync(site.folder, 0o755);
        await command("chown", ["postfix", path.join(made.folder, "lib")]);
        const [main, master] = recipe();
        fs.writeFileSync(path.join(made.config, "main.cf"), `
compatibility_level = 3.6
queue_directory = ${made.folder}/queue
data_directory = ${made.folder}/lib
maillog_file = ${made.folder}/log
maillog_file_prefixes = ${made.folder}
myhostname = mail.your.host
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_relay_restrictions = permit_mynetworks, reject
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
import_environment = MAIL_CONFIG ASAN_OPTIONS
${main}`);
        const lines = daemons.split(/\s+/).map((row) => {
            const [name, kind, program = name] = row.split(":");
            const service = kind === "inet" ? `127.0.0.1:${made.port}` : name;
            const isPublic = ["pickup", "cleanup", "qmgr", "showq", "flush"].includes(name) || kind === "inet";
            const wake = { pickup: "60", qmgr: "1" }[name] ?? "-";
            const most = ["cleanup", "bounce", "defer", "trace", "flush"].includes(name) ? "0" : ["pickup", "qmgr", "verify", "proxywrite"].includes(name) ? "1" : "-";
            return `${service} ${kind} ${isPublic ? "n" : "-"} - n ${wake} ${most} ${program}`;
        });
        const ours = master
            .replace("user=undersigned", `user=${user}`)
            .replace(/argv=.*bounce --config \S+/, `argv=${argv.join(" ")}`);
        assert.ok(ours.includes("${recipient}") && ours.includes(argv[0]));
        fs.writeFileSync(path.join(made.config, "master.cf"),
            `${lines.join("\n")}\npostlog unix-dgram n - n - 1 postlogd\n${ours}`);
        cleanup(() => command("postfix", ["-c", made.config, "stop"]));
        const started = await command("postfix", ["-c", made.config, "start"]);
        assert.equal(started.code, 0, started.err + started.out + made.log());
        return made;
    }

    log() {
        const file = path.join(this.folder, "log");
        return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    }

    async says(pattern) {
        await until(`Postfix says ${pattern}`, 30000, () => pattern.test(this.log())).catch((error) => {
            throw new Error(`${error.message}\n${this.log()}`);
        });
    }

    // Hands a message in by SMTP.
    send(to, message) {
        const steps = ["EHLO there.example", "MAIL FROM:<>", `RCPT TO:<${to}>`, "DATA",
            `${message.replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..")}\r\n.`, "QUIT"];
        return new Promise((done, fail) => {
            const socket = net.connect(this.port, "127.0.0.1");
            let got = "";
            socket.on("error", fail);
            socket.on("data", (chunk) => {
                got += chunk;
                if (!/^\d{3} .*\r\n$/m.test(got)) return;
                if (/^[45]/.test(got)) fail(new Error(got));
                got = "";
                if (steps.length) socket.write(`${steps.shift()}\r\n`);
            });
            socket.on("close", () => done());
        });
    }
}

await run(async () => {
    const has = await command("sh", ["-c", "command -v postfix && id postfix"]);
    if (process.getuid() !== 0 || has.code !== 0) {
        skip("postfix", "needs root and Postfix");
        return;
    }
    const site = await Installation.make({
        more: ["--form-seconds", "0", "--mail-bounce", `bounce@${domain}`],
    });
    await site.startSink();
    await site.startServe();
    const { values: form } = formOf((await site.visitor.get(page)).body, page);
    const signed = async (email) => {
        const own = { name: "Came Back", email, country: "FI", consent: "1" };
        assert.equal((await site.visitor.ask("POST", page, { form: { ...form, ...own } })).status, 303);
        const letter = await until(`mail to ${email}`, 30000, () => site.inbox.to(email)[0]);
        return letter.returnPath.slice(1, -1);
    };
    const jobs = async () => Number(await site.tables.value("SELECT count(*) AS n FROM job"));
    const report = fs.readFileSync(path.join(repository, "fuzz/corpus/bounce/postfix-unknown"), "latin1");
    const first = await signed("gone@example.org");
    const second = await signed("gone-too@example.org");
    await until("both wait with a reminder", 30000, async () => (await jobs()) === 2);
    await command("chown", ["-R", user, site.data]);
    const config = path.join(site.folder, "undersigned.conf");
    fs.writeFileSync(config, `data = ${site.data}\n`);
    const program = path.join(site.folder, "undersigned"); // this tree may lie where only root looks
    fs.copyFileSync(site.binary, program);
    const postfix = await Postfix.make(site, [program, "bounce", "--config", config]);

    await test("a report that Postfix takes ends the mail to that signature", async () => {
        await postfix.send(first, report);
        await postfix.says(/relay=undersigned.*dsn=2\.0\.0.*status=sent/);
        assert.equal(await jobs(), 1);
    });

    await test("while the master key is away the report waits, and is taken later", async () => {
        const key = path.join(site.data, "keys/master.key");
        fs.renameSync(key, `${key}.away`);
        await postfix.send(second, report);
        await postfix.says(/relay=undersigned.*dsn=4\.3\.0.*status=deferred/);
        assert.equal(await jobs(), 1);
        fs.renameSync(`${key}.away`, key);
        await command("postqueue", ["-c", postfix.config, "-f"]);
        await until("it is taken", 30000, async () => (await jobs()) === 0).catch((error) => {
            throw new Error(`${error.message}\n${postfix.log()}`);
        });
    });

    await test("a letter that is no report is taken and changes nothing", async () => {
        const before = postfix.log().match(/status=sent/g).length;
        await postfix.send(first, "From: a@example.org\nSubject: hello\n\nhello\n");
        await until("it is taken", 30000, () => postfix.log().match(/status=sent/g).length > before);
        assert.ok(!/status=bounced/.test(postfix.log()));
    });

    await test("another address of the domain is refused at the door", async () => {
        await assert.rejects(postfix.send(`other@${domain}`, "hello"), /550/);
    });
    await command("postfix", ["-c", postfix.config, "stop"]);
    await site.remove();
});
