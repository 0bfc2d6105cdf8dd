// What a search finds. It comes with the index, when the box is first used; `words` are the functions of search.js
// that take a text apart, which pages have anyway.
"use strict";
async function bookSearchEngine(MiniSearch, { kinds, names, spellings, entries }, { WORD, SMALL, take, stem, terms }) {
  const FEW = 5; // with fewer results than this, similar words are looked for too

  // ---- the index ----

  const is = (id, ...names) => names.includes(kinds[entries[id][0]][0]);
  const field = {
    id: (id) => id,
    // The title of a claim is a whole sentence: text, and not a name above a text.
    // A figure is known by the name in its address too.
    title: (id) => is(id, "Claim") ? "" : is(id, "Figure") ? entries[id][1] + entries[id][2].replace(/.*#/, " ") : entries[id][1],
    text: (id) => `${is(id, "Claim") ? entries[id][1] : ""} ${entries[id][4]} ${entries[id][5] || ""}`,
    where: (id) => entries[id][3],
  };
  const known = new Set();
  const index = new MiniSearch({
    fields: ["title", "text", "where"], tokenize: terms, processTerm: (term) => { known.add(term); return term; },
    extractField: (id, name) => field[name](id),
    searchOptions: {
      tokenize: (term) => [term], processTerm: (term) => term, combineWith: "AND", boost: { title: 4, where: 0.4 },
      boostDocument: (id) => kinds[entries[id][0]][2],
    },
  });
  const ids = entries.map((_, id) => id);
  for (let i = 0; i < ids.length; i += 150) {
    index.addAll(ids.slice(i, i + 150));
    await new Promise((next) => setTimeout(next)); // keys that are pressed meanwhile show at once
  }

  const listed = (pairs) => {
    const map = new Map();
    for (const [key, value] of pairs) map.set(key, [...(map.get(key) || []), value]);
    return map;
  };

  // Both spellings of a word: labour and labor.
  const pairs = spellings.map((pair) => pair.map(stem)), spelled = listed(pairs.flatMap(([a, b]) => [[a, b], [b, a]]));
  const forms = (term) => [term, ...(spelled.get(term) || [])];

  // What a form of a verb may be a form of: planned of plan, rated of rate.
  function bases(word) {
    const [, bare] = word.match(/^(.*[aeiouy].*)(?:ed|ing)$/) || [];
    return !bare || bare.length < 3 ? [word] : [word, bare, `${bare}e`, bare.replace(/([^aeious])\1$/, "$1"), bare.replace(/i$/, "y")];
  }
  const ofBase = listed([...known].flatMap((term) => [...new Set(bases(term))].map((base) => [base, term])));
  const inflected = (term) => [...new Set(bases(term).flatMap((base) => ofBase.get(base) || []))].filter((other) => other !== term);

  // Names for the same thing stand for each other: EU and European Union, Turkey and Türkiye. Each is a list of words.
  const spoken = (text) => Array.from(text.matchAll(WORD), ([word]) => take(word)).filter(({ whole }) => !SMALL.has(whole));
  const phrases = names.flatMap((group) => group.map((name) => {
    const own = spoken(name), others = group.filter((other) => other !== name).map(spoken);
    return [own.map(({ whole }) => whole), own.flatMap(({ whole, parts }) => parts.length ? parts : [whole])].map((name) => ({ name: name.map(stem), others }));
  })).flat();

  // ---- what is asked for ----

  const all = (...queries) => ({ combineWith: "AND", queries });
  const any = (...queries) => ({ combineWith: "OR", queries: queries.filter(Boolean) });
  const term = (word) => ({ queries: [word] });
  const less = (word) => ({ queries: [word], boostTerm: () => 0.4 });
  const begins = (word) => ({ queries: [word], prefix: true });
  // Slips of the keyboard that are forgiven: none in a number or a short word.
  const near = (word, least = 4, more = 7) => ({ queries: [stem(word)], fuzzy: /\d/.test(word) || stem(word).length < least ? 0 : stem(word).length < more ? 1 : 2 });
  const has = (tree) => index.search(tree).length > 0;
  // The longest beginning of a word that some word has: mobilis- of mobilisation.
  function begun(word) {
    let end = /\d/.test(word) ? word.length : Math.max(5, Math.ceil(word.length / 2)), tree = begins(word);
    for (let n = word.length - 1; n >= end && !has(tree); n--) tree = begins(word.slice(0, n));
    return tree;
  }

  // A word in any of its forms, perhaps unfinished.
  function exactly(word, open) {
    const whole = stem(word), started = open && word.length > 3 ? pairs.flat().filter((one) => one.startsWith(word)).flatMap(forms) : [];
    const same = new Set([...forms(whole), ...started]), kin = new Set([...same].flatMap(inflected).filter((one) => !same.has(one)));
    return any(...[...same].map(term), ...[...kin].map(less), open && begins(word));
  }

  const alike = (a, b) => forms(a).includes(b);

  // Amounts: 45bn, 45 bn, 45 billion, 45,000 million and 45000000000 are one.
  const SCALES = { thousand: 3, k: 3, million: 6, m: 6, mn: 6, mln: 6, billion: 9, bn: 9, bln: 9, trillion: 12, tn: 12, trn: 12 };
  const NUMBER = /^\d+(\.\d+)?$/;
  function amount(number, scale, amounts) {
    const places = (number.split(".")[1] || "").length;
    const at = (power) => Number((Number(number) * 10 ** (scale - power)).toFixed(Math.max(0, places + power - scale))) + "";
    const ways = [[0, ""], [3, "thousand"], [6, "million"], [9, "billion"], [12, "trillion"]]
      .map(([power, name]) => [at(power), name]).filter(([digits]) => NUMBER.test(digits) && digits !== "0");
    amounts.push(new RegExp(`(^|[^\\d.])(${ways.map((way) => way.join(" ").trim().replace(".", "\\.")).join("|")})(?![\\d.]*\\d)`));
    return ways.flatMap(([digits, name]) => !name ? [term(digits)]
      : [all(term(digits), term(name)), ...Object.keys(SCALES).filter((unit) => unit !== name && SCALES[unit] === SCALES[name]).map((unit) => term(digits + unit))]);
  }

  // Finds entries: all words, the last one perhaps unfinished. A word that the book does not have is
  // taken for the nearest that it has; where few entries have all the words, similar words count too;
  // where none has, some of the words will do.
  function find(query) {
    const unknown = [], nearest = [], amounts = [];
    let words = [...query.matchAll(WORD)].map(([word]) => ({ word, ...take(word) }));
    if (words.some(({ whole }) => !SMALL.has(whole))) words = words.filter(({ whole }) => !SMALL.has(whole));
    const unfinished = !/\s$/.test(query) && words.at(-1);

    function meaning({ word, whole, parts }, open) {
      const exact = exactly(whole, open), apart = all(...parts.map((part, i) => exactly(part, open && i === parts.length - 1)));
      // A name such as ES-11/3 is that name; Russia-Ukraine is also two words.
      if (has(exact)) return parts.length && !/\d/.test(whole) ? any(exact, apart) : exact;
      if (parts.length && has(apart)) return apart;
      const close = all(...(parts.length ? parts : [whole]).map((part) => has(exactly(part)) ? exactly(part) : has(near(part)) ? near(part) : begun(part)));
      (has(close) ? nearest : unknown).push(word);
      return has(close) ? close : undefined;
    }

    // A number and how many words it takes, with the thousands apart (56 500) or with a scale (45 billion, 45bn).
    function number(i) {
      const { whole } = words[i], next = words[i + 1], open = next === unfinished;
      const [, digits, unit] = whole.match(/^(\d+(?:\.\d+)?)([a-z]*)$/) || [];
      if (!digits || (unit && !(unit in SCALES))) return;
      if (unit) return { length: 1, tree: any(exactly(whole, words[i] === unfinished), ...amount(digits, SCALES[unit], amounts)) };
      if (next && next.whole in SCALES) return { length: 2, tree: any(all(term(digits), exactly(next.whole, open)), ...amount(digits, SCALES[next.whole], amounts)) };
      if (next && /^\d{1,3}$/.test(digits) && /^\d{3}$/.test(next.whole)) return { length: 2, tree: any(all(term(digits), exactly(next.whole, open)), term(digits + next.whole)) };
      if (Number(digits) >= 1e4) return { length: 1, tree: any(exactly(whole, words[i] === unfinished), ...amount(digits, 0, amounts)) };
    }

    const trees = [];
    for (let i = 0; i < words.length; i++) {
      const meant = phrases.filter(({ name }) => name.length && name.every((one, n) => words[i + n] && alike(stem(words[i + n].whole), one)));
      const length = Math.max(0, ...meant.map(({ name }) => name.length)), counted = number(i);
      const these = words.slice(i, i + Math.max(1, length));
      if (length) {
        const same = meant.filter(({ name }) => name.length === length).flatMap(({ others }) => others);
        // Initials are not the beginning of a word.
        const literal = these.map(({ whole }) => exactly(whole, these.at(-1) === unfinished && whole.length > 3));
        trees.push({ tree: any(all(...literal), ...same.map((other) => all(...other.map(({ whole }) => exactly(whole))))) });
      } else if (counted) trees.push({ tree: counted.tree });
      else trees.push({ tree: meaning(words[i], words[i] === unfinished), word: words[i] });
      i += (length || counted?.length || 1) - 1;
    }
    const understood = trees.filter(({ tree }) => tree);
    const jointed = words.filter(({ parts }) => parts.length).map(({ whole }) => stem(whole));

    function ranked(results) {
      for (const result of results) {
        // What is called just so comes first, and a name with joints before its parts.
        const called = terms(entries[result.id][1].replace(/^(Figure|Table) [^:]*: /, "")), has = (one) => result.terms.includes(one);
        if (called.length && called.every(has)) result.score *= 2;
        if (jointed.some(has)) result.score *= 4;
        // A number and its scale mean something only side by side, and most where they are the matter itself.
        const [title, all] = amounts.length ? [entries[result.id][1], entries[result.id].join(" ")].map((text) => text.replace(/(\d),(?=\d)/g, "$1")) : [];
        for (const one of amounts) result.score *= one.test(title) ? 8 : one.test(all) ? 2 : 1;
      }
      return results.sort((a, b) => Math.abs(b.score - a.score) > 1e-6 ? b.score - a.score : a.id - b.id);
    }

    let results = understood.length ? ranked(index.search(all(...understood.map(({ tree }) => tree)))) : [];
    // That a word stands somewhere in the book does not make it the word that was meant.
    const exact = results.length, loose = ({ tree, word }) => word && !word.parts.length ? any(tree, near(word.whole, 5, 8)) : tree;
    if (exact < FEW && understood.some(({ word }) => word)) {
      const there = new Set(results.map(({ id }) => id));
      results = [...results, ...ranked(index.search(all(...understood.map(loose)))).filter(({ id }) => !there.has(id))];
    }
    const similar = results.length > exact, some = !results.length && understood.length > 1;
    if (some) results = ranked(index.search(any(...understood.map(({ tree }) => tree))));
    return {
      results: results.map(({ id, terms }) => ({ entry: entries[id], kind: kinds[entries[id][0]], terms: new Set(terms) })),
      unknown, nearest, some, exact: similar && exact, similar,
    };
  }

  return { find, kinds };
}
