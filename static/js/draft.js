// A half-written resolution survives a reload, and the swap that follows a step: fields of a form with data-draft are
// kept in sessionStorage under its key until the form is sent and accepted (the form is then gone from the page).
const PREFIX = "draft:";

function fields(form) {
  return [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
}

function read(form) {
  const stored = sessionStorage.getItem(PREFIX + form.dataset.draft);
  return stored ? JSON.parse(stored) : null;
}

function keep(form) {
  const draft = { open: form.closest("details")?.open ?? true, ticked: {}, values: {} };
  for (const field of fields(form)) {
    if (field.type === "checkbox" || field.type === "radio") draft.ticked[`${field.name}=${field.value}`] = field.checked;
    else draft.values[field.name] = field.value;
  }
  sessionStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify(draft));
}

function restore(form) {
  const draft = read(form);
  if (!draft) return;
  for (const field of fields(form)) {
    if (field.type === "checkbox" || field.type === "radio") {
      const ticked = draft.ticked[`${field.name}=${field.value}`];
      if (ticked !== undefined) field.checked = ticked;
    } else if (draft.values[field.name] !== undefined) {
      field.value = draft.values[field.name];
    }
  }
  const box = form.closest("details");
  if (box && draft.open) box.open = true;
}

function restoreAll(root) {
  const forms = root.matches?.("form[data-draft]") ? [root] : root.querySelectorAll("form[data-draft]");
  for (const form of forms) restore(form);
  for (const done of root.querySelectorAll("[data-draft-done]")) sessionStorage.removeItem(PREFIX + done.dataset.draftDone);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft) keep(form);
});

document.addEventListener(
  "toggle",
  (event) => {
    const form = event.target.querySelector?.("form[data-draft]");
    if (form && document.contains(form)) keep(form);
  },
  true,
);

document.addEventListener("htmx:load", (event) => restoreAll(event.target));
restoreAll(document.body);
