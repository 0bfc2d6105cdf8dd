// Filters of the ledger, the checks and the disagreements. Without this script every row stands in its place.
"use strict";
(() => {
  function start(form) {
    const rows = [...document.querySelectorAll(form.dataset.rows)], groups = [...document.querySelectorAll(".entries")];
    const selects = [...form.querySelectorAll("select")], output = form.querySelector("output");
    let words;
    form.hidden = false;
    const wanted = new URLSearchParams(location.search);
    const given = [...selects, form.elements.q].filter((control) => wanted.has(control.name));
    for (const control of given) control.value = wanted.get(control.name);

    function apply() {
      const q = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      if (q.length) words ??= rows.map((row) => row.textContent.toLowerCase());
      let shown = 0;
      rows.forEach((row, i) => {
        const match = selects.every((s) => !s.value || (row.dataset[s.name] || "").split(" ").includes(s.value))
          && q.every((word) => words[i].includes(word));
        row.hidden = !match;
        shown += match;
      });
      groups.forEach((group) => { group.hidden = !group.querySelector(".entry:not([hidden])"); });
      output.textContent = `${shown} of ${rows.length} ${form.dataset.what}`;
      const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      // A page opened from a folder (file:) may not rewrite its address.
      if (location.protocol.startsWith("http")) history.replaceState(null, "", `${location.pathname}${chosen.size ? `?${chosen}` : ""}${location.hash}`);
    }
    // A link to a row or a group that the filter hides shows it.
    function reveal() {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.closest("[hidden]")) { form.reset(); apply(); target.scrollIntoView(); }
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", reveal);
    if (given.length) apply();
    reveal();
  }

  // A ledger of several pages is filtered as one: an index of all rows is fetched with the first question, and the
  // first of the rows that answer it are listed, each a link to its place.
  const MOST = 100;

  function throughIndex(form) {
    const rows = document.querySelector("ol.ledger-rows"), output = form.querySelector("output"), all = output.textContent;
    const found = Object.assign(document.createElement("ol"), { className: "ledger-rows ledger-found", hidden: true });
    const selects = [...form.querySelectorAll("select")];
    let index, words, asked;
    rows.before(found);
    form.hidden = false;

    const fetched = () => asked ??= new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: form.dataset.index });
      globalThis.bookLedger = (list) => { index = list; words = list.map((row) => `${row[0]} ${row[6]}`.toLowerCase()); };
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => { asked = undefined; reject(); });
      document.head.append(script);
    });

    function item([id, part, , , kind, , text]) {
      const link = Object.assign(document.createElement("a"), { href: `${nameOf(part)}#${id}`, textContent: text });
      const about = Object.assign(document.createElement("small"), { textContent: `${kind} · ${id}` });
      const row = document.createElement("li");
      row.append(link, about);
      return row;
    }

    async function apply() {
      const q = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const asking = q.length > 0 || selects.some((select) => select.value);
      const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      if (location.protocol.startsWith("http")) history.replaceState(null, "", `${location.pathname}${chosen.size ? `?${chosen}` : ""}${location.hash}`);
      found.hidden = !asking;
      rows.hidden = asking;
      if (!asking) return void (output.textContent = all);
      if (!index) {
        output.textContent = "Fetching the index …";
        try { await fetched(); } catch { return void (output.textContent = "The index could not be fetched. Try again."); }
        return apply();
      }
      const matches = [];
      let number = 0;
      index.forEach((row, i) => {
        if (!selects.every((s, at) => !s.value || row[2 + at].split(" ").includes(s.value)) || !q.every((word) => words[i].includes(word))) return;
        if (number++ < MOST) matches.push(row);
      });
      found.replaceChildren(...matches.map(item));
      output.textContent = `${number} of ${index.length} ${form.dataset.what}${number > MOST ? `, the first ${MOST} shown` : ""}`;
    }

    const wanted = new URLSearchParams(location.search);
    const given = [...selects, form.elements.q].filter((control) => wanted.has(control.name));
    for (const control of given) control.value = wanted.get(control.name);
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    if (given.length) apply();
  }

  const nameOf = (part) => `ledger${part ? `-${part + 1}` : ""}.html`;

  // Every row can be called for on the ledger's first page, where it stood and where it is cited: this leads on to
  // the page that has it. The pages are ordered by the ids of their rows.
  function leadOn() {
    const rows = document.querySelector("ol.ledger-rows[data-firsts]");
    const id = decodeURIComponent(location.hash.slice(1));
    if (!rows || !id || document.getElementById(id)) return;
    const part = JSON.parse(rows.dataset.firsts).findLastIndex((first) => first <= id);
    if (part >= 0 && part !== Number(rows.dataset.part)) location.replace(`${nameOf(part)}#${id}`);
  }

  leadOn();
  addEventListener("hashchange", leadOn);
  document.querySelectorAll(".ledger-filter").forEach((form) => (form.dataset.index ? throughIndex : start)(form));
})();
