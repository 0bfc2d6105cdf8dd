// Explorers: the control chooses among the states that stand in the page as a list.
// Without this script the list stays, each state a link to its picture.
"use strict";
(() => {
  function start(box) {
    const name = box.dataset.explorer, form = box.querySelector("form"), control = form.elements[name];
    const list = box.querySelector(".explorer-list"), items = [...list.querySelectorAll("li")];
    const keys = items.map((item) => item.dataset.state), ranged = control.type === "range";
    const stage = box.querySelector(".explorer-stage"), finding = box.querySelector(".explorer-finding");
    const link = Object.assign(document.createElement("a"), { className: "explorer-link", textContent: "Link to this state" });
    let shown = box.dataset.start;

    function addressOf(key) {
      const address = new URL(location.href);
      address.searchParams.set(name, key);
      address.hash = box.closest("figure").id;
      return address.href;
    }

    function show(key) {
      const item = items[keys.indexOf(key)];
      const label = item.querySelector("a").textContent;
      if (ranged) {
        control.setAttribute("aria-valuetext", label);
        form.querySelector(".explorer-value").textContent = label;
      }
      if (key !== shown) {
        stage.replaceChildren(item.querySelector("template").content.cloneNode(true));
        const bold = document.createElement("b");
        bold.textContent = `${label}.`;
        finding.replaceChildren(bold, " ", item.querySelector(".explorer-said").cloneNode(true));
        box.querySelector(".explorer-source").replaceChildren(item.querySelector(".figure-source").cloneNode(true), " ", link);
        shown = key;
      }
      link.href = addressOf(key);
    }

    function choose(key) {
      if (ranged) control.value = keys.indexOf(key);
      else control.value = key;
      show(key);
    }

    list.hidden = true;
    form.hidden = false;
    box.querySelector(".explorer-source").append(" ", link);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      const key = ranged ? keys[control.value] : control.value;
      show(key);
      // A page opened from a folder (file:) may not rewrite its address; the link holds it all the same.
      if (location.protocol.startsWith("http")) history.replaceState(null, "", addressOf(key));
    });
    const wanted = new URLSearchParams(location.search).get(name);
    choose(keys.includes(wanted) ? wanted : shown);
  }

  function all() { document.querySelectorAll(".explorer").forEach(start); }
  all();
})();
