// A figure opens large at a tap and closes with Escape, Back or the button. Without this script its files
// are in the panel below it, each larger than the page.
"use strict";
(() => {
  let view, image;

  function make() {
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    image = document.createElement("img");
    view = Object.assign(document.createElement("dialog"), { className: "large" });
    view.append(close, image);
    close.addEventListener("click", () => view.close());
    view.addEventListener("close", () => {
      // However it was closed: one step back in the history is used up.
      if (history.state?.large) history.back();
    });
    addEventListener("popstate", () => view.close());
    document.body.append(view);
  }

  // The picture that a desk has, in the colours of now.
  function wide(picture) {
    const sources = [...picture.querySelectorAll("source")].filter((source) => !source.media.includes("max-width"));
    const chosen = sources.find((source) => matchMedia(source.media).matches);
    return chosen ? chosen.srcset : picture.querySelector("img").src;
  }

  function open(picture) {
    if (!view) make();
    const shown = picture.querySelector("img"), figure = picture.closest("figure");
    // A map is points in the page; its file in lines is sharp at any size. Explorers have such a file for one state only.
    const isMap = shown.src.endsWith(".webp") && !picture.closest(".explorer");
    const lines = isMap && document.querySelector(`a[href$="/${figure.id}.svg"]`); // in the panel below it
    image.src = lines ? lines.href : wide(picture);
    image.alt = shown.alt;
    view.setAttribute("aria-label", figure.querySelector(".figure-headline [id]")?.textContent ?? "Figure");
    view.showModal();
    history.pushState({ large: true }, "");
  }

  document.addEventListener("click", (event) => {
    const picture = event.target instanceof Element && event.target.closest("figure.companion-figure picture");
    if (picture && HTMLDialogElement.prototype.showModal) open(picture);
  });
})();
