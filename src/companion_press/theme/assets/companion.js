// Live values and notes. Without this script each is a link to its row in the ledger. They are announced as
// plain links: a sentence with three of them must be heard as a sentence.
"use strict";
(() => {
  let hoverTimer;

  const cardOf = (link) => document.getElementById(link.dataset.card);
  const MARKS = "a.claim, a.note-mark";
  const linkOf = (card) => document.querySelector(`[data-open][data-card="${card.id}"]`);
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
    document.querySelectorAll("[data-open]").forEach((a) => delete a.dataset.open);
    link.dataset.open = "";
    place(link, card);
    if (takeFocus) card.focus();
  }

  // One ear for all: a chapter has hundreds of claims.
  function start() {
    if (!document.querySelector(MARKS) || !HTMLElement.prototype.showPopover) return;
    const near = (target, what) => target instanceof Element && target.closest(what);
    document.addEventListener("click", (event) => {
      const link = near(event.target, MARKS);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab is the reader's choice
      event.preventDefault();
      if (!("plain" in document.documentElement.dataset)) open(link, true);
    });
    document.addEventListener("pointerover", (event) => {
      if ("plain" in document.documentElement.dataset) return;
      const entered = event.pointerType === "mouse" && near(event.target, `${MARKS}, .claim-card`);
      if (!entered) return;
      clearTimeout(hoverTimer);
      if (entered.matches("a")) hoverTimer = setTimeout(() => open(entered, false), 250);
    });
    document.addEventListener("pointerout", (event) => {
      const left = event.pointerType === "mouse" && near(event.target, `${MARKS}, .claim-card`);
      if (left && !left.contains(event.relatedTarget)) leave(left.matches("a") ? cardOf(left) : left);
    });
    document.addEventListener("beforetoggle", (event) => {
      const card = event.target, link = event.newState === "closed" && card.matches(".claim-card") && linkOf(card);
      if (!link) return;
      delete link.dataset.open;
      // A reader who was inside the card goes back to where she was in the text.
      if (card.contains(document.activeElement)) link.focus({ preventScroll: true });
    }, true);
    // Not every browser closes a popover by itself when the focus is inside it.
    addEventListener("keydown", (event) => {
      if (event.key === "Escape") document.querySelectorAll(".claim-card:popover-open").forEach((card) => card.hidePopover());
    });
    addEventListener("scroll", () => document.querySelectorAll(".claim-card:popover-open").forEach((card) => {
      const link = linkOf(card);
      if (link) place(link, card);
    }), { passive: true });
  }

  function leave(card) {
    clearTimeout(hoverTimer);
    hoverTimer = setTimeout(() => {
      // A card that the reader has moved into stays.
      if (isOpen(card) && !card.contains(document.activeElement)) card.hidePopover();
    }, 250);
  }

  setTimeout(start);
})();
