// SPDX-License-Identifier: EUPL-1.2
// A folder of content as a team keeps it: checked without a database, told what changes, imported
// once and again, its history; and watched while the site runs, confined.

import { Installation, command, languages, postgres, repository, sanitizedBinary } from "./lib/installation.mjs";
import { run, skip, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const unclean = /AddressSanitizer|runtime error|event=bug/;
const story = "story/metro-line-3-sofia";

async function scenario(engine) {
    const more = [];
    const site = await Installation.make({ engine, binary: sanitizedBinary, more });
    const content = path.join(site.folder, "content");
    fs.cpSync(path.join(repository, "content/cohesion"), content, { recursive: true });
    const at = (name) => path.join(content, name);
    const read = (name) => fs.readFileSync(at(name), "utf8");
    const edit = (name, from, to) => {
        const text = read(name);
        assert.ok(text.includes(from), `${name} holds ${from}`);
        fs.writeFileSync(at(name), text.replace(from, to));
    };
    const revision = () => site.tables.value("SELECT value FROM setting WHERE name = 'revision'");
    const json = (done) => JSON.parse(done.out);
    const check = (...flags) => command(sanitizedBinary, ["import", "--check", content, ...flags]);

    await test(`${engine}: a check needs no installation, and shows every language`, async () => {
        const done = await check("--strict");
        assert.equal(done.code, 0, done.err);
        const items = fs
            .readdirSync(content, { recursive: true })
            .filter((name) => path.basename(name) === "en.md").length;
        assert.ok(done.err.includes(`${items} items, ${24 * items} texts; 0 errors, 0 warnings`), done.err);
        assert.equal(done.out.match(/^ {2}\S+ +([OrmX!·] ?){24}$/gm).length, items);
        assert.ok(!done.out.includes("\u001b"), "no colours but on a terminal");
        const told = json(await check("--json"));
        assert.equal(told.languages.length, items);
        assert.deepEqual(Object.keys(told.totals), languages);
        assert.deepEqual(told.totals.da, { missing: 0, original: 0, reviewed: 0, machine: items, outdated: 0 });
    });

    await test(`${engine}: what stands is not imported again`, async () => {
        const before = await revision();
        const done = await site.run("import", content);
        assert.equal(done.code, 0, done.err);
        assert.equal(done.out, "nothing changes\n");
        assert.equal(await revision(), before);
    });

    await test(`${engine}: many problems are told at once, and nothing is changed`, async () => {
        const before = await revision();
        const kept = read(`${story}/el.md`);
        fs.writeFileSync(at(`${story}/el.md`), read(`${story}/bg.md`));
        edit(`${story}/da.md`, "state:", "staet:");
        edit("partner/aer/partner.ini", "website=", "website=https://");
        fs.rmSync(at(`${story}/fi.md`));
        const told = json(await check("--json"));
        const of = (file, severity) =>
            told.problems.filter((p) => p.file.endsWith(file) && p.severity === severity).map((p) => p.message);
        assert.ok(of(`${story}/el.md`, "warning").some((m) => m === "is in another language than el: bg"), told);
        assert.ok(of(`${story}/da.md`, "error").some((m) => m.startsWith("staet is no field here")));
        assert.ok(of("partner/aer/partner.ini", "error").some((m) => m.includes("not a host name")));
        assert.ok(of(story, "warning").some((m) => m.startsWith("lacks 2 of 24 languages: da fi")), told.problems);
        const row = told.languages.find((l) => l.item === "metro-line-3-sofia");
        assert.equal(row.fi, "missing");
        const done = await site.run("import", content);
        assert.equal(done.code, 1);
        assert.match(done.err, /da\.md:\d+: error: staet is no field/);
        assert.match(done.err, /nothing was changed/);
        assert.equal(await revision(), before);
        fs.writeFileSync(at(`${story}/el.md`), kept);
        for (const name of [`${story}/da.md`, `${story}/fi.md`, "partner/aer/partner.ini"])
            fs.copyFileSync(path.join(repository, "content/cohesion", name), at(name));
    });

    await test(`${engine}: what changes is told, then done, and what was is kept`, async () => {
        const before = Number(await revision());
        edit(`${story}/en.md`, "A new line", "A newer line");
        edit(`${story}/de.md`, "state: machine", "state: reviewed");
        const strict = await site.run("import", content, "--strict");
        assert.equal(strict.code, 1);
        assert.match(strict.err, /outdated in 23 languages/);
        const dry = await site.run("import", content, "--dry-run");
        assert.equal(dry.code, 0, dry.err);
        assert.match(dry.out, /^changed +story\/metro-line-3-sofia/m);
        assert.match(dry.out, /texts changed: 24, 1 in each language/);
        assert.equal(Number(await revision()), before);
        assert.equal((await site.run("content", "stamp", content, story)).code, 0);
        const done = await site.run("import", content);
        assert.equal(done.code, 0, done.err);
        assert.equal(Number(await revision()), before + 1);
        const past = await site.run("content", "history", story, "en", "--full");
        assert.match(past.out, /until 20\d\d-.*Z {2}en +replaced Metro line 3/);
        assert.ok(past.out.includes("A new line links"));
        assert.equal((await site.run("content", "history", "page/nothing")).code, 0);
        assert.equal((await site.run("import", content)).out, "nothing changes\n");
    });

    let author;
    await test(`${engine}: a watched folder is on the site soon after it is saved`, async () => {
        more.push("--content-folder", content, "--sandbox", "require");
        await site.startOnly("web");
        author = await site.startOnly("author");
        await until("the folder is loaded", 20000, () => author.log.includes("event=author.loaded"));
        const shows = (words) => async () => (await site.visitor.get("/en/stories")).body.includes(words);
        edit(`${story}/en.md`, "A newer line", "The newest line");
        await until("the page has it", 20000, shows("The newest line"));
        const page = await site.visitor.get("/da/stories");
        assert.match(page.body, /før originalen blev ændret/, "the translations are marked");
        fs.mkdirSync(at("page/fresh"));
        fs.writeFileSync(at("page/fresh/en.md"), "title: Fresh\nstate: original\n\nSee [how](page/how-it-works).\n");
        await until("a new page is there", 20000, async () =>
            (await site.visitor.get("/en/page/fresh")).body.includes('<a href="/en/page/how-it-works">how</a>'));
        edit("page/fresh/en.md", "page/how-it-works", "page/nowhere");
        await until("the log says why not", 20000, () =>
            /event=author\.problem file=\S+fresh\/en\.md line=4 message=.*not there/.test(author.log));
        assert.ok((await site.visitor.get("/en/page/fresh")).body.includes("how-it-works"), "the site stays as it was");
        fs.rmSync(at("page/fresh"), { recursive: true });
        await until("it is gone", 20000, async () => (await site.visitor.get("/en/page/fresh")).status === 404);
    });

    const told = (pattern, from) => until(`the log has ${pattern}`, 30000, () => pattern.test(author.log.slice(from)));
    const storyPage = async () => (await site.visitor.get("/en/stories/metro-line-3-sofia")).body;
    const forms = (body) => /\/media\/[0-9a-f]{32}\/front-400\.webp/.exec(body)?.[0];
    const photo = (name) => fs.readFileSync(path.join(repository, "tests/pictures", name));
    const broken = Buffer.from(
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x20\0\0\0\x20\0\x08\x02\0\0\0 and then nothing",
        "latin1",
    );
    const made = () =>
        fs.readdirSync(path.join(site.data, "media"), { recursive: true }).filter((name) => name.includes("."));
    let shown;
    await test(`${engine}: a photograph and its words are shown while the site runs, and replaced`, async () => {
        fs.writeFileSync(at(`${story}/front.jpg`), photo("noted.jpg"));
        edit(`${story}/en.md`, "picture_alt: Drawing: a metro train", "picture_alt: By night a metro train");
        edit(`${story}/story.ini`, "picture=front.svg", "picture=front.jpg");
        shown = await until("the photograph", 30000, async () => forms(await storyPage()));
        const page = await storyPage();
        assert.match(page, /srcset="[^"]*front-400\.webp 400w, [^"]*front-800\.webp 800w, [^"]*front-1600\.webp 900w"/);
        assert.match(page, /alt="By night a metro train/);
        const first = shown;
        assert.equal((await site.visitor.get(first)).headers["content-type"], "image/webp");
        fs.writeFileSync(at(`${story}/front.jpg`), photo("turned.jpg"));
        shown = await until("the other one", 30000, async () => {
            const now = forms(await storyPage());
            return now && now !== shown && now;
        });
        assert.equal((await site.visitor.get(first)).status, 200, "the old address works on");
    });

    await test(`${engine}: what has not changed is not made again`, async () => {
        const times = () => made().map((name) => `${name} ${fs.statSync(path.join(site.data, "media", name)).mtimeMs}`);
        const before = times();
        const from = author.log.length;
        edit(`${story}/en.md`, "The newest line", "The very newest line");
        await told(/author\.loaded changed=1 /, from);
        assert.deepEqual(times(), before);
        assert.ok(!made().some((name) => name.startsWith("made-")));
    });

    await test(`${engine}: a broken photograph is refused by name, and the old one stays`, async () => {
        const before = await revision();
        const from = author.log.length;
        fs.writeFileSync(at(`${story}/front.jpg`), broken);
        await told(/author\.problem file=\S+front\.jpg line=0 message="?cannot be decoded[^]*author\.refused .*outcome=invalid/, from);
        assert.equal(await revision(), before);
        assert.equal(forms(await storyPage()), shown);
        fs.writeFileSync(at(`${story}/front.jpg`), photo("turned.jpg"));
        await told(/author\.loaded changed=0 /, from);
        assert.equal(await revision(), before);
    });

    const finds = async () =>
        (await site.visitor.get("/de/search?words=unterwasserarchaologie")).body.includes("In der Datei gefunden");
    await test(`${engine}: a paper is found by its words, and gone once it is taken away`, async () => {
        const item = "document/declaration-2022";
        const ini = read(`${item}/document.ini`);
        fs.copyFileSync(path.join(repository, "tests/papers/latin.pdf"), at(`${item}/text-de.pdf`));
        fs.writeFileSync(at(`${item}/document.ini`), `${ini}file_de=text-de.pdf\n`);
        await until("search has it", 30000, finds);
        fs.rmSync(at(`${item}/text-de.pdf`));
        fs.writeFileSync(at(`${item}/document.ini`), ini);
        await until("search has it no more", 30000, async () => !(await finds()));
        fs.rmSync(at(`${story}/front.jpg`));
        edit(`${story}/story.ini`, "picture=front.jpg", "picture=front.svg");
        await until("the drawing is back", 30000, async () => !forms(await storyPage()));
    });

    await test(`${engine}: no watched folder opens a declaration, and the process ends in peace`, async () => {
        const from = author.log.length;
        const declarations = () => site.tables.value("SELECT count(*) AS n FROM declaration");
        const before = await declarations();
        fs.cpSync(at("declaration/2026"), at("declaration/next"), { recursive: true });
        await told(/author\.problem file=declaration\/next\/declaration\.ini .*import[^]*author\.refused/, from);
        assert.equal(await declarations(), before);
        fs.rmSync(at("declaration/next"), { recursive: true });
        await told(/author\.loaded changed=0 /, from);
        const ended = await site.end("author");
        assert.equal(ended.code, 0, ended.log);
        assert.doesNotMatch(ended.log, unclean);
        await site.end("web");
    });
}

await run(async () => {
    await scenario("sqlite");
    if (postgres) await scenario("postgresql");
    else skip("content on PostgreSQL", "no test cluster");
});
