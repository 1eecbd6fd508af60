// One key each: an element with data-key="i" is clicked (a field is focused, a radio is picked) by that key; "g q" is
// g, then q. Keys rest while a field is being typed in, while a dialog is open, and with Ctrl, Alt or Meta, except
// "Mod+Enter" (Ctrl or Command), which works from inside a field. data-key-name overrides the name in the help.
const SEQUENCE_MS = 1200;
const TYPING = "input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]";
const BUSY = "[data-keys-wait].htmx-request";
const ACTS_ON_ENTER = "a[href], button, summary, input, select, textarea";

// Keys pressed while a step is on its way ([data-keys-wait] has a request) are kept, and pressed when it has arrived.
const held = [];
let prefix = "";
let prefixTimer = 0;

function visible(element) {
  return element.checkVisibility ? element.checkVisibility() : element.getClientRects().length > 0;
}

function bound(key) {
  for (const element of document.querySelectorAll("[data-key]")) {
    if (element.dataset.key === key && !element.disabled && visible(element)) return element;
  }
  return null;
}

function isPrefix(key) {
  return [...document.querySelectorAll("[data-key]")].some((element) => element.dataset.key.startsWith(`${key} `));
}

function press(element) {
  if (element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])")) {
    element.focus();
    element.select?.();
  } else {
    if (element.matches("input")) element.focus();
    element.click();
  }
}

function nameOf(element) {
  if (element.dataset.keyName) return element.dataset.keyName;
  const named = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  const key = element.dataset.key;
  const words = named.replace(/\s+/g, " ").trim();
  return words.endsWith(` ${key}`) ? words.slice(0, -key.length - 1) : words;
}

function openHelp() {
  const dialog = document.getElementById("keys");
  const list = dialog?.querySelector("[data-keys-list]");
  if (!list) return;
  const entries = [...document.querySelectorAll("[data-key]")]
    .filter((element) => !element.disabled && visible(element))
    .map((element) => [element.dataset.key, nameOf(element)]);
  if (document.querySelector("[data-row]")) entries.push(["j", "Next row"], ["k", "Row before"], ["Enter", "Open the row"]);
  entries.push(["?", "This list"], ["Esc", "Leave a field, close a dialog"]);
  const seen = new Set();
  list.replaceChildren(
    ...entries
      .filter(([key]) => !seen.has(key) && seen.add(key))
      .map(([key, name]) => {
        const row = document.createElement("div");
        const term = document.createElement("dt");
        const keys = document.createElement("dd");
        term.textContent = name;
        for (const part of key.split(" ")) {
          const cap = document.createElement("kbd");
          cap.textContent = part.replace("Mod+", navigator.platform.startsWith("Mac") ? "⌘ " : "Ctrl ");
          keys.append(cap);
        }
        row.append(term, keys);
        return row;
      }),
  );
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const element = bound("Mod+Enter");
    if (element) {
      event.preventDefault();
      press(element);
    }
    return;
  }
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest?.(TYPING);
  if (typing) {
    if (event.key === "Escape") typing.blur();
    return;
  }
  if (event.key === "Enter" && event.target.closest?.(ACTS_ON_ENTER)) return;
  if (event.key === "?") {
    event.preventDefault();
    openHelp();
    return;
  }
  const key = prefix ? `${prefix} ${event.key}` : event.key;
  clearTimeout(prefixTimer);
  prefix = "";
  const element = bound(key);
  if (element) {
    event.preventDefault();
    if (document.querySelector(BUSY)) held.push(key);
    else press(element);
  } else if (isPrefix(key)) {
    prefix = key;
    prefixTimer = setTimeout(() => (prefix = ""), SEQUENCE_MS);
  }
});

function pressHeld() {
  if (!held.length || document.querySelector(BUSY)) return;
  const element = bound(held.shift());
  if (element) press(element);
}

// One response settles several parts of the page; a key is pressed only when nothing is on its way again.
document.addEventListener("htmx:afterSettle", () => {
  if (held.length) setTimeout(pressHeld);
});

for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => held.splice(0));
}
