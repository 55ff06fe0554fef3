// SPDX-License-Identifier: EUPL-1.2
// The demo sink's folder, read by a parser of our own: just what our letters need.

import fs from "node:fs";
import path from "node:path";

function quotedPrintable(text) {
    const bytes = text
        .replace(/=\r?\n/g, "")
        .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return Buffer.from(bytes, "latin1").toString("utf8");
}

const word = (text) =>
    text.replace(/=\?utf-8\?B\?([^?]*)\?=\s*/gi, (_, base64) =>
        Buffer.from(base64, "base64").toString("utf8"),
    );

function readLetter(bytes) {
    const whole = bytes.toString("latin1");
    const end = whole.indexOf("\r\n\r\n");
    const head = Buffer.from(whole.slice(0, end).replace(/\r\n[ \t]+/g, " "), "latin1").toString();
    const header = (name) => word(new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1].trim() ?? "");
    const boundary = /boundary="([^"]*)"/.exec(head)[1];
    const parts = whole.slice(end).split(`--${boundary}`);
    const body = (type) => {
        const part = parts.find((one) => one.includes(`Content-Type: ${type}`)) ?? "";
        return quotedPrintable(part.slice(part.indexOf("\r\n\r\n") + 4)).replace(/\r\n/g, "\n");
    };
    const text = body("text/plain");
    const html = body("text/html");
    return {
        to: header("Delivered-To"),
        returnPath: header("Return-Path"),
        subject: header("Subject"),
        lang: header("Content-Language"),
        text,
        html,
        link: /https?:\/\/\S+(\/[a-z]{2}\/(?:s|partners\/join)\/[\w-]+)/.exec(text)?.[1],
    };
}

// Letters as they come in; each file is read once.
export class Inbox {
    constructor(folder) {
        this.folder = folder;
        this.seen = new Set();
        this.letters = [];
    }

    // The letters that are new since the last look.
    look() {
        let names = [];
        try {
            names = fs.readdirSync(this.folder);
        } catch {
            return [];
        }
        const fresh = [];
        for (const name of names.filter((one) => one.endsWith(".eml")).sort()) {
            if (this.seen.has(name)) continue;
            this.seen.add(name);
            fresh.push(readLetter(fs.readFileSync(path.join(this.folder, name))));
        }
        this.letters.push(...fresh);
        return fresh;
    }

    // All letters to an address so far.
    to(address) {
        this.look();
        return this.letters.filter((letter) => letter.to === address);
    }
}
