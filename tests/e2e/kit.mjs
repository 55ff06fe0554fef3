// SPDX-License-Identifier: EUPL-1.2
// Materials as others read them, from the confined program: codes by zbarimg, texts and fonts by
// poppler, the ZIP by unzip, sizes by the PNG itself; and the list of those interested, from the
// form over the mail to the organiser's table.

import { Installation, command, releaseBinary } from "./lib/installation.mjs";
import { cleanup, note, run, test, until } from "./lib/tap.mjs";
import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "undersigned-kit."));
cleanup(() => fs.rmSync(folder, { recursive: true, force: true }));
const here = (name) => path.join(folder, name);
const origin = "https://alliance.example.org";
const looked_at = ["en", "bg", "de", "el", "fi", "ga", "mt"];

async function must(file, ...args) {
    const done = await command(file, args);
    assert.equal(done.code, 0, `${file}: ${done.err}`);
    return done.out;
}

let site;

async function fetched(language, name, query = "") {
    const url = `http://127.0.0.1:${site.port}/${language}/kit/2026/${name}${query}`;
    const answer = await fetch(url);
    assert.equal(answer.status, 200, url);
    const at = here(`${language}-${name}`);
    fs.writeFileSync(at, Buffer.from(await answer.arrayBuffer()));
    return at;
}

// The whole kit, with how long its first bytes and all of them took.
function kit_streamed(language, query = "") {
    const began = performance.now();
    return new Promise((done, fail) => {
        http.get({ port: site.port, agent: false, path: `/${language}/kit/2026/kit.zip${query}` }, (answer) => {
            const parts = [];
            let first;
            answer.on("data", (bytes) => {
                first ??= performance.now() - began;
                parts.push(bytes);
            });
            answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, first,
                whole: performance.now() - began, bytes: Buffer.concat(parts) }));
            answer.on("error", fail);
        }).on("error", fail);
    });
}

const memory_of = (pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))[1]) << 10;

async function code_in(pdf, page = 1) {
    await must("pdftoppm", "-r", "100", "-png", "-f", String(page), "-l", String(page),
        "-singlefile", pdf, `${pdf}-page`);
    return (await must("zbarimg", "-q", "--raw", `${pdf}-page.png`)).trim();
}

await run(async () => {
    await test("the program starts confined, with signatures", async () => {
        site = await Installation.make({ more: ["--origin", origin, "--sandbox", "require",
            "--form-seconds", "0"] });
        await must(releaseBinary, "sample", "1234", "--data", site.data);
        await site.startSink();
        await site.startServe();
        await until("the count is public", 20000, async () => {
            const count = await fetch(`http://127.0.0.1:${site.port}/data/2026/count.json`);
            return (await count.json()).count === 1234;
        });
    });

    await test("posters: the code leads to the form, texts can be taken out, fonts are inside", async () => {
        for (const language of looked_at)
            for (const [name, width, height] of [["poster-a4.pdf", 595, 842], ["poster-a3.pdf", 842, 1191]]) {
                const pdf = await fetched(language, name);
                assert.equal(await code_in(pdf), `${origin}/${language}/sign/2026?src=qr`);
                const text = (await must("pdftotext", pdf, "-")).normalize("NFKC");
                assert.match(text, /1[\s\u202f]?234/, `${language} ${name}`);
                assert.ok(text.includes("#CohesionAlliance") && text.includes(`/${language}`));
                const fonts = (await must("pdffonts", pdf)).trim().split("\n").slice(2);
                assert.ok(fonts.length > 0);
                for (const font of fonts)
                    assert.match(font, /Commissioner-\w+ .* yes yes yes /, font);
                const info = await must("pdfinfo", pdf);
                const [, w, h] = info.match(/Page size: +([\d.]+) x ([\d.]+)/);
                assert.ok(Math.abs(w - width) < 1.5 && Math.abs(h - height) < 1.5, info);
            }
    });

    await test("scripts are text, not shapes", async () => {
        for (const [language, words] of [["el", "Συμμαχία για τη Συνοχή"], ["bg", "Алианс за сближаване"],
            ["mt", "Alleanza għall-Koeżjoni"], ["fi", "Koheesioallianssi"]]) {
            const text = await must("pdftotext", here(`${language}-poster-a4.pdf`), "-");
            assert.ok(text.includes(words), `${language}: ${text}`);
        }
    });

    await test("slides have five pages, the last with the code", async () => {
        const pdf = await fetched("de", "slides.pdf");
        assert.match(await must("pdfinfo", pdf), /Pages: +5\n/);
        assert.equal(await code_in(pdf, 5), `${origin}/de/sign/2026?src=qr`);
    });

    await test("a partner's code carries its name", async () => {
        const pdf = await fetched("fr", "poster-a4.pdf", "?src=aer");
        assert.equal(await code_in(pdf), `${origin}/fr/sign/2026?src=aer`);
    });

    await test("pictures have the sizes in their names", async () => {
        for (const size of ["1200x630", "1080x1080", "1080x1920"]) {
            const bytes = fs.readFileSync(await fetched("el", `share-${size}.png`));
            assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, size);
        }
    });

    await test("one ZIP holds everything", async () => {
        const began = performance.now();
        const zip = await fetched("hu", "kit.zip");
        note(`${fs.statSync(zip).size} bytes in ${Math.round(performance.now() - began)} ms`);
        await must("unzip", "-tqq", zip);
        const names = (await must("unzip", "-Z1", zip)).trim().split("\n");
        const expected = ["poster-a4-hu.pdf", "poster-a3-hu.pdf", "share-1200x630-hu.png", "slides-hu.pdf",
            "logo-hu.svg", "logo-hu.png", "texts-hu.txt", "signature-hu.html", "signature-hu.txt"];
        for (const name of expected) assert.ok(names.includes(`2026-${name}`), `${name} of ${names}`);
        assert.equal(names.length, 13);
    });

    await test("the ZIP is on its way before its last file is drawn", async () => {
        const firsts = [];
        for (const [language, query] of [["sk", ""], ["sl", ""], ["lt", "?src=aer"]]) {
            const kit = await kit_streamed(language, query);
            note(`${language}: first bytes after ${kit.first.toFixed(1)} ms of ${kit.whole.toFixed(1)}`);
            firsts.push(kit.first / kit.whole);
            assert.equal(kit.status, 200);
            assert.equal(kit.headers["transfer-encoding"], "chunked");
            assert.equal(kit.headers["content-length"], undefined);
            assert.match(kit.headers["content-disposition"], /attachment; filename="2026-kit-/);
            fs.writeFileSync(here("streamed.zip"), kit.bytes);
            await must("unzip", "-tqq", here("streamed.zip"));
            await must("python3", "-m", "zipfile", "-t", here("streamed.zip"));
        }
        assert.ok(Math.min(...firsts) < 0.5, `${firsts}`);
    });

    await test("many kits at once cost no more memory than a part for each", async () => {
        const pid = site.served().web;
        const one = (await kit_streamed("sk")).bytes.length;
        await Promise.all(Array.from({ length: 16 }, () => kit_streamed("sk")));
        const before = memory_of(pid);
        let most = before;
        const look = setInterval(() => { most = Math.max(most, memory_of(pid)); }, 5);
        const all = await Promise.all(Array.from({ length: 200 }, () => kit_streamed("sk")));
        clearInterval(look);
        for (const kit of all) assert.equal(kit.bytes.length, one);
        note(`200 kits of ${one} bytes: ${(most - before) >> 10} KiB more`);
        // Whole kits would be these bytes twice: once packed, and once more as the buffer grew.
        assert.ok(most - before < 200 * one, `${most - before} bytes more`);
    });

    await test("a head alone, and an unknown file", async () => {
        const url = `http://127.0.0.1:${site.port}/en/kit/2026/`;
        const head = await fetch(`${url}kit.zip`, { method: "HEAD" });
        assert.equal(head.status, 200);
        assert.equal(head.headers.get("content-type"), "application/zip");
        assert.equal((await fetch(`${url}kit.rar`)).status, 404);
    });

    await test("the list says format, size, language, date and licence of each file", async () => {
        const page = await (await fetch(`http://127.0.0.1:${site.port}/da/materials?src=aer`)).text();
        const items = page.split('<ul class="ledger">').slice(1).join("").split("<li>").slice(1)
            .filter((item) => item.includes("/kit/2026/"));
        assert.equal(items.length, 10);
        for (const item of items) {
            const [, file] = item.match(/href="(\/da\/kit\/2026\/[^"?]+)/);
            const [, shown] = item.match(/<span>([\d.,]+)\u00a0KB<\/span>/) ?? [];
            const real = (await (await fetch(`http://127.0.0.1:${site.port}${file}`)).arrayBuffer()).byteLength;
            assert.ok(Math.abs(Number(shown) - real / 1000) <= 1, `${file}: ${shown} KB of ${real} bytes`);
            assert.match(item, /(PDF|PNG|SVG)/);
            assert.match(item, /<span>dansk<\/span>/i);
            assert.match(item, /<span>[^<]*20\d\d<\/span>/);
            assert.match(item, /href="#licence"/);
        }
        assert.match(page, /<p id="licence">/);
        assert.match(page, /embed\.js/);
        assert.match(page, /href="\/da\/embed\?src=aer"/);
        assert.match(page, /sign\/2026\?src=aer/);
    });

    await test("a page's picture is there", async () => {
        const page = await (await fetch(`http://127.0.0.1:${site.port}/lv`)).text();
        const [, url] = page.match(/property="og:image" content="([^"]+)"/);
        assert.ok(url.startsWith(origin));
        const answer = await fetch(url.replace(origin, `http://127.0.0.1:${site.port}`));
        assert.equal(answer.headers.get("content-type"), "image/png");
    });

    await test("who waits for an action comes onto its list by mail, and off it by one button", async () => {
        const base = `http://127.0.0.1:${site.port}`;
        const headers = { origin, "content-type": "application/x-www-form-urlencoded" };
        const press = (url, token, fields = {}) => fetch(base + url, { method: "POST", redirect: "manual",
            headers, body: new URLSearchParams({ token, ...fields }) });
        const token_of = (html, action) => html.split(`action="${action}"`)[1]
            .match(/name="token" value="([^"]+)"/)[1];
        const form = await (await fetch(`${base}/da/act/video/interest`)).text();
        const sent = await press("/da/act/video/interest", token_of(form, "/da/act/video/interest"),
            { name: "=Ada", email: "ada@example.org", consent: "1" });
        assert.equal(sent.status, 422); // a name that a spreadsheet would take for a formula
        const good = await press("/da/act/video/interest", token_of(form, "/da/act/video/interest"),
            { name: "Ada", email: "ada@example.org", consent: "1" });
        assert.equal(good.status, 303);
        const inbox = path.join(site.data, "inbox");
        let link;
        await until("the mail has come", 20000, () => {
            const mails = fs.existsSync(inbox) ? fs.readdirSync(inbox).map((name) =>
                fs.readFileSync(path.join(inbox, name), "utf8").replace(/=\r?\n/g, "")) : [];
            link = mails.join("\n").match(/alliance\.example\.org(\/da\/i\/[\w-]+)/)?.[1];
            return link;
        });
        let own = await (await fetch(base + link)).text();
        const counted = async () => (await must(releaseBinary, "interest", "--data", site.data)).trim();
        assert.equal(await counted(), "video\t0\t1");
        assert.equal((await press(`${link}/confirm`, token_of(own, `${link}/confirm`))).status, 303);
        assert.equal(await counted(), "video\t1\t0");
        await must(releaseBinary, "interest", "video", "--export", here("list.csv"), "--data", site.data);
        assert.match(fs.readFileSync(here("list.csv"), "utf8"), /ada@example\.org,Ada,da,20\d\d-/);
        own = await (await fetch(base + link)).text();
        assert.equal((await press(`${link}/leave`, token_of(own, `${link}/leave`))).status, 303);
        assert.equal(await counted(), "");
        assert.equal((await fetch(base + link)).status, 404);
    });
});
