// SPDX-License-Identifier: EUPL-1.2
// Tests as TAP lines. A test that throws has failed, and the next one runs all the same.

let number = 0;
let failed = 0;

export function note(text) {
  for (const line of String(text).split('\n')) console.log(`# ${line}`);
}

export async function test(name, act) {
  const begun = performance.now();
  let why;
  try {
    await act();
  } catch (error) {
    why = error;
  }
  number++;
  if (why) {
    failed++;
    console.log(`not ok ${number} - ${name}`);
    note((why.stack ?? String(why)).split('\n').slice(0, 24).join('\n'));
  } else {
    console.log(`ok ${number} - ${name} # ${Math.round(performance.now() - begun)} ms`);
  }
}

// The same act for each, a few at a time.
export async function test_each(list, width, name, act) {
  const left = [...list];
  const walk = async () => {
    for (let one; (one = left.shift()) !== undefined;) {
      const it = one;
      await test(`${name} ${it}`, () => act(it));
    }
  };
  await Promise.all(Array.from({ length: width }, walk));
}

export function done() {
  console.log(`1..${number}`);
  process.exit(failed ? 1 : 0);
}
