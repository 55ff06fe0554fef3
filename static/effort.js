// SPDX-License-Identifier: EUPL-1.2
// The sign form's part of proof of work (src/core/challenge.h); work.js does the searching.

// <form data-work="/…/challenge" data-worker="/…/work.js" data-wait="One moment"> with a field named
// work. When the site is unusually busy, the device computes while its person fills in the form; the
// answer 204 means that it need not. Whatever fails here, the form is sent: without the work the
// signature counts later.
function effort(form) {
  const fresh = 8 * 60000; // a proof is good for ten minutes
  const stale = 20000; // that nothing is asked for: others behind the same address sign as well
  const patience = 60000;
  const field = form.elements.work;
  let job; // {begun, proof, done}
  let isSending = false;
  let isReady = false;
  const compute = async () => {
    const reply = await fetch(form.dataset.work, { cache: 'no-store', credentials: 'omit' });
    if (reply.status !== 200 || !globalThis.crypto?.subtle) return '';
    const challenge = await reply.json();
    const solution = await solve(form.dataset.worker, challenge.parameters, patience);
    return solution ? btoa(JSON.stringify({ challenge, solution })) : '';
  };
  const begin = () => {
    const mine = { begun: performance.now() };
    mine.done = compute().catch(() => '').then(proof => { mine.proof = proof; });
    job = mine;
  };
  const isGood = () => job && performance.now() - job.begun < (job.proof === '' ? stale : fresh);
  form.addEventListener('focusin', () => { if (!isGood()) begin(); });
  form.addEventListener('submit', event => {
    if (isReady) {
      isReady = isSending = false;
      return;
    }
    if (!isSending && !isGood()) begin();
    field.value = job.proof ?? '';
    if (!isSending && job.proof !== undefined) return;
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    const said = document.createElement('p');
    said.className = 'notice';
    said.setAttribute('role', 'status');
    form.append(said);
    const saying = setTimeout(() => { said.textContent = form.dataset.wait; }, 300);
    job.done.then(() => {
      clearTimeout(saying);
      field.value = job.proof;
      said.remove();
      isReady = true;
      form.requestSubmit(); // seal.js may still have something to do
    });
  });
  // Back on the page: a proof serves once.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    job = undefined;
    isSending = false;
    field.value = '';
    form.querySelector('.notice[role=status]')?.remove();
  });
}

// Some workers search side by side, from different starts; the first to find stops the others.
function solve(script, parameters, patience) {
  const step = Math.min(4, Math.max(1, navigator.hardwareConcurrency || 1));
  const workers = Array.from({ length: step }, () => new Worker(script, { type: 'module' }));
  const found = workers.map((worker, start) => new Promise((done, fail) => {
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = fail;
    worker.postMessage({ parameters, start, step });
  }));
  const late = new Promise(done => { setTimeout(done, patience); });
  return Promise.race([Promise.any(found), late])
    .finally(() => workers.forEach(worker => worker.terminate()));
}

document.querySelectorAll('[data-work]').forEach(effort);
// A form that seal.js has put in the place of another.
document.addEventListener('anew', ({ target }) => effort(target));
