// Marks the fields of a recipe's form that differ from the recipe, and says the recipe's own value beside them.
const form = document.getElementById("recipe-form");

function value(field) {
  return field.type === "checkbox" ? (field.checked ? "on" : "off") : field.value.trim();
}

function mark(place) {
  const field = place.querySelector("input, select");
  const changed = value(field) !== place.dataset.own;
  place.classList.toggle("is-changed", changed);
  place.querySelector(".field-own").classList.toggle("is-shown", changed);
}

function markAll() {
  for (const place of form.querySelectorAll("[data-own]")) mark(place);
}

form.addEventListener("input", markAll);
form.addEventListener("reset", () => setTimeout(markAll));
markAll();
