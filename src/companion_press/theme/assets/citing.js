// Citations, and lines of code that read a file of the site: fills in what only the page knows
// (its own address, the day of reading) and copies exactly what is shown. Without this script the text stands
// as built and can be marked by hand.
"use strict";
(() => {
  const LONG = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  const SHORT = ["Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."];
  // The site's root, from this script's own address below _static/.
  const root = new URL("../", document.currentScript.src);
  const secure = location.protocol === "https:";

  function day(pattern, date) {
    const parts = { d: date.getDate(), MMMM: LONG[date.getMonth()], "MMM.": SHORT[date.getMonth()], y: date.getFullYear() };
    return pattern.replace(/MMMM|MMM\.|d|y/g, (part) => parts[part]);
  }

  function fill(citation) {
    const full = citation.dataset.full;
    // An address is filled in over https only: a copy on a disk or a test server has none to cite. Code may read from there.
    if (full.includes("{url:") && !secure && citation.tagName !== "CODE") return;
    citation.innerHTML = full
      .replace(/\{url:([^}]*)\}/g, (_, path) => new URL(path, root).href)
      .replace(/\{accessed:([^}]*)\}/g, (_, pattern) => day(pattern, new Date()));
  }

  function copyBySelection(citation) {
    const range = document.createRange();
    range.selectNodeContents(citation);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    const done = document.execCommand("copy");
    selection.removeAllRanges();
    return done;
  }

  async function copy(citation) {
    const text = citation.innerText.replace(/\s+/g, " ").trim();
    try {
      // With the italics for a word processor, as plain text for everything else.
      await navigator.clipboard.write([new ClipboardItem({
        "text/plain": new Blob([text], { type: "text/plain" }),
        "text/html": new Blob([citation.innerHTML], { type: "text/html" }),
      })]);
      return true;
    } catch {
      return copyBySelection(citation);
    }
  }

  function start() {
    document.querySelectorAll("[data-full]").forEach(fill);
    if (secure) document.querySelectorAll(".Z3988[data-path]").forEach((span) => {
      span.title += `&rft_id=${encodeURIComponent(new URL(span.dataset.path, root).href)}`;
    });
    const buttons = document.querySelectorAll("button.copy");
    if (!buttons.length) return;
    const said = document.body.appendChild(document.createElement("div"));
    said.id = "copied";
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    buttons.forEach((button) => {
      const label = button.firstChild, word = label.data;
      button.hidden = false;
      button.addEventListener("click", async () => {
        const done = await copy(button.parentElement.querySelector(".citation, code"));
        label.data = done ? "Copied" : "Mark and copy by hand";
        said.textContent = label.data;
        setTimeout(() => { label.data = word; said.textContent = ""; }, 2500);
      });
    });
  }

  setTimeout(start);
})();
