// SPDX-License-Identifier: EUPL-1.2
// Tests one after another, as TAP. A test that throws has failed; the others run all the same,
// unless what they need is gone: then `stop` skips the rest. Clean-ups run last, whatever happens,
// so that nothing outlives a script.

import { performance } from "node:perf_hooks";

let number = 0;
let failed = 0;
let stopped = "";
const cleanups = [];

export const isLong = Boolean(process.env.UNDERSIGNED_LONG);

export function note(text) {
    for (const line of String(text).split("\n")) console.log(`# ${line}`);
}

export async function test(name, body) {
    number++;
    if (stopped) {
        console.log(`not ok ${number} - ${name}\n# not run: ${stopped}`);
        failed++;
        return;
    }
    const began = performance.now();
    try {
        await body();
        console.log(`ok ${number} - ${name} # ${Math.round(performance.now() - began)} ms`);
    } catch (error) {
        failed++;
        console.log(`not ok ${number} - ${name}`);
        note(told(error));
    }
}

// The message, and where in our own files.
function told(error) {
    const where = (error.stack ?? "").match(/^ +at .*e2e\/(?!lib\/tap).*$/gm) ?? [];
    return [error.message ?? error, ...where.slice(0, 3)].join("\n");
}

// What no test looked for.
export function fail(name, reason) {
    failed++;
    console.log(`not ok ${++number} - ${name}`);
    note(reason);
}

// Says so, and counts for nothing.
export function skip(name, reason) {
    number++;
    console.log(`ok ${number} - ${name} # skip ${reason}`);
}

export function stop(reason) {
    stopped = reason;
}

export function cleanup(act) {
    cleanups.push(act);
}

async function clean() {
    while (cleanups.length) {
        try {
            await cleanups.pop()();
        } catch (error) {
            note(`clean-up: ${error.message}`);
        }
    }
}

// Runs a whole script.
export async function run(script) {
    for (const signal of ["SIGINT", "SIGTERM"])
        process.on(signal, () => clean().then(() => process.exit(130)));
    try {
        await script();
    } catch (error) {
        failed++;
        console.log(`not ok ${++number} - the script itself`);
        note(error.stack ?? error);
    }
    await clean();
    console.log(`1..${number}`);
    process.exit(failed ? 1 : 0);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Asks again until the answer is truthy; the answer, or an error after `within` milliseconds.
export async function until(what, within, ask, every = 20) {
    const end = performance.now() + within;
    for (;;) {
        const answer = await ask();
        if (answer) return answer;
        if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`);
        await sleep(every);
    }
}
