// SPDX-License-Identifier: EUPL-1.2
// Suggestions while a region or town is written: a combobox with a list (ARIA Authoring Practices,
// "list autocomplete with manual selection"). What was typed stays unless one is chosen, and the form
// is whole without it. Asked is this site alone, and it answers everybody the same.

const wait_ms = 150;

function suggest(box) {
  const input = box.querySelector('input[type="text"]');
  const country = document.getElementById('country');
  const chosen = box.querySelector('input[name="region"][type="hidden"]');
  if (!input) return;
  const list = document.createElement('ul');
  list.id = `${input.id}-list`;
  list.className = 'choices';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', box.dataset.placesLabel);
  list.hidden = true;
  const said = document.createElement('p');
  said.className = 'sr';
  said.setAttribute('role', 'status');
  input.after(list, said);
  input.autocomplete = 'off';
  for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list',
    'aria-expanded': 'false', 'aria-controls': list.id })) input.setAttribute(name, value);

  let places = [];
  let at = -1;
  let timer = 0;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = next => {
    list.children[at]?.setAttribute('aria-selected', 'false');
    at = next;
    const option = list.children[at];
    if (!option) return input.removeAttribute('aria-activedescendant');
    option.setAttribute('aria-selected', 'true');
    option.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', option.id);
  };
  const take = place => {
    const is_country = place.code.length === 2; // the field then waits for a place within
    input.value = is_country ? '' : place.name;
    if (chosen) chosen.value = is_country ? '' : place.code;
    const radio = box.querySelector(`input[type="radio"][value="${place.code}"]`);
    if (radio) radio.checked = true;
    if (country && !country.value) country.value = place.country;
    said.textContent = '';
    close();
  };
  const show = found => {
    places = found;
    list.replaceChildren(...places.map((place, i) => {
      const option = document.createElement('li');
      option.id = `${list.id}-${i}`;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      option.setAttribute('translate', 'no');
      option.textContent = place.label;
      // Before the field loses the focus.
      option.addEventListener('pointerdown', event => { event.preventDefault(); take(place); });
      return option;
    }));
    close();
    list.hidden = places.length === 0;
    input.setAttribute('aria-expanded', String(places.length > 0));
    said.textContent = places.length ? box.dataset.placesFound.replace('{}', places.length) : '';
  };
  const ask = async () => {
    const words = input.value.trim();
    const mine = ++asked;
    if (words.length < 2) return show([]);
    const query = new URLSearchParams({ q: words.slice(0, 60) });
    if (country?.value) query.set('country', country.value);
    try {
      const reply = await fetch(`${box.dataset.places}?${query}`, { credentials: 'omit' });
      const found = reply.ok ? (await reply.json()).places : [];
      if (mine === asked && document.activeElement === input) show(found);
    } catch {
      if (mine === asked) show([]); // the form works without
    }
  };

  input.addEventListener('input', () => {
    if (chosen) chosen.value = '';
    clearTimeout(timer);
    timer = setTimeout(ask, wait_ms);
  });
  input.addEventListener('blur', () => { asked++; clearTimeout(timer); close(); });
  country?.addEventListener('change', () => { if (chosen) chosen.value = ''; });
  input.addEventListener('keydown', event => {
    if (event.isComposing) return;
    const open = !list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !open) {
      event.preventDefault();
      ask();
    } else if (step) {
      event.preventDefault();
      const n = places.length;
      mark(at < 0 ? (step > 0 ? 0 : n - 1) : (at + step + n) % n);
    } else if (event.key === 'Enter' && open && at >= 0) {
      event.preventDefault();
      take(places[at]);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      close();
    } else if (event.key === 'Tab' && open && at >= 0) {
      take(places[at]);
    }
  });
}

document.querySelectorAll('[data-places]').forEach(suggest);
