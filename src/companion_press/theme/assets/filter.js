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

  function all() { document.querySelectorAll(".ledger-filter").forEach(start); }
  all();
})();
