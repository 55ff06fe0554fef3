// SPDX-License-Identifier: EUPL-1.2
// What browsers make of our escaping, asked of those who know:
//   oracle.mjs URLS CHROMIUM EXPECTED
// URLS (urls.c) writes URLs as html_url does: the URL parser of the platform must find no scheme
// and no host that we did not mean. EXPECTED/hostile.html, the sample page with hostile values, is
// parsed by Chromium with and without scripts: each value must arrive as the text it was, in its
// place, and nothing else may have become of it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [urls, chromium, expected] = process.argv.slice(2);

// --- URLs ---

// The same numbers every time: a failure can be looked at.
let seed = 20261122;
function random(n) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
}

const pieces = [
    "javascript", "java", "script", "JaVaScRiPt", "data", "vbscript", "https", "http", "mailto",
    "ftp", "blob", "file", ":", ":", "/", "/", "//", "\\", "\\\\", "?", "#", "@", ".", "..", "%3a",
    "%2f", "&colon;", "&#58;", "a.example", "evil.example", "[::1]", " ", "\\x09", "\\x0a", "\\x0d",
    "\\x00", "\\x01", "\\x0b", "\\x0c", "\\x1f", "\\x7f", "\\xc2\\xa0", "\\xe2\\x80\\x8b",
    "\\xef\\xbb\\xbf", "\\xef\\xbc\\x9a", "\\xef\\xbc\\x8f", "\\xff", "\"", "'", "<", ">", "x", "1",
    "alert(1)", "text/html,",
];

function checkUrls() {
    const given = [];
    for (let i = 0; i < 20000; i++) {
        let text = "";
        for (let n = 1 + random(7); n > 0; n--) text += pieces[random(pieces.length)];
        given.push(text);
    }
    const run = spawnSync(urls, { input: given.join("\n") + "\n", encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    const written = run.stdout.split("\n");
    assert.equal(written.length, given.length + 1);
    let links = 0;
    for (const [i, text] of given.entries()) {
        const value = written[i]
            .replaceAll("&#34;", '"').replaceAll("&#39;", "'")
            .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
        const base = "https://base.example/page";
        if (!URL.canParse(value, base)) continue;
        const url = new URL(value, base);
        const told = `${text} was written ${value} and read ${url.href}`;
        assert.ok(["https:", "http:", "mailto:"].includes(url.protocol), told);
        if (!/^(https?|mailto):/i.test(value)) assert.equal(url.host, "base.example", told);
        links += value !== "#";
    }
    assert.ok(links > 2000, "too few URLs passed to say anything");
    console.log(`${given.length} URLs, ${links} let through`);
}

// --- The page ---

// Runs in the browser: what became of the page.
function look(markup) {
    function read(page) {
        const one = (selector) => page.querySelector(selector);
        return {
            title: page.title,
            heading: one("h1").textContent,
            kind: one("h1").getAttribute("class"),
            action: one("form").getAttribute("action"),
            input: one("input[type=text]").getAttribute("value"),
            email: one("input[type=email]").getAttribute("value"),
            why: one("textarea").textContent,
            options: [...page.querySelectorAll("option")].map((o) => o.textContent),
            selected: [...page.querySelectorAll("option[selected]")].map((o) => o.value),
            items: [...page.querySelectorAll("li")].map((o) => `${o.id} ${o.textContent}`),
            links: [...page.querySelectorAll("a")].map((o) => o.getAttribute("href")),
            drawn: one("svg > path").getAttribute("d"),
            pre: one("pre").textContent,
            elements: [...page.querySelectorAll("*")].map((o) => o.localName).join(" "),
            handlers: [...page.querySelectorAll("*")].flatMap((o) =>
                o.getAttributeNames().filter((name) => name.startsWith("on"))),
        };
    }
    const frame = document.createElement("iframe");
    frame.srcdoc = markup;
    frame.onload = () => {
        document.title = "done";
        document.body.replaceChildren(
            JSON.stringify([
                read(new DOMParser().parseFromString(markup, "text/html")),
                read(frame.contentDocument),
            ]));
    };
    document.body.append(frame);
}

function dumpDom(folder, markup) {
    const path = join(folder, "look.html");
    const literal = JSON.stringify(markup).replaceAll("<", "\\u003c");
    writeFileSync(path, `<!doctype html><meta charset="utf-8"><body><script>(${look})(${literal})</script>`);
    const run = spawnSync(chromium, [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
        "--virtual-time-budget=5000", `--user-data-dir=${folder}/profile`, "--dump-dom",
        pathToFileURL(path).href,
    ], { encoding: "utf8", timeout: 60000 });
    assert.match(run.stdout ?? "", /<title>done/, `chromium: ${run.error ?? run.stderr}`);
    const text = run.stdout.replace(/^[^]*<body>/, "").replace(/<\/body>[^]*$/, "");
    return JSON.parse(text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

function checkPage() {
    const folder = mkdtempSync(join(tmpdir(), "oracle-"));
    try {
        const markup = readFileSync(join(expected, "hostile.html"), "utf8");
        const query = "\n</textarea>\"<q>&'\nBcc: z";
        const encoded = encodeURIComponent(query.replace("\nB", "\r\nB")).replaceAll("'", "%27");
        for (const page of dumpDom(folder, markup)) {
            assert.equal(page.title, `</title><b>"T" & 'co' - [attribute]`);
            assert.equal(page.heading, `</title><b>"T" & 'co'`);
            assert.equal(page.kind, `big   x" onclick="y last`);
            assert.equal(page.action, "#");
            assert.equal(page.input, query);
            assert.equal(page.email, "a'b@example.org");
            assert.equal(page.why, query);
            assert.deepEqual(page.options, ["A&B", "<C>"]);
            assert.deepEqual(page.selected, ["1"]);
            assert.deepEqual(page.items, ["item-0 A&B", "item-1 <C>"]);
            assert.deepEqual(page.links, [
                `/find?q=${encoded}#n-1234`, `#?a=1&b=${encoded}`, `</textarea>"<q>&'Bcc: z`,
            ]);
            assert.equal(page.drawn, "M0 0h1234");
            assert.equal(page.pre, `\n  ${query}\n    kept  as it is\n`);
            assert.deepEqual(page.handlers, []);
            assert.equal(page.elements,
                "html head meta title link script body main h1 p b p form input input textarea " +
                "select option option ul li li p a a a pre span svg path title p code em p small");
        }
        console.log("the page is in the browser what it was meant to be");
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

checkUrls();
checkPage();
