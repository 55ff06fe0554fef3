// SPDX-License-Identifier: EUPL-1.2
// Files beside the texts of the content folder: pictures and documents of strangers go through the
// real import, come back under an address that never changes, and hostile ones take nothing along.

import { Installation, postgres, repository, sanitizedBinary } from "./lib/installation.mjs";
import { run, skip, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { deflateRawSync } from "node:zlib";

const pictures = path.join(repository, "tests/pictures");
const papers = path.join(repository, "tests/papers");
const logo =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><path d="M0 0h120v40z"/></svg>\n';
const pdf = "%PDF-1.7\n% nothing to see\n%%EOF\n";
const unclean = /AddressSanitizer|runtime error|event=bug/;

async function scenario(engine) {
    const begun = Date.now();
    const site = await Installation.make({ engine, binary: sanitizedBinary });
    const content = path.join(site.folder, "content");
    fs.cpSync(path.join(repository, "content/cohesion"), content, { recursive: true });
    const at = (name) => path.join(content, name);
    const put = (name, bytes) => fs.writeFileSync(at(name), bytes);
    // Less the drawings that the content brings along.
    const files = () =>
        site.tables.rows(
            `SELECT kind, slug, name, form, published, ${site.tables.hex("hash")} AS hash, bytes, ` +
                "width, height FROM content_file WHERE name <> 'front.svg' ORDER BY kind, slug, name, form",
        );
    const revision = () => site.tables.value("SELECT value FROM setting WHERE name = 'revision'");
    const published = () =>
        fs.readdirSync(path.join(site.data, "media"), { recursive: true }).sort().join(" ");
    const address = (f) => `/media/${f.hash}/${f.published}`;
    await site.startOnly("web");

    let all;
    await test(`${engine}: a logo, a photograph and a paper are taken in`, async () => {
        put("partner/aer/logo.svg", logo);
        put("story/metro-line-3-sofia/front.jpg", fs.readFileSync(path.join(pictures, "noted.jpg")));
        put("document/declaration-2022/text-en.pdf", pdf);
        fs.appendFileSync(at("document/declaration-2022/document.ini"), "file_en=text-en.pdf\n");
        const done = await site.run("import", content);
        assert.equal(done.code, 0, done.err);
        all = await files();
        assert.deepEqual(
            all.map((f) => [f.name, Number(f.form), f.published, Number(f.width)]),
            [
                ["text-en.pdf", 0, "text-en.pdf", 0],
                ["logo.svg", 0, "logo.svg", 120],
                ["front.jpg", 400, "front-400.webp", 400],
                ["front.jpg", 800, "front-800.webp", 800],
                ["front.jpg", 1200, "front-1200.jpg", 900],
                ["front.jpg", 1600, "front-1600.webp", 900],
            ],
        );
    });

    await test(`${engine}: they come back for good, and a drawing may do nothing`, async () => {
        const types = { pdf: "application/pdf", svg: "image/svg+xml", webp: "image/webp", jpg: "image/jpeg" };
        for (const f of all) {
            const answer = await site.visitor.get(address(f));
            assert.equal(answer.status, 200);
            assert.equal(answer.headers["content-type"], types[f.published.split(".")[1]]);
            assert.match(answer.headers["cache-control"], /max-age=31536000, immutable/);
            assert.equal(answer.headers["x-content-type-options"], "nosniff");
            const hash = createHash("sha256").update(answer.bytes).digest("hex");
            assert.equal(hash.slice(0, 32), f.hash);
            assert.equal(answer.bytes.length, Number(f.bytes));
            assert.ok(!answer.body.includes("secret place"), "where it was taken is taken out");
            const policy = String(answer.headers["content-security-policy"]);
            assert.equal(policy.includes("sandbox"), f.published.endsWith(".svg"));
        }
    });

    await test(`${engine}: the paper is a version of its document, with size and checksum`, async () => {
        const paper = all.find((f) => f.name === "text-en.pdf");
        const sum = createHash("sha256").update(pdf).digest("hex");
        await until("in the page", 10000, async () =>
            (await site.visitor.get("/da/documents/declaration-2022")).body.includes(address(paper)));
        const page = (await site.visitor.get("/da/documents/declaration-2022")).body;
        assert.ok(page.includes(`<a href="${address(paper)}" lang="en" hreflang="en">English</a>`));
        assert.ok(page.includes(`SHA-256 ${sum}`));
        assert.match(page, />PDF<[^]*?>1\u00a0KB</);
        assert.ok(page.includes(`"sha256":"${sum}"`));
    });

    await test(`${engine}: made-up addresses find nothing`, async () => {
        const [first] = all;
        for (const wrong of [
            `/media/${first.hash}/text-en.svg`,
            `/media/${first.hash}/text-en`,
            `/media/${first.hash.slice(0, 31)}/text-en.pdf`,
            `/media/${first.hash.slice(0, 31)}g/text-en.pdf`,
            `/media/${"0".repeat(32)}/text-en.pdf`,
            "/media/../keys/master.key",
            `/media/..%2f..%2fkeys/${first.published}`,
            `/media/${first.hash}/..%2f..%2fx.pdf`,
        ])
            assert.ok([400, 404].includes((await site.visitor.get(wrong)).status), wrong);
    });

    await test(`${engine}: a second import makes nothing again`, async () => {
        const before = published();
        const stat = (f) =>
            fs.statSync(path.join(site.data, "media", f.hash.slice(0, 2), `${f.hash}.${f.published.split(".")[1]}`));
        const times = all.map((f) => stat(f).mtimeMs);
        assert.equal((await site.run("import", content)).code, 0);
        assert.deepEqual(await files(), all);
        assert.equal(published(), before, "and leaves no folder behind");
        assert.deepEqual(all.map((f) => stat(f).mtimeMs), times);
    });

    const item = "document/declaration-2022";
    const ini = fs.readFileSync(at(`${item}/document.ini`), "utf8");
    const search = async (language, words) =>
        (await site.visitor.get(`/${language}/search?words=${encodeURIComponent(words)}`)).body;
    const texts = () => site.tables.value("SELECT count(*) FROM file_text");
    const found = [
        ["de", "unterwasserarchaologie", "In der Datei gefunden"],
        ["de", "effiziente", "In der Datei gefunden"],
        ["de", "Regionen Straßenbahnen", "In der Datei gefunden"],
        ["el", "θαλασσοπλοΐα", "Βρέθηκε στο αρχείο"],
        ["el", "anemogenn", "Βρέθηκε στο αρχείο"],
        ["bg", "ВЪЖЕНИ линии", "Намерено във файла"],
        ["bg", "vodosnab", "Намерено във файла"],
    ];

    await test(`${engine}: a paper without words is warned of, and published all the same`, async () => {
        const done = await site.run("import", content);
        assert.equal(done.code, 0, done.err);
        assert.match(done.err, /text-en\.pdf: warning: search cannot read it: locked, damaged/);
        assert.equal(Number(await texts()), 0);
    });

    await test(`${engine}: search reads papers in three scripts and says that it found them there`, async () => {
        for (const [name, code] of [["latin", "de"], ["greek", "el"], ["cyrillic", "bg"]])
            put(`${item}/text-${code}.pdf`, fs.readFileSync(path.join(papers, `${name}.pdf`)));
        put(`${item}/document.ini`, `${ini}file_de=text-de.pdf\nfile_el=text-el.pdf\nfile_bg=text-bg.pdf\n`);
        const dry = await site.run("import", content, "--dry-run");
        assert.equal(dry.code, 0, dry.err);
        assert.equal(Number(await texts()), 0, "a dry run keeps nothing");
        const done = await site.run("import", content);
        assert.equal(done.code, 0, done.err);
        assert.equal(Number(await texts()), 3);
        await until("search has them", 10000, async () => (await search("de", found[0][1])).includes(found[0][2]));
        for (const [language, words, said] of found) {
            const page = await search(language, words);
            assert.ok(page.includes(`href="/${language}/documents/declaration-2022"`), `${language}: ${words}`);
            assert.ok(page.includes(said), `${language}: ${words}: ${said}`);
            const list = `/${language}/documents?words=${encodeURIComponent(words)}`;
            assert.ok((await site.visitor.get(list)).body.includes(said), list);
        }
        // What stands in a title is not said to be in a file; nothing of other languages is mixed in.
        const titled = await search("de", "Erklärung");
        assert.ok(titled.includes("/de/documents/declaration-2022") && !titled.includes("In der Datei"));
        assert.match(await search("da", "unterwasserarchaologie"), /Intet blev fundet på denne sides sprog/);
        const again = await site.run("import", content);
        assert.equal(again.out, "nothing changes\n", again.err);
    });

    await test(`${engine}: another file under the same name is read anew, a locked one is warned of`, async () => {
        put(`${item}/text-de.pdf`, fs.readFileSync(path.join(papers, "locked.pdf")));
        const locked = await site.run("import", content);
        assert.equal(locked.code, 0, locked.err);
        assert.match(locked.err, /text-de\.pdf: warning: search cannot read it: locked/);
        assert.equal(Number(await texts()), 2, "the words of the old file are gone");
        await until("nor found", 10000, async () => !(await search("de", found[0][1])).includes(found[0][2]));
        put(`${item}/text-de.pdf`, fs.readFileSync(path.join(papers, "greek.pdf")));
        assert.equal((await site.run("import", content)).code, 0);
        await until("those of the new one are there", 10000, async () =>
            (await search("de", "θαλασσοπλοΐα")).includes("In der Datei gefunden"));
        for (const code of ["de", "el", "bg"]) fs.rmSync(at(`${item}/text-${code}.pdf`));
        put(`${item}/document.ini`, ini);
        assert.equal((await site.run("import", content)).code, 0);
        assert.equal(Number(await texts()), 0);
        all = await files();
    });

    await test(`${engine}: a document without a day stands in the feed by the day it came`, async () => {
        const day = /^added=.*\n/m;
        const dated = ini.replace(day, "");
        assert.notEqual(dated, ini);
        put(`${item}/document.ini`, dated);
        assert.equal((await site.run("import", content)).code, 0);
        const entry = async () => {
            const { body } = await site.visitor.get("/en/documents.atom");
            return new RegExp(`<entry>(?:(?!</entry>)[^])*documents/declaration-2022(?:(?!</entry>)[^])*</entry>`).exec(body)[0];
        };
        // It came with the content, when this installation was made.
        const updated = async () => Date.parse(/<updated>(.*?)<\/updated>/.exec(await entry())[1]);
        await until("by its import", 10000, async () => (await updated()) >= begun);
        assert.ok((await updated()) <= Date.now());
        const first = await updated();
        put(`${item}/document.ini`, dated.replace(/^reference=.*$/m, "reference=QX-4711"));
        assert.equal((await site.run("import", content)).code, 0);
        await until("changed", 10000, async () => (await search("en", "qx 4711")).includes("declaration-2022"));
        assert.equal(await updated(), first);
        put(`${item}/document.ini`, ini);
        assert.equal((await site.run("import", content)).code, 0);
    });

    await test(`${engine}: a story shows its film, captions and the project's record`, async () => {
        const story = "story/metro-line-3-sofia";
        const film = Buffer.concat([Buffer.from("\0\0\0\x18ftypisom", "latin1"), Buffer.alloc(100000, 7)]);
        const ini = fs.readFileSync(at(`${story}/story.ini`), "utf8");
        put(`${story}/film.mp4`, film);
        put(`${story}/captions-bg.vtt`, "WEBVTT\n\n00:00.000 --> 00:02.000\nМетро\n");
        put(`${story}/kohesio.csv`, fs.readFileSync(path.join(repository, "fuzz/corpus/kohesio/comma.csv")));
        put(`${story}/story.ini`, `${ini.replace("picture=front.svg", "picture=front.jpg")}film=film.mp4\n`);
        const done = await site.run("import", content);
        assert.equal(done.code, 0, done.err);
        const { body } = await until("the page has the film", 10000, async () => {
            const answer = await site.visitor.get("/bg/stories/metro-line-3-sofia");
            return answer.body.includes("<video") && answer;
        });
        assert.match(body, /srcset="\/media\/[0-9a-f]{32}\/front-400\.webp 400w, [^"]*front-1600\.webp 900w"/);
        assert.match(body, /<track kind="captions" src="\/media\/[0-9a-f]{32}\/captions-bg\.vtt" srclang="bg"[^>]* default>/);
        assert.match(body, /134\u202f991\u00a0€/, "what the EU gave, as the language writes it");
        assert.match(body, /Sample municipality/);
        assert.match(body, /https:\/\/kohesio\.ec\.europa\.eu\/bg\/projects\/Q7361953/);
        const url = /<video[^>]* src="([^"]+)"/.exec(body)[1];
        const part = await site.visitor.get(url, { headers: { range: "bytes=4-7" } });
        assert.deepEqual([part.status, part.body, part.headers["content-range"]], [206, "ftyp", `bytes 4-7/${film.length}`]);
        put(`${story}/kohesio.csv`, "a,b\n1,2\n");
        assert.match((await site.run("import", content)).err, /kohesio\.csv: error: has no Operation_Unique_Identifier/);
        fs.rmSync(at(`${story}/kohesio.csv`));
        all = await files();
    });

    const bomb = Buffer.concat([
        Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x40\0\0\0\x40\0\x08\x06\0\0\0", "latin1"),
        deflateRawSync(Buffer.alloc(1 << 20)),
    ]);
    const hostile = [
        ["logo.svg", logo.replace("<path", "<script>alert(1)</script><path"), /logo\.svg:1: .*script/],
        ["logo.svg", logo.replace("<path", '<path onload="x"'), /runs a script/],
        ["logo.svg", '<!DOCTYPE svg [<!ENTITY a "a">]>' + logo, /declares entities/],
        ["photo.jpg", "GIF89a and more that is no photograph", /is no JPEG, PNG or WebP/],
        ["photo.png", bomb, /too many pixels/],
        ["photo.jpg", fs.readFileSync(path.join(pictures, "noted.jpg")).subarray(0, 200), /is no JPEG|cannot be decoded/],
        ["paper.pdf", logo, /does not hold what its name says/],
        ["film.mp4", pdf, /does not hold what its name says/],
        ["words.vtt", "WEBVTT\n\n\xff", /does not hold what its name says/, "latin1"],
        ["page.html", "<script>", /is no known file/],
        ["Logo.svg", logo, /other characters/],
        ["a.b.svg", logo, /is no known file|other characters/],
        ["empty.pdf", "", /is empty/],
        ["large.svg", Buffer.alloc((1 << 20) + 1, 32), /larger than the 1 MiB/],
    ];
    await test(`${engine}: hostile files are refused with their place, and nothing is half done`, async () => {
        const before = await revision();
        for (const [name, bytes, message, coding] of hostile) {
            const file = at(`partner/cemr/${name}`);
            fs.writeFileSync(file, bytes, coding);
            put("partner/aer/en.md", "title: Changed\nstate: original\n\nx\n");
            const done = await site.run("import", content);
            fs.rmSync(file);
            assert.notEqual(done.code, 0, name);
            assert.match(done.err, message);
            assert.ok(done.err.includes(`partner/cemr/${name}`), done.err);
            assert.doesNotMatch(done.err, unclean);
        }
        fs.symlinkSync("/etc/hostname", at("partner/cemr/paper.pdf"));
        const linked = await site.run("import", content);
        assert.notEqual(linked.code, 0);
        assert.match(linked.err, /paper\.pdf: error: is no plain file/);
        assert.equal(await revision(), before);
        assert.deepEqual(await files(), all);
        assert.ok(!published().includes("made-"));
    });
}

await run(async () => {
    await scenario("sqlite");
    if (postgres) await scenario("postgresql");
    else skip("files on PostgreSQL", "no test cluster");
});
