// The submit form: opening it leads to its first question, Enter does not send it half done, and a refusal is shown.
document.addEventListener("click", (event) => {
  const summary = event.target.closest("summary[data-leads-to]");
  if (!summary || summary.parentElement.open) return;
  // The details element opens after this event. Whoever has gone on to a field by then stays there.
  const from = document.activeElement;
  requestAnimationFrame(() => {
    const first = summary.parentElement.querySelector(summary.dataset.leadsTo);
    if (document.activeElement === from) first?.focus({ preventScroll: true });
    summary.parentElement.scrollIntoView({ block: "nearest" });
  });
});

// Enter in a radio, a tick or a number would send the form half done; Ctrl+Enter and the button send it.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("form[data-draft] input")) {
    event.preventDefault();
    return;
  }
  if (event.key !== "Escape") return;
  const box = event.target.closest?.("details[data-escape]");
  if (!box?.open || event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
  box.open = false;
  box.querySelector("summary").focus();
});

// What was refused is where the reader goes next.
document.addEventListener("htmx:load", (event) => {
  const wrong = event.target.querySelector?.(".resolution-form .error");
  if (!wrong) return;
  const field = wrong.closest(".field, .fieldset, .form-actions")?.querySelector("input, select, textarea");
  field?.focus({ preventScroll: true });
  wrong.scrollIntoView({ block: "center" });
});
