// The frame: light or dark, and a button that copies a cell. Without this script the system
// chooses the colours, and a cell is marked and copied by hand. What changes nothing that a reader sees at
// once waits in this and the other scripts (setTimeout), so that the browser can show the page first.
"use strict";
(() => {
  const CHOICES = { auto: "Colours: as the system says", light: "Colours: light", dark: "Colours: dark" };

  // A picture has dark sources for a dark system. Where the reader has chosen, they hold always or never; those of
  // the states of an explorer wait in templates.
  function pictures() {
    const chosen = document.documentElement.dataset.theme, system = " and (prefers-color-scheme: dark)";
    const places = [document, ...[...document.querySelectorAll(".explorer template")].map((one) => one.content)];
    places.forEach((place) => place.querySelectorAll("picture > source.dark").forEach((source) => {
      source.dataset.media ??= source.media;
      source.media = chosen === "light" ? "not all" : chosen === "dark" ? source.dataset.media.replace(system, "") : source.dataset.media;
    }));
  }

  function themes(button) {
    const root = document.documentElement, order = Object.keys(CHOICES), words = button.querySelector("span");
    const name = () => { words.textContent = CHOICES[root.dataset.theme || "auto"]; };
    button.hidden = false;
    name();
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(root.dataset.theme || "auto") + 1) % order.length];
      if (next === "auto") delete root.dataset.theme;
      else root.dataset.theme = next;
      // Private windows may forbid to keep anything; the choice then holds for this page.
      try { next === "auto" ? localStorage.removeItem("theme") : localStorage.setItem("theme", next); } catch {}
      name();
      pictures();
    });
  }

  // Plain reading: the notes are gone, live values are words like others. The choice holds for the whole book.
  function plainReading(button) {
    const root = document.documentElement;
    const show = () => {
      const plain = "plain" in root.dataset;
      button.setAttribute("aria-pressed", plain);
      document.querySelectorAll("a.claim").forEach((link) => { plain ? (link.tabIndex = -1) : link.removeAttribute("tabindex"); });
    };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      if ("plain" in root.dataset) delete root.dataset.plain;
      else root.dataset.plain = "";
      try { "plain" in root.dataset ? localStorage.setItem("plain", "yes") : localStorage.removeItem("plain"); } catch {}
      show();
    });
  }

  // All code open or folded. The choice holds for the whole book; one cell can still be opened or folded by itself.
  function allCode(button) {
    const root = document.documentElement, folds = document.querySelectorAll("details.code");
    const show = () => {
      const open = "code" in root.dataset;
      button.setAttribute("aria-pressed", open);
      folds.forEach((fold) => { fold.open = open; });
    };
    button.hidden = false;
    show();
    button.addEventListener("click", () => {
      if ("code" in root.dataset) delete root.dataset.code;
      else root.dataset.code = "";
      try { "code" in root.dataset ? localStorage.setItem("code", "open") : localStorage.removeItem("code"); } catch {}
      show();
    });
  }

  function copying(block) {
    const pre = block.querySelector("pre");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "copy-code", textContent: "Copy" });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        button.textContent = "Marked";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    block.append(button);
  }

  // What scrolls sideways must be reachable without a mouse. Only what is laid out is measured, and all of it
  // before any is changed: to ask for more would make the browser lay out closed parts, or the page twice.
  function reachable(boxes) {
    boxes.filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth && !box.matches("[tabindex]")).forEach((box) => {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", box.matches("pre") ? "Code, scrolls sideways" : "Table, scrolls sideways");
    });
  }

  // A phone needs its time to lay out a long page. The sections of a page that arrives are laid out when they
  // come near the window (base.css), and once the page can be seen, one by one: each is a moment's work.
  function arrive(root) {
    const parts = [...document.querySelectorAll("article > section > section")];
    const next = () => {
      const part = parts.shift();
      if (!part) return root.classList.remove("arriving");
      part.classList.add("arrived");
      requestAnimationFrame(() => setTimeout(next));
    };
    addEventListener("load", () => setTimeout(next));
  }

  function start() {
    if (document.documentElement.dataset.theme) pictures();
    const button = document.querySelector(".theme-button");
    if (button) themes(button);
    const plain = document.querySelector(".plain-button");
    if (plain && document.querySelector("a.claim, a.note-mark")) plainReading(plain);
    const code = document.querySelector(".code-button");
    if (code && document.querySelector("details.code")) allCode(code);
    if (document.documentElement.matches(".arriving")) arrive(document.documentElement);
    setTimeout(rest);
  }

  // A figure is announced by its headline and note. In a tagged PDF that name would stand instead of all that
  // the figure holds, its picture's alternative text too: on paper it goes.
  function printing() {
    const named = [...document.querySelectorAll("figure[aria-labelledby]")].map((figure) => [figure, figure.getAttribute("aria-labelledby")]);
    named.forEach(([figure]) => figure.removeAttribute("aria-labelledby"));
    addEventListener("afterprint", () => named.forEach(([figure, name]) => figure.setAttribute("aria-labelledby", name)), { once: true });
  }

  function rest() {
    addEventListener("beforeprint", printing);
    document.querySelectorAll("div.highlight").forEach((block) => block.closest(".cell_output") || copying(block));
    const boxes = [...document.querySelectorAll("div.highlight pre, .cell_output, .scroll")];
    const watch = new ResizeObserver((seen) => reachable(seen.map((one) => one.target)));
    boxes.forEach((box) => watch.observe(box));
    // Words may grow wider when their typeface comes, in a box that stays as it is.
    document.fonts.addEventListener("loadingdone", () => requestAnimationFrame(() => reachable(boxes)));
  }

  start();
})();
