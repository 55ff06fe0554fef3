// SPDX-License-Identifier: EUPL-1.2
// People who sign one after another, as far as a test wants them to go.

import assert from "node:assert/strict";

import { until } from "./tap.mjs";
import { formOf } from "./visitor.mjs";

const page = "/en/sign/2026/person";
let people = 0;

export class Signer {
    constructor(site) {
        this.site = site;
    }

    // Signs, confirms, and says where the own page is.
    async signAndConfirm() {
        const { visitor, inbox } = this.site;
        this.form ??= formOf((await visitor.get(page)).body, page).values;
        const email = `signer${people++}@example.org`;
        const own = { name: `Signer ${email}`, email, country: "AT", consent: "1" };
        const answer = await visitor.ask("POST", page, { form: { ...this.form, ...own } });
        assert.equal(answer.status, 303);
        const link = await until(`mail to ${email}`, 20000, () => inbox.to(email)[0]?.link);
        const form = { token: formOf((await visitor.get(link)).body, "/confirm").values.token };
        assert.equal((await visitor.ask("POST", `${link}/confirm`, { form })).status, 303);
        return link;
    }
}
