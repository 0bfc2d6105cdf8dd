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
    // What is copied is the text alone, not the stretch of it that was filled in.
    if (citation.tagName !== "CODE") citation.replaceWith(...citation.childNodes);
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

  function button(what) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "copy" });
    made.append("Copy", Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: ` ${what}` }));
    return made;
  }

  // Files for reference managers stand in scripts that many pages share (record_files.py).
  const records = {};
  globalThis.bookRecords = (more) => Object.assign(records, more);

  const fetched = (address) => new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: new URL(address, root) });
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });

  async function save(line, ending, said) {
    const { record, from, id, title } = line.dataset;
    try {
      if (!records[record]) await fetched(from);
      const written = line.dataset[ending.split(".").pop()] ?? title;
      const text = records[record][ending].replaceAll("\ue010", () => id).replaceAll("\ue011", () => written);
      const link = Object.assign(document.createElement("a"), { download: `${id ?? record}.${ending}` });
      link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      said.textContent = "";
    } catch {
      said.textContent = " The file could not be fetched. Try again.";
    }
  }

  function files(line, formats) {
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    const buttons = formats.map(([ending, name]) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "record-file", textContent: name });
      made.addEventListener("click", () => save(line, ending, said));
      return made;
    });
    line.querySelector("span").replaceWith(...buttons.flatMap((one, place) => (place ? [" · ", one] : [one])), said);
  }

  function start() {
    document.querySelectorAll("[data-full]").forEach(fill);
    if (secure) document.querySelectorAll(".Z3988[data-path]").forEach((span) => {
      span.title += `&rft_id=${encodeURIComponent(new URL(span.dataset.path, root).href)}`;
    });
    const kept = document.querySelectorAll("[data-record]");
    if (kept.length) {
      const formats = Object.entries(JSON.parse(document.querySelector("[data-formats]").dataset.formats));
      kept.forEach((line) => files(line, formats));
    }
    const lines = document.querySelectorAll(".citations dd, .reading-lines dd");
    if (!lines.length) return;
    const said = document.body.appendChild(document.createElement("div"));
    said.id = "copied";
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    lines.forEach((line) => {
      const shown = line.querySelector(".citation, code"), name = line.previousElementSibling.textContent;
      const made = button(shown.tagName === "CODE" ? `the line for ${name}` : name), label = made.firstChild, word = label.data;
      line.append(" ", made);
      made.addEventListener("click", async () => {
        const done = await copy(shown);
        label.data = done ? "Copied" : "Mark and copy by hand";
        said.textContent = label.data;
        setTimeout(() => { label.data = word; said.textContent = ""; }, 2500);
      });
    });
  }

  setTimeout(start);
})();
