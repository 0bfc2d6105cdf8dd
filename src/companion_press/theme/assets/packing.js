// Packs files of the site into one zip when a reader asks for it, so that the site need not hold each of them twice.
// Without this script, and on a page opened from a disk, which may fetch nothing, the files stand in their panels.
"use strict";
(() => {
  const root = new URL("../", document.currentScript.src);

  async function fetched(path) {
    const answer = await fetch(new URL(path, root));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return { name: path.split("/").pop(), input: await answer.blob(), lastModified: new Date(1980, 0, 1) };
  }

  async function pack(button, library, said) {
    const { files, pack: name } = button.dataset;
    button.disabled = true;
    said.textContent = "Fetching the files …";
    try {
      const { downloadZip } = await import(library);
      const parts = await Promise.all(files.split(" ").map(fetched));
      const link = Object.assign(document.createElement("a"), { download: name });
      link.href = URL.createObjectURL(await downloadZip(parts).blob());
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      said.textContent = `${name}: ${parts.length} files.`;
    } catch {
      said.textContent = "The files could not be fetched. Try again, or take them from the panels below the figures.";
    }
    button.disabled = false;
  }

  function start(box) {
    const said = box.querySelector("[role=status]");
    box.hidden = false;
    box.querySelectorAll("button").forEach((button) => {
      button.addEventListener("click", () => pack(button, new URL(box.dataset.library, root), said));
    });
  }

  if (location.protocol.startsWith("http")) document.querySelectorAll(".packing").forEach(start);
})();
