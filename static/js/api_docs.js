// Swagger UI leaves controls without names and headings without order. What it draws is mended as it is drawn.
const LEVELS = [
  [".info .title", 1],
  [".opblock-tag, .dialog-ux h3", 2],
  [".opblock h4, .dialog-ux h4", 3],
  [".opblock h5, .dialog-ux h5, .dialog-ux h6", 4],
];

function nameOf(control) {
  const row = control.closest("tr[data-param-name]");
  if (row) return `Parameter ${row.dataset.paramName}`;
  if (control.matches(".examples-select-element")) return "Example";
  if (control.matches(".body-param__text")) return "Request body";
  if (control.closest(".content-type, .response-control-media-type, .opblock-section-request-body")) return "Media type";
  return "Value";
}

function mend() {
  document.querySelector(".information-container:not([role])")?.setAttribute("role", "banner");
  for (const [selector, level] of LEVELS) {
    for (const heading of document.querySelectorAll(`:is(${selector}):not([aria-level])`)) {
      heading.setAttribute("role", "heading");
      heading.setAttribute("aria-level", String(level));
    }
  }
  for (const control of document.querySelectorAll("#swagger-ui :is(select, textarea, input):not([aria-label])")) {
    if (!control.labels?.length) control.setAttribute("aria-label", nameOf(control));
  }
  for (const example of document.querySelectorAll("#swagger-ui pre:not([tabindex])")) example.tabIndex = 0;
  for (const dialog of document.querySelectorAll(".modal-ux:not([role])")) {
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-label", "Authorizations");
  }
  for (const close of document.querySelectorAll(".close-modal:not([aria-label])")) close.setAttribute("aria-label", "Close");
  for (const [index, region] of document.querySelectorAll(".responses-table[role=region]:not([aria-label])").entries()) {
    region.setAttribute("aria-label", `Responses of ${region.closest(".opblock")?.querySelector(".opblock-summary-path")?.textContent ?? index}`);
  }
}

const night = matchMedia("(prefers-color-scheme: dark)");

// Swagger UI has a dark sheet of its own, behind a class; the cookie's choice goes before the system's.
function shade() {
  const theme = document.documentElement.dataset.theme;
  document.documentElement.classList.toggle("dark-mode", theme === "dark" || (theme === "auto" && night.matches));
}

night.addEventListener("change", shade);
shade();
new MutationObserver(mend).observe(document.getElementById("swagger-ui"), { childList: true, subtree: true });
mend();
