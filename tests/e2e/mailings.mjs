// SPDX-License-Identifier: EUPL-1.2
// A text gets a new version: who agreed to news is asked by mail, can leave with one click, and is
// asked once. And what stands around it: the letter that came back, the domains that doctor looks
// at, the end of collecting in the log.

import { Installation, command, freePort, postgres, repository } from "./lib/installation.mjs";
import { recount as recountAll } from "./lib/logbook.mjs";
import { cleanup, run, skip, test, until } from "./lib/tap.mjs";
import { formOf } from "./lib/visitor.mjs";
import { recount as recountInBrowser, Unreachable } from "../../static/proof/log.js";
import assert from "node:assert/strict";
import dgram from "node:dgram";
import fs from "node:fs";
import path from "node:path";

const page = "/en/sign/2026/person";

// A copy of the content with other rules and, from version 2, another text.
function contentWith(site, rules) {
    const folder = path.join(site.folder, `content-${Object.values(rules).join("-")}`);
    const declaration = path.join(folder, "declaration/2026");
    fs.cpSync(path.join(repository, "content/cohesion"), folder, { recursive: true });
    const ini = path.join(declaration, "declaration.ini");
    let text = fs.readFileSync(ini, "utf8");
    for (const [key, value] of Object.entries(rules))
        text = text.replace(new RegExp(`^${key}=.*$`, "m"), `${key}=${value}`);
    fs.writeFileSync(ini, text);
    if (rules.version > 1)
        for (const name of fs.readdirSync(declaration).filter((one) => one.endsWith(".md")))
            fs.appendFileSync(path.join(declaration, name), `\n${rules.version}.\n`);
    return folder;
}

// A name server that knows some records; everything else is not there.
async function nameServer(records) {
    const server = dgram.createSocket("udp4");
    server.on("message", (query, from) => {
        let at = 12;
        const labels = [];
        for (; query[at]; at += 1 + query[at])
            labels.push(query.toString("latin1", at + 1, at + 1 + query[at]));
        const question = query.subarray(12, at + 5);
        const kind = { 15: "MX", 16: "TXT" }[query.readUInt16BE(at + 1)];
        const value = records[`${kind} ${labels.join(".").toLowerCase()}`];
        const head = Buffer.alloc(12);
        query.copy(head, 0, 0, 2);
        head.writeUInt16BE(value ? 0x8180 : 0x8183, 2);
        head.writeUInt16BE(1, 4);
        head.writeUInt16BE(value ? 1 : 0, 6);
        const parts = [head, question];
        if (value) {
            const data =
                kind === "TXT"
                    ? Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
                    : Buffer.concat([
                          Buffer.from([0, 10]),
                          ...value.split(".").map((l) => Buffer.from(`${String.fromCharCode(l.length)}${l}`)),
                          Buffer.from([0]),
                      ]);
            const row = Buffer.alloc(12);
            row.writeUInt16BE(0xc00c, 0);
            row.writeUInt16BE(kind === "TXT" ? 16 : 15, 2);
            row.writeUInt16BE(1, 4);
            row.writeUInt32BE(60, 6);
            row.writeUInt16BE(data.length, 10);
            parts.push(row, data);
        }
        server.send(Buffer.concat(parts), from.port, from.address);
    });
    const port = await freePort();
    await new Promise((done) => server.bind(port, "127.0.0.1", done));
    cleanup(() => server.close());
    return `127.0.0.1:${port}`;
}

async function scenario(engine) {
    const site = await Installation.make({
        engine,
        more: [
            "--form-seconds", "0", "--mailing-rate", "900",
            "--mail-bounce", "bounce@back.alliance.example",
            "--mailing-from", "news@news.alliance.example",
        ],
    });
    await site.startSink();
    await site.startServe();

    const submit = async (email, more) => {
        const { values: form } = formOf((await site.visitor.get(page)).body, page);
        const own = { name: "Asked Again", email, country: "FI", consent: "1", ...more };
        const sent = await site.visitor.ask("POST", page, { form: { ...form, ...own } });
        assert.equal(sent.status, 303);
        return sent.headers.location;
    };
    const signed = async (email, more = {}) => {
        const receipt = await submit(email, more);
        const letter = await until(`mail to ${email}`, 30000, () => site.inbox.to(email)[0]);
        const own = await site.visitor.get(letter.link);
        const confirm = `${letter.link}/confirm`;
        const { values } = formOf(own.body, confirm);
        assert.equal((await site.visitor.ask("POST", confirm, { form: values })).status, 303);
        return { email, receipt };
    };
    const news = async () => Number(await site.tables.value("SELECT count(*) AS n FROM news"));
    const rawOf = (email) => {
        const folder = path.join(site.data, "inbox");
        const all = fs.readdirSync(folder).sort().map((n) => fs.readFileSync(path.join(folder, n), "latin1"));
        return all.filter((m) => m.includes(`Delivered-To: ${email}`)).at(-1);
    };
    const leaveOf = (raw) => /\/[a-z]{2}\/leave\/[0-9a-f]{52}/.exec(raw.replace(/=\r\n/g, ""))[0];

    const names = ["stays@example.org", "clicks@example.org", "writes@example.org"];
    await test(`${engine}: only who agreed to news is counted, and nothing is sent before --apply`, async () => {
        for (const name of names) await signed(name, { news: "1" });
        await signed("silent@example.org");
        await site.settled();
        let done = await site.run("renew", "2026", "--json");
        assert.deepEqual(JSON.parse(done.out), {
            declaration: "2026", version: 1, older: 0, asked: 0, due: 0, langs: {},
        });
        const imported = await site.run("import", contentWith(site, { version: 2 }));
        assert.equal(imported.code, 0, imported.err);
        done = await site.run("renew", "2026", "--json");
        assert.deepEqual(JSON.parse(done.out), {
            declaration: "2026", version: 2, older: 4, asked: 0, due: 3, langs: { en: 3 },
        });
        assert.equal(names.filter((name) => site.inbox.to(name).length > 1).length, 0);
        assert.equal((await site.run("renew", "nonsense")).code, 3);
        assert.equal((await site.run("renew")).code, 2);
    });

    await test(`${engine}: one letter each, from the mailings' sender, with a way out`, async () => {
        const both = await Promise.all([1, 2].map(() => site.run("renew", "2026", "--apply")));
        for (const done of both) assert.equal(done.code, 0, done.err);
        for (const name of names)
            await until(`the letter to ${name}`, 30000, () => site.inbox.to(name).length === 2);
        await site.run("renew", "2026", "--apply");
        await until("no job waits", 30000, async () =>
            Number(await site.tables.value("SELECT count(*) AS n FROM job WHERE kind = 7")) === 0);
        assert.deepEqual(names.map((name) => site.inbox.to(name).length), [2, 2, 2]);
        assert.equal(site.inbox.to("silent@example.org").length, 1);
        const raw = rawOf(names[0]);
        const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replace(/\r\n[ \t]+/g, " ");
        assert.match(head, /^From: .*<news@news\.alliance\.example>$/m);
        assert.match(head, /^List-Unsubscribe: <http:\/\/127\.0\.0\.1:\d+\/en\/leave\/[0-9a-f]{52}>, <mailto:bounce@back\.alliance\.example\?subject=leave-[0-9a-f]{52}>$/m);
        assert.match(head, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
        for (const name of ["From", "List-Unsubscribe", "List-Unsubscribe-Post", "Subject", "Date", "Message-ID"])
            assert.equal(head.match(new RegExp(`^${name}:`, "gim")).length, 1, `${name} stands once, for DKIM`);
        assert.ok(!head.includes(names[0].split("@")[0] + "/"), "the address is no part of the link");
    });

    await test(`${engine}: looking ends nothing, one click without cookie or token does`, async () => {
        const leave = leaveOf(rawOf(names[1]));
        for (let i = 0; i < 20; i++) assert.equal((await site.visitor.get(leave)).status, 200);
        assert.equal(await news(), 3);
        const body = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        const answer = await fetch(`http://127.0.0.1:${site.port}${leave}`, {
            method: "POST", redirect: "error",
            headers: { "content-type": "multipart/form-data; boundary=b" }, body,
        });
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("set-cookie"), null);
        assert.equal(await news(), 2);
        const change = (await site.tables.rows("SELECT what, is_given, lang FROM consent_change")).map((r) =>
            ({ ...r, is_given: Number(r.is_given) }));
        assert.deepEqual(change, [{ what: "news", is_given: 0, lang: "en" }]);
        assert.equal((await site.count()).count, 4, "the signature stays");
    });

    await test(`${engine}: the mail of a mail program does so, too`, async () => {
        const token = leaveOf(rawOf(names[2])).split("/").pop();
        const bounce = (input, ...more) =>
            command(site.binary, ["bounce", ...site.options(), ...more, "bounce@back.alliance.example"], { input });
        const letter = (subject) => `From: a@example.org\nTo: bounce@back.alliance.example\nSubject: ${subject}\n\n\n`;
        const forged = token.replace(/.$/, (c) => (c === "0" ? "1" : "0"));
        assert.equal((await bounce(letter(`leave-${forged}`))).code, 0);
        assert.equal(await news(), 2);
        // Without the master key the mail server keeps it for later.
        const keys = path.join(site.data, "keys");
        fs.renameSync(path.join(keys, "master.key"), path.join(keys, "away"));
        assert.equal((await bounce(letter(`leave-${token}`))).code, 75);
        fs.renameSync(path.join(keys, "away"), path.join(keys, "master.key"));
        const done = await bounce(letter(`leave-${token}`));
        assert.equal(done.out.trim(), "left", done.err);
        assert.equal(await news(), 1);
    });

    await test(`${engine}: the letter leads to the own page, where the new version is signed`, async () => {
        const link = site.inbox.to(names[0]).at(-1).link;
        const own = await site.visitor.get(link);
        assert.equal(own.status, 200);
        assert.ok(own.body.includes("Sign the new version"));
        const correct = await site.visitor.get(`${link}/correct`);
        const { values } = formOf(correct.body, `${link}/correct`);
        const sent = await site.visitor.ask("POST", `${link}/correct`, {
            form: { token: values.token, name: "Asked Again", country: "FI", renew: "1" },
        });
        assert.equal(sent.status, 303, sent.body);
        await site.settled();
        const { versions } = await site.count();
        assert.deepEqual(versions, [{ version: 1, count: 3 }, { version: 2, count: 1 }]);
    });

    await test(`${engine}: the page behind the form tells that the letter came back`, async () => {
        const receipt = await submit("gone@example.org");
        const letter = await until("the letter", 30000, () => site.inbox.to("gone@example.org")[0]);
        const words = "Our message to you could not be delivered.";
        assert.ok(!(await site.visitor.get(receipt)).body.includes(words));
        const report = fs.readFileSync(path.join(repository, "fuzz/corpus/bounce/postfix-unknown"), "latin1");
        const done = await command(site.binary, ["bounce", ...site.options(), letter.returnPath.slice(1, -1)], { input: report });
        assert.equal(done.out.trim(), "stopped", done.err);
        assert.ok((await site.visitor.get(receipt)).body.includes(words));
    });

    await test(`${engine}: doctor looks at each domain of ours`, async () => {
        process.env.UNDERSIGNED_RESOLVER = await nameServer({
            "MX alliance.eu": "mx.alliance.eu", "TXT alliance.eu": "v=spf1 mx -all",
            "TXT _dmarc.alliance.eu": "v=DMARC1; p=reject",
            "MX news.alliance.eu": "mx.alliance.eu", "TXT news.alliance.eu": "v=spf1 mx -all",
            "TXT back.alliance.eu": "v=spf1 mx -all",
        });
        const done = await command(site.binary, [
            "doctor", "--json", ...site.options(), "--mail-from", "no@alliance.eu",
            "--mailing-from", "no@news.alliance.eu", "--mail-bounce", "b@back.alliance.eu",
        ]);
        delete process.env.UNDERSIGNED_RESOLVER;
        const found = Object.fromEntries(done.out.trim().split("\n").map(JSON.parse).map((r) => [r.matter, r]));
        assert.ok(found["dns mx"].well && found["dns dmarc"].well, done.out);
        assert.ok(found["dns mailing mx"].well && found["dns mailing spf"].well, done.out);
        assert.ok(found["dns bounce spf"].well);
        assert.equal(found["dns bounce mx"].well, false, "nothing could come back there");
        assert.equal(found["dns bounce dkim"], undefined);
        assert.equal(done.code, 1);
    });

    await test(`${engine}: when collecting has ended, the log says so and takes no more`, async () => {
        const day = new Date(Date.now() - 86400000).toISOString().slice(0, 10);
        const imported = await site.run("import", contentWith(site, { version: 2, closes: day }));
        assert.equal(imported.code, 0, imported.err);
        await until("the close", 240000, async () =>
            Number(await site.tables.value("SELECT max(closed) AS n FROM log_head")) > 0, 200);
        await site.settled();
        const folder = path.join(site.data, "log/2026");
        const verified = await command(site.binary, ["verify", "--json", folder]);
        assert.equal(verified.code, 0, verified.err);
        const sum = JSON.parse(verified.out);
        assert.equal(sum.closed, true);
        assert.equal(sum.total, 4);
        // Three more, of which none shares a line with the program.
        const { entries } = await site.readLog();
        const told = recountAll(entries);
        assert.ok(told.isClosed);
        assert.equal(told.count.total, 4);
        const read = async (name) => {
            if (!fs.existsSync(path.join(folder, name))) throw new Unreachable(name);
            return new Uint8Array(fs.readFileSync(path.join(folder, name)));
        };
        const { quorum, ...checks } = (await recountInBrowser(read)).checks;
        assert.equal(quorum, "absent"); // no witnesses here
        assert.deepEqual([...new Set(Object.values(checks))], ["holds"], JSON.stringify(checks));
        const go = path.join(site.folder, "recount");
        const env = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOCACHE: `${go}-cache` };
        const source = path.join(repository, "tests/e2e/outside/recount.go");
        assert.equal((await command("go", ["build", "-o", go, source], { env })).code, 0);
        const outside = await command(go, [folder]);
        assert.equal(outside.code, 0, outside.err);
        const again = await site.run("import", contentWith(site, { version: 2, closes: "2028-06-30" }));
        assert.equal(again.code, 4);
        assert.match(again.err, /the log of this declaration is closed/);
    });
    await site.remove();
}

await run(async () => {
    await scenario("sqlite");
    if (postgres) await scenario("postgresql");
    else skip("postgresql", "UNDERSIGNED_TEST_PG is not set");
});
