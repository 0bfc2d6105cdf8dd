// Finding things: the box that opens over a page, and the page search.html.
// The index and the library come as one script when the box is first used: a script,
// because a page opened from a folder (file:) may not fetch. Without this script the
// control in the header is a link to search.html, which says where else to look.
"use strict";
(() => {
  const STEP = 10, KEY = "book-search";
  // ---- words ----

  // Letters that Unicode does not take apart, and Cyrillic ones that Russian keyboards lack.
  const LIKE = {
    ı: "i", ə: "e", ø: "o", ł: "l", đ: "d", ß: "ss", æ: "ae", œ: "oe",
    қ: "к", ғ: "г", ң: "н", ү: "у", ұ: "у", ө: "о", һ: "х", ҳ: "х", ҷ: "ч", ә: "а", і: "и",
  };
  const SMALL = new Set(("a an and are as at be been but by for from had has have in into is it its of on or so such than "
    + "that the their there these they this to was were which while with").split(" "));
  // A word may hold joints: C5+1, ES-11/3, 35.8, Ker-Lindsay, Oʻzbekiston.
  const WORD = /[\p{L}\p{N}\p{M}]+(?:[-+/.,:&'’ʻʼ‘‐‑–][\p{L}\p{N}\p{M}]+)*/gu;

  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/['’]s$/, "").replace(/[\p{M}'’ʻʼ‘]/gu, "")
    .replace(/[‐‑–]/g, "-").replace(/[^\x00-\x7f]/g, (c) => LIKE[c] || c);

  // Singular and plural meet in one form (the "S stemmer": Harman 1991, JASIS 42:1, p. 9; and taxes, crises).
  const stem = (word) => word.length < 4 || /\d/.test(word) ? word
    : /(ss|x|ch|sh)es$/.test(word) ? word.slice(0, -2) : /...sis$/.test(word) ? word.slice(0, -2) + "e"
    : word.endsWith("ies") ? word.replace(/([^ae])ies$/, "$1y")
    : word.endsWith("es") ? word.replace(/([^aeo])es$/, "$1e") : word.replace(/([^us])s$/, "$1");

  // A word with joints is found whole and by its parts; a number such as 35.8 or 45,000 only whole.
  function take(word) {
    const whole = fold(word).replace(/(\d),(?=\d)/g, "$1").replace(/(\p{L})\.(?=\p{L})/gu, "$1");
    const parts = /^[\d.:]+$/.test(whole) ? [whole] : whole.split(/[^\p{L}\p{N}]+/u);
    return { whole, parts: parts.length > 1 ? parts : [] };
  }
  const taken = new Map(); // a book has ten times as many words as different words
  function termsOf(word) {
    let found = taken.get(word);
    if (!found) {
      const { whole, parts } = take(word);
      taken.set(word, found = [whole, ...parts].filter((one) => !SMALL.has(one)).map(stem));
    }
    return found;
  }
  const terms = (text) => Array.from(text.matchAll(WORD), ([word]) => termsOf(word)).flat();

  // Says where the wanted terms stand in a text: [start, end] of each word.
  const places = (text, wanted) => Array.from(text.matchAll(WORD))
    .filter(([word]) => termsOf(word).some((term) => wanted.has(term)))
    .map((match) => [match.index, match.index + match[0].length]);

  // ---- the index ----

  const opener = document.querySelector(".search-open");
  if (!opener) return;
  const root = new URL(".", opener.href);
  let engine, loading;

  function load() {
    loading ??= new Promise((resolve, reject) => {
      globalThis.bookSearchIndex = (MiniSearch, data) =>
        bookSearchEngine(MiniSearch, data, { WORD, SMALL, take, stem, terms }).then((made) => resolve(engine = made), reject);
      const script = document.createElement("script");
      script.src = opener.dataset.index;
      script.onerror = () => { loading = undefined; script.remove(); reject(new Error("no index")); };
      document.head.append(script);
    });
    return loading;
  }

  // ---- what the reader sees ----

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  function marked(text, wanted, start = 0, end = text.length) {
    const parts = [];
    let at = start;
    for (const [from, to] of places(text, wanted)) {
      if (from < at || to > end) continue;
      parts.push(text.slice(at, from), make("mark", {}, text.slice(from, to)));
      at = to;
    }
    return [...parts, text.slice(at, end)];
  }

  const hits = (text, wanted) => new Set(places(text, wanted).map(([from, to]) => fold(text.slice(from, to)))).size;

  // The stretch of a text that holds most of the words.
  function snippet(text, wanted, length = 190) {
    if (text.length <= length) return marked(text, wanted);
    const found = places(text, wanted);
    let start = 0, most = 0;
    for (const [from] of found) {
      const begin = Math.max(0, from - 40);
      const inside = new Set(found.filter(([a, b]) => a >= begin && b <= begin + length).map(([a, b]) => fold(text.slice(a, b)))).size;
      if (inside > most) [start, most] = [begin, inside];
    }
    if (start) start = text.indexOf(" ", start) + 1;
    let end = Math.min(text.length, start + length);
    if (end < text.length) end = text.lastIndexOf(" ", end);
    return [start ? "… " : "", ...marked(text, wanted, start, end), end < text.length ? " …" : ""];
  }

  const WAYS = [["book/names.html", "the index of names and places"], ["book/figures.html", "the list of figures"],
    ["book/glossary.html", "the glossary"], ["book/ledger.html", "the ledger, which lists every claim"]];
  const ways = () => WAYS.flatMap(([path, name], i) => [i ? (i < WAYS.length - 1 ? ", " : " or ") : "", make("a", { href: new URL(path, root) }, name)]);

  // Makes the search inside an element. `page`: it is search.html, and the address follows the words.
  function panel(holder, page) {
    const input = make("input", {
      type: "search", name: "q", id: "search-words", autocomplete: "off", autocapitalize: "none", spellcheck: "false",
      enterkeyhint: "search", placeholder: "Words, a number, a name …",
    });
    const form = make("form", { role: "search", action: new URL("search.html", root), class: "search-form" },
      make("label", { for: "search-words", class: page ? "search-label" : "visually-hidden" }, "Search the book"), input);
    // In a low window, such as at 400 percent, the kinds are folded into one line: results first.
    const kinds = make("fieldset", { class: "search-kinds" }), chosen = make("summary", {}), choice = make("details", { class: "search-choice" }, chosen, kinds);
    const low = matchMedia("(max-height: 30rem)"), unfold = () => { choice.open = !low.matches; };
    low.addEventListener("change", unfold);
    unfold();
    const count = make("p", { class: "search-count" });
    const list = make("ol", { class: "search-results", role: "list" });
    const more = make("button", { type: "button", class: "search-more" });
    const said = make("p", { class: "visually-hidden", role: "status" });
    const foot = make("p", { class: "search-foot" });
    const found = make("div", { class: "search-found" }, choice, count, list, more, foot);
    holder.append(form, found, said);
    choice.hidden = more.hidden = foot.hidden = true;
    let all = [], shown = 0, only = "", saying, asked = 0;

    const inKind = () => all.filter(({ kind }) => !only || kind[0] === only);
    const links = () => [...list.querySelectorAll("a")];

    function say(text) {
      clearTimeout(saying);
      saying = setTimeout(() => { said.textContent = text; }, 700);
    }

    function add() {
      const results = inKind();
      for (const { entry: [, title, address, where, text, hidden], kind, terms: wanted } of results.slice(shown, shown + STEP)) {
        const link = make("a", { href: new URL(address, root) }, ...marked(title, wanted));
        link.addEventListener("click", () => { remember(link.href, wanted); if (samePage(link.href)) holder.closest("dialog")?.close(); });
        const item = make("li", {}, make("p", { class: "search-where" }, make("b", {}, kind[0]), where ? ` · ${where}` : ""), link);
        // What was found in an alternative text or a name in another script is shown from there.
        const best = hidden && hits(hidden, wanted) > hits(`${title} ${text}`, wanted) ? hidden : text;
        if (best) item.append(make("p", { class: "search-snippet" }, ...snippet(best, wanted)));
        list.append(item);
      }
      shown = Math.min(results.length, shown + STEP);
      more.hidden = shown >= results.length;
      more.textContent = `Show ${Math.min(STEP, results.length - shown)} more of ${results.length}`;
    }

    function filters() {
      const counts = new Map();
      for (const { kind } of all) counts.set(kind, (counts.get(kind) || 0) + 1);
      if (only && ![...counts.keys()].some((kind) => kind[0] === only)) only = "";
      kinds.replaceChildren(make("legend", { class: "visually-hidden" }, "Kinds of results"));
      for (const [name, label, number] of [["", "All", all.length], ...engine.kinds.filter((kind) => counts.has(kind)).map((kind) => [kind[0], kind[1], counts.get(kind)])]) {
        const radio = make("input", { type: "radio", name: "kind", value: name });
        radio.checked = name === only;
        kinds.append(make("label", {}, radio, `${label} `, make("span", {}, String(number))));
      }
      choice.hidden = counts.size < 2;
    }

    function render(note) {
      found.setAttribute("aria-busy", "false");
      list.replaceChildren();
      shown = 0;
      add();
      const number = inKind().length;
      chosen.textContent = only ? `Only ${engine.kinds.find((kind) => kind[0] === only)[1].toLowerCase()}` : "All kinds of results";
      // The page has its heading above the box: the box moves up if the first result would stand below the window.
      if (page && low.matches && list.getBoundingClientRect().top > innerHeight - 50) input.scrollIntoView();
      count.textContent = `${number} ${number === 1 ? "result" : "results"}.${note ? ` ${note}` : ""}`;
      say(count.textContent);
    }

    function nothing(...content) {
      found.setAttribute("aria-busy", "false");
      all = [];
      list.replaceChildren();
      choice.hidden = more.hidden = true;
      count.replaceChildren(...content);
      say(count.textContent);
    }

    async function search() {
      const query = input.value, turn = ++asked;
      const address = new URL("search.html", root);
      if (query.trim()) address.searchParams.set("q", query.trim());
      // A page opened from a folder (file:) may not rewrite its address.
      if (page && location.protocol.startsWith("http")) history.replaceState(null, "", address);
      foot.hidden = page || !query.trim();
      foot.replaceChildren(make("a", { href: address }, "A page of these results, with an address to link to"));
      if (!query.trim()) return nothing();
      found.setAttribute("aria-busy", "true");
      if (!engine) count.textContent = "Fetching the index …";
      try { await load(); } catch {
        if (turn === asked) nothing("The index could not be fetched. Try again, or look in ", ...ways(), ".");
        return;
      }
      if (turn !== asked) return;
      const { results, unknown, nearest, some, similar, exact } = engine.find(query);
      all = results;
      if (!all.length) return nothing(`Nothing found for “${query.trim()}”. Try fewer or shorter words, or look in `, ...ways(), ".");
      filters();
      const quoted = (words) => words.map((word) => `“${word}”`).join(", ");
      render([
        unknown.length && `The book has nothing like ${quoted(unknown)}; these have the rest.`,
        nearest.length && `The book does not have ${quoted(nearest)}; these have the nearest words.`,
        some && "Nothing has all the words; these have some.",
        similar && (exact ? `${exact} ${exact === 1 ? "has" : "have"} these words, the others similar ones.` : "Nothing has just these words; these have similar ones."),
      ].filter(Boolean).join(" "));
    }

    input.addEventListener("focus", () => { load().catch(() => {}); });
    input.addEventListener("input", search);
    kinds.addEventListener("change", (event) => { only = event.target.value; render(); });
    more.addEventListener("click", () => { const next = shown; add(); links()[next].focus(); });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const first = links()[0];
      if (!first) return;
      page ? first.focus() : first.click();
    });
    holder.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const here = links(), at = here.indexOf(document.activeElement);
      if (!step || event.ctrlKey || event.metaKey || event.altKey || (at < 0 && document.activeElement !== input)) return;
      const next = at + step;
      if (next >= here.length) { if (!more.hidden) { event.preventDefault(); more.click(); } return; }
      if (next < -1) return;
      event.preventDefault();
      next < 0 ? input.focus() : here[next].focus();
    });
    return { input, search };
  }

  // ---- opening ----

  let dialog, box;

  function open(words = "") {
    if (box && !dialog) { box.input.focus(); box.input.select(); return; } // search.html itself
    if (!dialog) {
      const shut = make("button", { type: "button", class: "search-close" }, "Close");
      dialog = make("dialog", { class: "search-dialog", "aria-label": "Search the book" });
      shut.addEventListener("click", () => dialog.close());
      // A click beside the box is a click on the dialog itself.
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
      // In a search field some browsers take Escape to empty it.
      dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); dialog.close(); } });
      document.body.append(dialog);
      box = panel(dialog, false);
      dialog.querySelector("form").after(shut);
    }
    if (dialog.open) return;
    dialog.showModal();
    box.input.focus();
    box.input.select();
  }

  const button = make("button", { type: "button", class: opener.className, "aria-haspopup": "dialog", "aria-keyshortcuts": "Control+K Meta+K" }, ...opener.childNodes);
  button.addEventListener("click", () => open());
  opener.replaceWith(button);

  addEventListener("keydown", (event) => {
    // A single key would be pressed by whoever dictates (WCAG 2.1.4).
    const called = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!called) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog?.open ? dialog.close() : open();
  }, true);

  const onPage = document.getElementById("search-page");
  if (onPage) {
    box = panel(onPage, true);
    box.input.value = new URLSearchParams(location.search).get("q") || "";
    if (box.input.value) box.search();
  }

  // ---- arriving: the words are marked in the place that was found ----

  const samePage = (address) => address.split("#")[0] === location.href.split("#")[0];

  function remember(address, wanted) {
    try { sessionStorage.setItem(KEY, JSON.stringify([address, [...wanted]])); } catch { /* no storage: no marks */ }
  }

  function arrive() {
    if (!globalThis.Highlight || !CSS.highlights) return;
    let found;
    try { found = JSON.parse(sessionStorage.getItem(KEY)); } catch { return; }
    if (!found || found[0] !== location.href) return;
    sessionStorage.removeItem(KEY);
    const wanted = new Set(found[1]);
    const id = decodeURIComponent(location.hash.slice(1));
    let place = (id && document.getElementById(id)) || document.querySelector("main article");
    if (!place) return;
    if (place.matches("span")) place = place.closest("section, li") || place;
    const spots = place.matches("dt") ? [place, place.nextElementSibling] : [place];
    const ranges = [];
    for (const spot of spots.filter(Boolean)) {
      const walker = document.createTreeWalker(spot, NodeFilter.SHOW_TEXT);
      for (let node; (node = walker.nextNode());) {
        if (node.parentElement.closest("script, style, .take, .claim-cards")) continue;
        for (const [from, to] of places(node.data, wanted)) {
          const range = new Range();
          range.setStart(node, from);
          range.setEnd(node, to);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set(KEY, new Highlight(...ranges));
    addEventListener("keydown", (event) => { if (event.key === "Escape") CSS.highlights.delete(KEY); });
  }
  addEventListener("hashchange", arrive);
  arrive();
})();
