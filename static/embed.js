// SPDX-License-Identifier: EUPL-1.2
// For pages of other sites:
//
//   <div data-undersigned="https://…/embed/da/2026/count"><a href="https://…">Sign</a></div>
//   <script src="https://…/embed/embed.js" async></script>
//
// Puts a frame beside the link, and takes the link away once the frame has told how high it is.
// Where frames are forbidden or nothing answers, the link stays. Sets no name of its own, stores
// nothing, and lets no error out into the page.
(() => {
  const patience = 15000;
  const script = document.currentScript;

  const show = (box, home) => {
    const url = new URL(box.dataset.undersigned);
    if (url.origin !== home || !url.pathname.startsWith('/embed/') || box.dataset.is) return;
    box.dataset.is = 'begun';
    const frame = document.createElement('iframe');
    const link = box.firstElementChild;
    const end = () => {
      clearTimeout(timer);
      removeEventListener('message', hear);
    };
    const give_up = () => {
      if (box.dataset.is === 'shown') return;
      box.dataset.is = 'failed';
      end();
      frame.remove();
    };
    const hear = event => {
      if (event.source !== frame.contentWindow || event.origin !== home) return;
      const height = event.data && event.data.undersigned;
      if (!(height > 0 && height < 20000)) return;
      clearTimeout(timer);
      frame.style.height = `${height}px`;
      frame.style.visibility = '';
      if (link) link.hidden = true;
      box.dataset.is = 'shown';
    };
    const timer = setTimeout(give_up, patience);
    addEventListener('message', hear);
    document.addEventListener('securitypolicyviolation', event => {
      if (event.blockedURI.startsWith(home)) give_up();
    });
    frame.title = link ? link.textContent.trim() : document.title;
    frame.src = url.href;
    frame.style.cssText =
      'display:block;width:100%;height:0;border:0;visibility:hidden;color-scheme:auto';
    const width = Number(box.dataset.width);
    if (width > 0) frame.style.maxWidth = `${width}px`;
    box.append(frame);
  };

  const begin = () => {
    try {
      const home = new URL(script.src).origin;
      for (const box of document.querySelectorAll('[data-undersigned]')) {
        try {
          show(box, home);
        } catch { /* one that is written wrongly shows its link */ }
      }
    } catch { /* the host page is not to suffer */ }
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin);
  else begin();
})();
