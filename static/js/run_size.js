// How many episodes the chosen players, cases and samples make: said beside the button before it is pressed.
const form = document.getElementById("run-form");
const said = document.getElementById("run-size");

function count() {
  const players = form.querySelectorAll('input[name="players"]:checked').length;
  const cases = Number(form.querySelector('input[name="cases"]:checked')?.dataset.size ?? 0);
  const samples = Number(form.elements.samples.value) || 0;
  const episodes = players * cases * samples;
  said.value = episodes
    ? `${players} player${players === 1 ? "" : "s"} × ${cases} cases${samples > 1 ? ` × ${samples}` : ""}: ${episodes.toLocaleString("en")} episodes`
    : "";
}

form.addEventListener("input", count);
count();
