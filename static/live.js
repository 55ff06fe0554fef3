// SPDX-License-Identifier: EUPL-1.2
// The count that moves while it is looked at.

// <div data-live="/…/count.json"> with <b data-count="12480" data-group=" "> and a <progress> in it.
// Answer: {"count": 12481, "goal": 15000}. Polled only while the page is seen; the browser's cache
// turns the ETag into a 304. No live region: a reader hears no ticking.
export function live(box) {
  const period = Math.max(10, Number(box.dataset.livePeriod) || 10) * 1000;
  const number = box.querySelector('[data-count]');
  if (!number) return;
  const goal = box.querySelector('progress');
  let timer = 0;
  let wait = period;
  const plan = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, wait);
  };
  const look = async () => {
    try {
      const reply = await fetch(box.dataset.live, { cache: 'no-cache', credentials: 'omit' });
      if (!reply.ok) throw reply.status;
      const now = await reply.json();
      if (Number.isSafeInteger(now.count) && number.dataset.count !== String(now.count)) {
        number.dataset.count = now.count;
        number.textContent = String(now.count)
          .replace(/\B(?=(\d{3})+$)/g, number.dataset.group || '');
        box.classList.remove('moved');
        requestAnimationFrame(() => box.classList.add('moved'));
        if (goal && now.goal === goal.max) goal.value = now.count;
      }
      wait = period;
    } catch {
      wait = Math.min(wait * 2, 300000);
    }
    plan();
  };
  document.addEventListener('visibilitychange', plan);
  plan();
}
