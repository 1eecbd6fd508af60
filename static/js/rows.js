// j and k walk the rows of a list ([data-row]), Enter opens the row's [data-row-link], x ticks its checkbox.
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function current() {
  return document.querySelector("[data-row].is-current");
}

function moveTo(row) {
  current()?.classList.remove("is-current");
  row.classList.add("is-current");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("[data-row-link]")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!["j", "k", "x", "Enter"].includes(event.key)) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(current());
  if (event.key === "j" || event.key === "k") {
    const to = event.key === "j" ? at + 1 : at < 0 ? rows.length - 1 : at - 1;
    if (rows[to]) moveTo(rows[to]);
  } else if (at < 0) {
    return;
  } else if (event.key === "x") {
    const box = rows[at].querySelector("input[type=checkbox]");
    if (!box) return;
    box.click();
  } else if (event.target.closest?.("a, button, summary")) {
    return;
  } else {
    rows[at].querySelector("[data-row-link]")?.click();
  }
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row && row !== current()) {
    current()?.classList.remove("is-current");
    row.classList.add("is-current");
  }
});
