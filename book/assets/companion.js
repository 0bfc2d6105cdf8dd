// Live claims and the ledger's filter. Without this script a claim is a link to
// its row in the ledger, and the ledger is one long list.
"use strict";
(() => {
  let hoverTimer;

  const cardOf = (link) => document.getElementById(link.dataset.card);
  const linkOf = (card) => document.querySelector(`a.claim[aria-expanded="true"][data-card="${card.id}"]`);
  const isOpen = (card) => card.matches(":popover-open");

  function place(link, card) {
    // A claim that wraps has several boxes: stand by the first.
    const box = link.getClientRects()[0], gap = 8;
    const left = Math.min(Math.max(gap, box.left), innerWidth - card.offsetWidth - gap);
    const below = box.bottom + gap + card.offsetHeight <= innerHeight;
    card.style.left = `${left}px`;
    card.style.top = `${below ? box.bottom + gap : Math.max(gap, box.top - gap - card.offsetHeight)}px`;
  }

  function open(link, takeFocus) {
    const card = cardOf(link);
    if (!isOpen(card)) card.showPopover();
    document.querySelectorAll('a.claim[aria-expanded="true"]').forEach((a) => a.setAttribute("aria-expanded", "false"));
    link.setAttribute("aria-expanded", "true");
    place(link, card);
    if (takeFocus) card.focus();
  }

  function start() {
    const links = [...document.querySelectorAll("a.claim")];
    if (links.length && HTMLElement.prototype.showPopover) {
      links.forEach((link) => {
        link.setAttribute("aria-expanded", "false");
        link.addEventListener("click", (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is the reader's choice
          event.preventDefault();
          open(link, true);
        });
        link.addEventListener("pointerenter", (event) => {
          if (event.pointerType !== "mouse") return;
          clearTimeout(hoverTimer);
          hoverTimer = setTimeout(() => open(link, false), 250);
        });
        link.addEventListener("pointerleave", (event) => {
          if (event.pointerType === "mouse") leave(cardOf(link));
        });
      });
      document.querySelectorAll(".claim-card").forEach((card) => {
        card.addEventListener("pointerenter", () => clearTimeout(hoverTimer));
        card.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") leave(card); });
        card.addEventListener("beforetoggle", (event) => {
          const link = event.newState === "closed" && linkOf(card);
          if (!link) return;
          link.setAttribute("aria-expanded", "false");
          // A reader who was inside the card goes back to where she was in the text.
          if (card.contains(document.activeElement)) link.focus({ preventScroll: true });
        });
      });
      // Not every browser closes a popover by itself when the focus is inside it.
      addEventListener("keydown", (event) => {
        if (event.key === "Escape") document.querySelectorAll(".claim-card:popover-open").forEach((card) => card.hidePopover());
      });
      addEventListener("scroll", () => document.querySelectorAll(".claim-card:popover-open").forEach((card) => {
        const link = linkOf(card);
        if (link) place(link, card);
      }), { passive: true });
    }
    const form = document.querySelector(".ledger-filter:not(.entry-filter)");
    if (form) filter(form);
  }

  function leave(card) {
    clearTimeout(hoverTimer);
    hoverTimer = setTimeout(() => {
      // A card that the reader has moved into stays.
      if (isOpen(card) && !card.contains(document.activeElement)) card.hidePopover();
    }, 250);
  }

  function filter(form) {
    const rows = [...document.querySelectorAll("ol.ledger-rows > li")];
    const words = rows.map((row) => row.textContent.toLowerCase());
    const output = form.querySelector("output");
    form.hidden = false;
    const wanted = new URLSearchParams(location.search);
    for (const control of form.elements) if (wanted.has(control.name)) control.value = wanted.get(control.name);

    function apply() {
      const q = form.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        const match = ["s", "k", "v"].every((k) => !form[k].value || row.dataset[k] === form[k].value)
          && (!form.c.value || row.dataset.c.split(" ").includes(form.c.value))
          && q.every((word) => words[i].includes(word));
        row.hidden = !match;
        shown += match;
      });
      output.textContent = `${shown} of ${rows.length} rows`;
      const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      // A page opened from a folder (file:) may not rewrite its address.
      if (location.protocol.startsWith("http")) history.replaceState(null, "", `${location.pathname}${chosen.size ? `?${chosen}` : ""}${location.hash}`);
    }
    // A link to a row that the filter hides shows the row.
    function reveal() {
      const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (row && row.hidden) { form.reset(); apply(); row.scrollIntoView(); }
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", reveal);
    apply();
    reveal();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
