// SPDX-License-Identifier: EUPL-1.2
// The main job through the real program, as people meet it: sign, mail, press, counted, seen,
// changed, withdrawn. Whole on both engines; on SQLite with the sanitized binary.

import {
    Installation,
    languages,
    postgres,
    releaseBinary,
    sanitizedBinary,
} from "./lib/installation.mjs";
import { recount } from "./lib/logbook.mjs";
import { cleanup, note, run, skip, sleep, stop, test, until } from "./lib/tap.mjs";
import { Visitor, formOf, textOf } from "./lib/visitor.mjs";
import assert from "node:assert/strict";

// lang, kind, name, email, country, and what else the form asks for.
const signers = [
    ["da", "person", "Solveig Ærøskøbing", "solveig@example.eu", "DK",
        { place: "Næstved", reason: "Fordi ingen egn må glemmes.", listed: "1" }],
    ["el", "organisation", "Ελένη Παπαδοπούλου", "eleni@example.gr", "GR",
        { organisation: "Δήμος Δοκιμής", role: "Πρόεδρος", listed: "1" }],
    ["bg", "mandate", "Иван Петров", "ivan@example.bg", "BG",
        { organisation: "Общински съвет Проба", role: "Съветник", listed: "1" }],
    ["fi", "person", "Aino Hiljainen", "aino@example.fi", "FI", {}],
    ["mt", "person", "Ġużeppi Ħaż-Żebbuġ", "guzeppi@example.mt", "MT", { listed: "1" }],
    ["ga", "person", "Aoife O’Brien-Ó Súilleabháin", "aoife@example.ie", "IE", { listed: "1" }],
    ["de", "person", "Jürgen D'Ärger", "juergen@example.de", "DE", { news: "1" }],
].map(([lang, kind, name, email, country, more]) => {
    return { lang, kind, name, email, country, ...more };
});

// What two answers must share when one address is known and the other is not: all but the receipt,
// which is opaque (and one character longer behind the millionth link), and the moment.
function visible({ status, headers, body }) {
    const { date, "content-length": length, ...others } = headers;
    const receipt = headers.location.split("/").pop();
    assert.ok(Number(length) > receipt.length && date);
    return JSON.stringify({ status, others, body }).replaceAll(receipt, "RECEIPT");
}

const withoutTokens = (html, receipt) =>
    html.replaceAll(receipt, "RECEIPT").replace(/name="token" value="[^"]*"/g, "TOKEN");

async function journey(engine, binary) {
    const scene = (name, body) => test(`${engine}: ${name}`, body);
    let site;
    const forms = new Map();
    const people = structuredClone(signers);

    await scene("init, sink and serve come up", async () => {
        site = await Installation.make({ engine, binary });
        await site.startSink();
        const began = performance.now();
        await site.startServe();
        note(`${engine}: serve took ${Math.round(performance.now() - began)} ms to be ready`);
        const count = await site.count();
        assert.equal(count.count, 0);
        await until("doctor finds all well", 30000, async () => (await site.doctor()).code === 0);
    });
    if (!site?.children.has("serve")) return stop("it did not start");
    const { visitor, inbox, tables } = site;
    const address = (one) => `/${one.lang}/sign/${one.slug ?? "2026"}/${one.kind}`;

    await scene("a form sent at once comes back as typed, and nothing is stored", async () => {
        for (const one of [...people, { lang: "fr", kind: "person", slug: "petition" }])
            forms.set(address(one), formOf((await visitor.get(address(one))).body, address(one)));
        const first = people[0];
        const { values } = forms.get(address(first));
        const early = await visitor.ask("POST", address(first), { form: fill(first, values) });
        assert.equal(early.status, 422);
        assert.match(early.body, /value="Solveig Ærøskøbing"/);
        assert.match(early.body, /value="solveig@example.eu"/);
        assert.equal(Number(await tables.value("SELECT count(*) AS n FROM signature")), 0);
    });

    // Unknown types are taken from the form itself: the first that is offered.
    function fill(one, values) {
        const { lang, kind, slug, ...own } = one;
        return { ...values, consent: "1", ...own };
    }

    await sleep(3100); // the least age of a form
    await scene("all three kinds sign in seven languages; nothing counts yet", async () => {
        for (const one of people) {
            if (one.kind !== "person") {
                const shown = (await visitor.get(address(one))).body;
                const select = /<select[^>]*name="type"[\s\S]*?<\/select>/.exec(shown)[0];
                one.type = /<option value="([a-z-]+)"/.exec(select)[1];
            }
            const form = fill(one, forms.get(address(one)).values);
            const sent = await visitor.ask("POST", address(one), { form });
            assert.equal(sent.status, 303, `${one.lang}: ${textOf(sent.body).slice(0, 300)}`);
            one.sent = sent;
            assert.equal((await visitor.get(sent.headers.location)).status, 200);
        }
        assert.equal((await site.count()).count, 0);
    });

    await scene("one mail each, in the signer's language, with one link", async () => {
        for (const one of people) {
            const [letter] = await until(`mail to ${one.email}`, 15000, () => {
                const got = inbox.to(one.email);
                return got.length > 0 && got;
            });
            assert.equal(letter.lang, one.lang);
            assert.ok(letter.subject.length > 5, letter.subject);
            assert.match(letter.link, new RegExp(`^/${one.lang}/s/[\\w-]{32}$`));
            assert.ok(letter.html.includes(letter.link), "the HTML part has the link");
            assert.equal(new Set(letter.text.match(/https?:\/\/\S+\/s\/\S+/g)).size, 1);
            one.link = letter.link;
        }
        assert.equal(inbox.letters.length, people.length);
    });

    const states = () => tables.rows("SELECT id, state, leaf FROM signature ORDER BY id");
    await scene("100 GET and HEAD on each link change nothing", async () => {
        const before = JSON.stringify(await states());
        const robots = { "user-agent": "LinkScanner/1.0", purpose: "prefetch" };
        for (const { link } of people.slice(0, 3)) {
            const looks = Array.from({ length: 100 }, (_, i) =>
                visitor.ask(i % 2 ? "HEAD" : "GET", link, { headers: i % 3 ? {} : robots }));
            for (const [i, look] of (await Promise.all(looks)).entries()) {
                assert.equal(look.status, 200);
                assert.equal(look.body.length > 0, i % 2 === 0);
                assert.match(look.headers["cache-control"], /no-store/);
            }
        }
        for (const method of ["PUT", "DELETE", "PATCH"])
            assert.ok((await visitor.ask(method, people[0].link)).status >= 400);
        assert.equal((await visitor.get(`${people[0].link}/confirm`)).status, 405);
        assert.equal(JSON.stringify(await states()), before);
        assert.equal((await site.count()).count, 0);
    });

    const live = (html) => Number(/data-count="(\d+)"/.exec(html)?.[1] ?? 0);
    const within = 30000; // seconds.mjs measures what is promised
    async function everywhere(expected, slug = "2026") {
        const began = performance.now();
        await until(`${expected} in count.json`, within, async () =>
            (await site.count(slug)).count === expected);
        const left = within - (performance.now() - began);
        await until(`${expected} on the pages of 24 languages`, left, async () => {
            const pages = await Promise.all(languages.map((lang) =>
                visitor.get(slug === "2026" ? `/${lang}` : `/${lang}/figures/${slug}`)));
            return pages.every((page) => page.status === 200 && live(page.body) === expected);
        });
        return Math.round(performance.now() - began);
    }

    await scene("the button confirms, and the count moves everywhere", async () => {
        for (const [i, one] of people.entries()) {
            const pressed = await visitor.send(one.link, {}, "/confirm");
            assert.equal(pressed.status, 303);
            assert.equal(pressed.headers.location, one.link);
            one.own = await visitor.get(one.link);
            assert.equal(one.own.status, 200);
            assert.ok(!one.own.body.includes(`action="${one.link}/confirm"`), "the button is gone");
            note(`${engine}: signature ${i + 1} everywhere after ${await everywhere(i + 1)} ms`);
        }
        const { persons, organisations, mandates } = await site.count();
        assert.deepEqual([persons, organisations, mandates], [5, 1, 1]);
    });

    await scene("own page: recorded, then included as a line that is there", async () => {
        const english = people[0].link.replace("/da/", "/en/");
        const page = await until("included", 30000, async () => {
            const text = textOf((await visitor.get(english)).body);
            return /As line \d+ of a log of [\d\s,.\u202f]+ lines/.test(text) && text;
        });
        const line = Number(/As line (\d+) of/.exec(page)[1]);
        const log = await site.readLog();
        const [{ hex }] = await tables.rows(
            `SELECT ${tables.hex("commitment")} AS hex FROM signature WHERE leaf = ${line}`);
        assert.equal(log.entries[line], `sig1 add p DK ${hex}\n`);
    });

    await scene("pressing again shows the same page and counts nothing", async () => {
        const one = people[0];
        const before = await visitor.get(one.link);
        // Its own page has no button any more; one from a page that still has.
        const [pending] = await newcomers(1, "pending");
        const { token } = formOf((await visitor.get(pending)).body, "/confirm").values;
        for (let i = 0; i < 3; i++) {
            const sent = await visitor.ask("POST", `${one.link}/confirm`, { form: { token } });
            assert.equal(sent.status, 303);
            assert.equal(sent.headers.location, one.link);
        }
        const after = await visitor.get(one.link);
        const bare = (html) => html.replace(/name="token" value="[^"]*"/g, "");
        assert.equal(bare(after.body), bare(before.body));
        await sleep(600);
        assert.equal((await site.count()).count, people.length);
    });

    // Signs as that many new people; the links from their mails.
    async function newcomers(n, tag, lang = "en") {
        const form = forms.get(address(people[0]));
        const emails = Array.from({ length: n }, (_, i) => `${tag}-${i}@example.org`);
        for (const email of emails) {
            const own = { name: `New ${email}`, email, country: "SE", consent: "1" };
            const sent = await visitor.ask("POST", `/${lang}/sign/2026/person`, {
                form: { ...form.values, ...own },
            });
            assert.equal(sent.status, 303);
        }
        const links = [];
        for (const email of emails)
            links.push(await until(`mail to ${email}`, 15000, () => inbox.to(email)[0]?.link));
        return links;
    }

    await scene("the register shows the name only of those who chose it", async () => {
        for (const lang of ["en", "da", "el"]) {
            const html = (await visitor.get(`/${lang}/signatories/2026`)).body;
            for (const one of people) {
                const name = one.kind === "organisation" ? one.organisation : one.name;
                assert.equal(textOf(html).includes(name), Boolean(one.listed), `${lang}: ${name}`);
                assert.ok(!html.includes(one.email));
            }
            assert.match(html, /noindex/);
        }
        const found = await visitor.get("/en/signatories/2026?words=solveig+aeroskobing");
        assert.ok(textOf(found.body).includes("Solveig Ærøskøbing"), "found without accents");
        const greek = await visitor.get("/en/signatories/2026?country=GR&kind=organisation");
        assert.ok(textOf(greek.body).includes("Δήμος Δοκιμής"));
        assert.ok(!textOf(greek.body).includes("Solveig"));
    });

    const listed = async (name) =>
        textOf((await visitor.get("/en/signatories/2026")).body).includes(name);
    await scene("hide and show: the register follows, the count does not move", async () => {
        const { link, name } = people[0];
        const hidden = await sendChoices(link, { listed: undefined });
        assert.equal(hidden.status, 303);
        await until("hidden", 30000, async () => !(await listed(name)));
        await sendChoices(link, { listed: "1", news: "1" });
        await until("shown", 30000, () => listed(name));
        assert.equal((await site.count()).count, people.length);
        const rows = await tables.rows("SELECT what, is_given FROM consent_change ORDER BY id");
        const history = rows.map((row) => `${row.what} ${row.is_given}`);
        assert.deepEqual(history, ["list 0", "list 1", "news 1"]);
    });

    async function sendChoices(link, choices) {
        const form = formOf((await visitor.get(link)).body, "/choices");
        const values = { ...form.values, ...choices };
        for (const name of Object.keys(values)) if (values[name] === undefined) delete values[name];
        return visitor.ask("POST", form.action, { form: values });
    }

    await scene("a correction: new name, one leaf for one, same count", async () => {
        const { link, name } = people[0];
        const before = await site.readLog();
        const fix = { name: "Solveig Rettet", place: "Køge" };
        const sent = await visitor.send(`${link}/correct`, fix, "/correct");
        assert.equal(sent.status, 303);
        await until("the new name", 30000, () => listed("Solveig Rettet"));
        assert.ok(!(await listed(name)));
        people[0].name = "Solveig Rettet";
        await site.settled();
        const after = await site.readLog();
        const fresh = after.entries
            .slice(before.entries.length)
            .filter((one) => !one.includes("tally"));
        assert.match(fresh[0], /^sig1 add p DK /);
        assert.match(fresh[1], /^sig1 sub \d+ duplicate\n$/);
        assert.equal(fresh.length, 2);
        assert.equal((await site.count()).count, people.length);
    });

    await scene("withdrawn: count and name go; undone: both come back", async () => {
        const { link, name } = people[0];
        assert.equal((await visitor.send(`${link}/withdraw`, {}, "/withdraw")).status, 303);
        await everywhere(people.length - 1);
        assert.ok(!(await listed(name)));
        const { token } = formOf((await visitor.get(link)).body, "/undo").values;
        for (let i = 0; i < 2; i++) {
            // the second press finds it done
            const undone = await visitor.ask("POST", `${link}/undo`, { form: { token } });
            assert.equal(undone.status, 303);
        }
        await everywhere(people.length);
        assert.ok(await listed(name));
    });
    await scene("the light petition: name, mail, country; its own count", async () => {
        const page = "/fr/sign/petition/person";
        const { values, fields } = forms.get(page);
        for (const field of ["organisation", "place", "reason", "role"])
            assert.ok(!fields.includes(field));
        const email = "amelie@example.fr";
        const sent = await visitor.ask("POST", page, {
            form: { ...values, name: "Amélie Œuvre", email, country: "FR", consent: "1" } });
        assert.equal(sent.status, 303);
        const letter = await until("mail", 15000, () => inbox.to(email)[0]);
        assert.equal(letter.lang, "fr");
        assert.equal((await visitor.send(letter.link, {}, "/confirm")).status, 303);
        await everywhere(1, "petition");
        assert.equal((await site.count()).count, people.length);
    });

    await scene("a known address gets the same answer on screen and another mail", async () => {
        const form = forms.get(address(people[3]));
        const signing = (email) => visitor.ask("POST", address(people[3]), {
            form: { ...form.values, name: people[3].name, email, country: "FI", consent: "1" } });
        const known = await signing(people[3].email);
        const fresh = await signing("aine@example.fi");
        assert.equal(visible(known), visible(fresh));
        const pages = await Promise.all([known, fresh].map(async (sent) => {
            const shown = await visitor.get(sent.headers.location);
            return withoutTokens(shown.body, sent.headers.location.split("/").pop());
        }));
        assert.equal(pages[0], pages[1]);
        const second = await until("second mail", 15000, () => inbox.to(people[3].email)[1]);
        const first = await until("first mail", 15000, () => inbox.to("aine@example.fi")[0]);
        assert.notEqual(second.subject, first.subject);
        assert.equal(second.lang, "fi");
        // Its link leads to the signature that counts, with nothing to confirm.
        const page = await visitor.get(second.link);
        assert.equal(page.status, 200);
        assert.ok(!page.body.includes("/confirm\""));
    });

    await scene("64 clients, one address, 1,000 confirmations at once, 100 replays: one leaf", () =>
        crowd(site, forms.get(address(people[0])).values));

    await scene("the log recounted, tables, count.json and tally agree", async () => {
        for (const slug of ["2026", "petition"]) {
            const shown = await site.settled(slug);
            const log = await site.readLog(slug);
            const { count } = recount(log.entries);
            assert.equal(shown.size, log.entries.length);
            assert.equal(shown.count, count.total);
            for (const kind of ["persons", "organisations", "mandates"])
                assert.equal(shown[kind], count[kind]);
            const rows = await tables.value(
                "SELECT count(*) AS n FROM signature s, declaration d WHERE " +
                    `d.slug = '${slug}' AND s.declaration = d.id AND s.state = 1`,
            );
            assert.equal(Number(rows), count.total);
            const told = (await site.run("tally", "--json")).out.trim().split("\n");
            const mine = told.map((line) => JSON.parse(line)).find((d) => d.declaration === slug);
            assert.equal(mine.total, count.total);
            const csv = (await visitor.get(`/data/${slug}/figures.csv`)).body.trim().split("\r\n");
            const sum = csv.slice(1).reduce((all, line) => all + Number(line.split(",")[2]), 0);
            assert.equal(sum, count.total);
            // Whatever came and went, the log's counts by language are those of the rows.
            const tally = Number(await tables.value("SELECT CAST(COALESCE(sum(t.n), 0) AS BIGINT) AS n " +
                "FROM facet_tally t, declaration d WHERE t.facet = 1 AND " +
                `d.slug = '${slug}' AND t.declaration = d.id`));
            assert.equal(tally, count.total);
            const spoken = JSON.parse((await visitor.get(`/data/${slug}/languages.json`)).body);
            const by_language = spoken.languages.reduce((all, row) => all + row.count, spoken.few);
            assert.equal(by_language, count.total);
            assert.equal(spoken.unknown, 0);
        }
    });

    await scene("everything ends when asked, and no log line names a signer", async () => {
        const ended = [await site.end("serve"), await site.end("sink")];
        for (const one of ended) assert.equal(one.code, 0, one.log.slice(-2000));
        const log = ended[0].log;
        assert.ok(!/Sanitizer|runtime error|event=bug/.test(log), log.slice(0, 4000));
        for (const { email, name, link } of people)
            for (const word of [email, email.split("@")[0], name, link.split("/").pop()])
                assert.ok(!log.includes(word), `a log line has ${word}`);
            });
}

// 64 clients press at once, each on links of its own and of the others, all for one address.
async function crowd(site, values) {
    const visitor = new Visitor(site.port, 64);
    cleanup(() => visitor.close());
    const [email, shouted] = ["crowd@example.eu", "CROWD@Example.EU"];
    const one = { name: "Only One", country: "SE", consent: "1", listed: "1" };
    const before = (await site.count()).count;
    const post = (path, form) => visitor.ask("POST", path, { form, timeout: 120000 });
    const signings = await inParallel(1000, 64, (i) =>
        post("/en/sign/2026/person", { ...values, ...one, email: i % 2 ? email : shouted }));
    assert.deepEqual([...new Set(signings.map((one) => one.status))], [303]);
    const rows = await site.tables.rows(
        "SELECT id FROM signature WHERE country = 'SE' AND is_listed = 1 AND state = 0");
    const ids = rows.map((row) => row.id);
    assert.equal(ids.length, 1000);
    const tokens = await site.addLinks(ids);
    const { token } = formOf((await visitor.get(`/en/s/${tokens[0]}`)).body, "/confirm").values;
    const presses = await inParallel(1000, 64, (i) =>
        post(`/en/s/${tokens[i]}/confirm`, { token }));
    const counts = {};
    for (const { status } of presses) counts[status] = (counts[status] ?? 0) + 1;
    assert.deepEqual(counts, { 303: 1, 409: 999 });
    const winner = tokens[presses.findIndex((one) => one.status === 303)];
    const replays = await inParallel(100, 64, () => post(`/en/s/${winner}/confirm`, { token }));
    assert.deepEqual([...new Set(replays.map((one) => one.status))], [303]);
    const shown = await site.settled();
    assert.equal(shown.count, before + 1);
    const log = await site.readLog();
    const [{ hex }] = await site.tables.rows(
        `SELECT ${site.tables.hex("commitment")} AS hex FROM signature WHERE state = 1 ` +
            `AND id IN (${ids.join(",")})`);
    assert.equal(log.entries.filter((one) => one.includes(hex)).length, 1);
    assert.equal(log.entries.filter((one) => / add p SE /.test(one)).length, 1);
}

// Runs `one(i)` for i < n, `width` at a time; the results in order.
async function inParallel(n, width, one) {
    const results = [];
    let next = 0;
    const worker = async () => {
        for (let i; (i = next++) < n; ) results[i] = await one(i);
    };
    await Promise.all(Array.from({ length: width }, worker));
    return results;
}

await run(async () => {
    await journey("sqlite", sanitizedBinary);
    if (postgres) await journey("postgresql", releaseBinary);
    else skip("postgresql: the journey", "UNDERSIGNED_TEST_PG is not set");
});
