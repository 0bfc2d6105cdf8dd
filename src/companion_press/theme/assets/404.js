// A server shows this page at any address: find the site's root from the folders that it names.
"use strict";
(() => {
  const inside = /\/(book|seeds|data|claims|figures|cite|notebooks|_images|_static|lite)(\/.*)?$/;
  const root = location.pathname.replace(inside, "/").replace(/[^/]*$/, "");
  document.querySelectorAll("a[data-path]").forEach((link) => { link.href = root + link.dataset.path; });
})();
