// SPDX-License-Identifier: EUPL-1.2
// A visitor without a browser: plain HTTP/1.1, no redirects followed, no cookies, and forms filled
// in from the page that shows them, so that a form that misses a field fails here too. An answer
// that never came has status 0: under kill -9 that is a case like any other.

import http from "node:http";

export class Visitor {
    constructor(port, connections = 64) {
        this.port = port;
        this.agent = new http.Agent({ keepAlive: true, maxSockets: connections });
    }

    close() {
        this.agent.destroy();
    }

    ask(method, path, { form, headers = {}, timeout = 30000 } = {}) {
        if (form) this.onForm?.(form);
        const body = form === undefined ? undefined : new URLSearchParams(form).toString();
        if (body !== undefined) {
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "content-length": Buffer.byteLength(body),
                ...headers,
            };
        }
        return new Promise((done) => {
            const fail = (error) => done({ status: 0, headers: {}, body: "", error });
            const request = http.request(
                { host: "127.0.0.1", port: this.port, method, path, headers, agent: this.agent },
                (answer) => {
                    const chunks = [];
                    answer.on("data", (chunk) => chunks.push(chunk));
                    answer.on("error", fail);
                    answer.on("aborted", () => fail(new Error("cut off")));
                    answer.on("end", () => {
                        const bytes = Buffer.concat(chunks);
                        this.onAnswer?.(path, answer, bytes);
                        done({
                            status: answer.statusCode,
                            headers: answer.headers,
                            bytes,
                            body: bytes.toString("utf8"),
                        });
                    });
                },
            );
            request.setTimeout(timeout, () => request.destroy(new Error("no answer in time")));
            request.on("error", fail);
            request.end(body);
        });
    }

    get(path, options) {
        return this.ask("GET", path, options);
    }

    async json(path) {
        return JSON.parse((await this.get(path)).body);
    }

    // Opens the page, fills in the form that posts to `action` (or the only one) and sends it.
    async send(page, values = {}, action) {
        const shown = await this.get(page);
        const form = formOf(shown.body, action);
        return this.ask("POST", form.action, { form: { ...form.values, ...values } });
    }
}

function unescape(text) {
    const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
    return text.replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name) => {
        if (name[0] !== "#") return named[name] ?? whole;
        const hex = name[1] === "x" || name[1] === "X";
        return String.fromCodePoint(parseInt(name.slice(hex ? 2 : 1), hex ? 16 : 10));
    });
}

const attribute = (tag, name) => {
    const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
    return found ? unescape(found[1]) : undefined;
};

// {action, values, fields}: what a browser would send of it untouched, and every name it asks for.
export function formOf(html, action) {
    for (const [whole] of html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)) {
        const tag = /<form\b[^>]*>/.exec(whole)[0];
        if (attribute(tag, "method") !== "post") continue;
        if (action && !attribute(tag, "action").endsWith(action)) continue;
        const values = {};
        const fields = [];
        for (const [input] of whole.matchAll(/<(?:input|select|textarea)\b[^>]*>/g)) {
            const name = attribute(input, "name");
            const type = attribute(input, "type");
            if (!name) continue;
            if (!fields.includes(name)) fields.push(name);
            const isTick = type === "checkbox" || type === "radio";
            if (input.startsWith("<input") && (!isTick || /\schecked/.test(input)))
                values[name] = attribute(input, "value") ?? "";
        }
        for (const [, name, inside] of whole.matchAll(
            /<select\b[^>]*\sname="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g,
        )) {
            const chosen = /<option[^>]*\sselected[^>]*>/.exec(inside);
            if (chosen) values[name] = attribute(chosen[0], "value") ?? "";
        }
        for (const [, name, inside] of whole.matchAll(
            /<textarea\b[^>]*\sname="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g,
        ))
            values[name] = unescape(inside.replace(/^\n/, ""));
        return { action: attribute(tag, "action"), values, fields };
    }
    throw new Error(`no form${action ? ` that posts to …${action}` : ""} on the page`);
}

// What a reader sees, roughly: no tags, no scripts, spaces run together.
export function textOf(html) {
    return unescape(
        html
            .replace(/<(script|style)\b[\s\S]*?<\/\1>/g, " ")
            .replace(/<[^>]*>/g, " ")
            .replace(/\s+/g, " "),
    );
}
