// SPDX-License-Identifier: EUPL-1.2
// What visitors typed must stay where they typed it. Every installation that a script makes is
// searched at its end, whatever the script was about: the log lines of all its processes, the text
// files of its data folder, where answers redirected to and what error pages said.

import fs from "node:fs";
import path from "node:path";

const FIELDS = ["name", "email", "organisation", "role", "place", "reason", "website", "group",
    "message"];
const LEAST = 6; // shorter words occur by chance
const NAMES_MOST = 3000; // a load test makes more than anyone can search for; the last will do
// Where personal data has its place: sealed, sent, or published by the signer's own choice.
const PASSED_OVER = /(^|\/)(keys|inbox)(\/|$)|\.db(-\w+)?$/;

export class Canaries {
    constructor(visitor) {
        this.emails = new Set();
        this.words = new Set();
        this.tokens = new Set();
        this.found = new Set();
        visitor.onForm = (form) => this.typed(form);
        visitor.onAnswer = (asked, answer, bytes) => this.answered(asked, answer, bytes);
    }

    typed(form) {
        for (const field of FIELDS) {
            const value = String(form[field] ?? "").trim();
            if (field === "email" && value.includes("@")) this.emails.add(value.toLowerCase());
            else if (value.length >= LEAST) this.words.add(value);
        }
        if (this.words.size > NAMES_MOST) this.words.delete(this.words.values().next().value);
    }

    answered(asked, answer, bytes) {
        const to = answer.headers.location;
        if (to) this.look(decodeURIComponent(to), `redirect of ${asked.split("/")[2]}`, false);
        // A form that comes back holds what was typed; a page that says "not found" must not.
        if ([403, 404, 405, 410, 429, 500].includes(answer.statusCode))
            this.look(bytes.toString("utf8"), `error page ${answer.statusCode}`, false);
    }

    // tokens: whether links' secrets count; in an address they have their place.
    look(text, where, hasTokens = true) {
        for (const [email] of text.matchAll(/[^\s"'=<>(),;:]+@[^\s"'=<>(),;:]+/g))
            if (this.emails.has(email.toLowerCase())) this.found.add(`${where}: ${email}`);
        for (const word of this.words) if (text.includes(word)) this.found.add(`${where}: ${word}`);
        if (!hasTokens || !this.tokens.size) return;
        for (const [token] of text.matchAll(/[\w-]{20,}/g))
            if (this.tokens.has(token)) this.found.add(`${where}: a link's secret`);
    }

    // What names somebody, one line each.
    search(said, folder, letters) {
        for (const { link } of letters) if (link) this.tokens.add(link.split("/").pop());
        for (const { child, log } of said) this.look(log, `log of ${child.spawnargs.slice(1, 4).join(" ")}`);
        let names = [];
        try {
            names = fs.readdirSync(folder, { recursive: true });
        } catch {
            // the script has taken the folder away
        }
        for (const name of names) {
            if (/(^|\/)core(\.\d+)?$/.test(name)) this.found.add(`core dump: ${name}`);
            const file = path.join(folder, name);
            if (PASSED_OVER.test(name) || !fs.statSync(file).isFile()) continue;
            this.look(fs.readFileSync(file, "utf8"), `file ${name}`);
        }
        return [...this.found].slice(0, 10);
    }
}
