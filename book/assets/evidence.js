// Filters of the pages of checks and of disagreements. Without this script every entry stands in its group.
"use strict";
(() => {
  function start(form) {
    const entries = [...document.querySelectorAll(".entry")], groups = [...document.querySelectorAll(".entries")];
    const words = entries.map((entry) => entry.textContent.toLowerCase());
    const selects = [...form.querySelectorAll("select")], output = form.querySelector("output");
    form.hidden = false;
    const wanted = new URLSearchParams(location.search);
    for (const control of [...selects, form.elements.q]) if (wanted.has(control.name)) control.value = wanted.get(control.name);

    function apply() {
      const q = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      entries.forEach((entry, i) => {
        const match = selects.every((s) => !s.value || (entry.dataset[s.name] || "").split(" ").includes(s.value))
          && q.every((word) => words[i].includes(word));
        entry.hidden = !match;
        shown += match;
      });
      groups.forEach((group) => { group.hidden = !group.querySelector(".entry:not([hidden])"); });
      output.textContent = `${shown} of ${entries.length} entries`;
      const chosen = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
      // A page opened from a folder (file:) may not rewrite its address.
      if (location.protocol.startsWith("http")) history.replaceState(null, "", `${location.pathname}${chosen.size ? `?${chosen}` : ""}${location.hash}`);
    }
    // A link to an entry or a group that the filter hides shows it.
    function reveal() {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.closest("[hidden]")) { form.reset(); apply(); target.scrollIntoView(); }
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", reveal);
    apply();
    reveal();
  }

  function all() { document.querySelectorAll(".entry-filter").forEach(start); }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
