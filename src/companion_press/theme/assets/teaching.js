// Links for a class: puts the address of a hub and of a repository into the pattern that the page
// carries. Without this script the pattern stands there to be filled in by hand.
"use strict";
(() => {
  const form = document.querySelector(".hub-form");
  if (!form) return;
  const said = form.querySelector(".hub-said"), choices = [...form.querySelectorAll("li[data-name]")];
  const list = form.insertAdjacentElement("afterend", document.createElement("ul"));
  list.className = "hub-links";

  // People copy the address of the page that they are on: what follows the hub's own address is dropped.
  function hub(text) {
    const address = new URL(text.trim());
    if (!/^https?:$/.test(address.protocol)) throw new TypeError("not a web address");
    return address.origin + address.pathname.replace(/\/(hub|user)(\/.*)?$/, "").replace(/\/+$/, "");
  }

  function link(parts) {
    return form.dataset.pattern.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  }

  function make(event) {
    event.preventDefault();
    list.replaceChildren();
    let at;
    try {
      at = hub(form.elements.hub.value);
    } catch {
      said.textContent = "That is not the address of a hub: write one such as https://hub.example.org";
      return;
    }
    const repository = form.elements.repository.value.trim().replace(/\/+$/, "");
    const folder = repository.split("/").pop(), ending = form.elements.without.checked ? form.dataset.without : "";
    for (const choice of choices) {
      const address = link({
        hub: at, repository: encodeURIComponent(repository), folder: encodeURIComponent(folder),
        notebook: encodeURIComponent(`${choice.dataset.name}${ending}.ipynb`),
      });
      const item = document.createElement("li"), anchor = document.createElement("a"), code = document.createElement("code");
      Object.assign(anchor, { href: address, textContent: choice.textContent });
      code.textContent = address;
      item.append(anchor, document.createElement("br"), code);
      list.append(item);
    }
    said.textContent = `${choices.length} links for ${at}:`;
  }

  form.addEventListener("submit", make);
  form.hidden = false;
})();
