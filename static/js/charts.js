// Draws [data-figure] with plotly.js: a figure comes without colours, and gets those of the theme. What a trace is says
// its meta.role; a chart with several players of one role tells them apart by meta.place. A live fragment that is
// swapped carries the figures of charts that stay: its data-draws is the id of the place.
const ROLES = { ceiling: "--soft", floor: "--soft", rules: "--ink", model: "--model", person: "--me", published: "--warn" };
const PLACES = ["--model", "--me", "--warn", "--ok", "--bad", "--soft"];
const CONFIG = { displayModeBar: false, responsive: true, showTips: false, doubleClick: false };

const probe = document.createElement("i");
probe.hidden = true;
document.body.append(probe);

// The custom property as the browser computes it: light-dark() is no colour to plotly.js.
function colour(name) {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}

function painted(trace) {
  const { role, place } = trace.meta ?? {};
  const own = colour(place === undefined ? (ROLES[role] ?? "--soft") : PLACES[place % PLACES.length]);
  const copy = { ...trace };
  if (trace.marker) copy.marker = { ...trace.marker, color: own, line: { color: own, width: 1.5 } };
  if (trace.line || trace.mode === "lines") copy.line = { ...trace.line, color: own };
  for (const error of ["error_x", "error_y"]) if (trace[error]) copy[error] = { ...trace[error], color: own };
  return copy;
}

function axis(given) {
  const line = colour("--hair");
  return { ...given, gridcolor: line, linecolor: colour("--line"), tickcolor: line, tickfont: { color: colour("--soft") } };
}

function laidOut(given) {
  const body = getComputedStyle(document.body);
  const layout = {
    ...given,
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    font: { family: body.fontFamily, size: 12, color: colour("--ink") },
    hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--edge"), font: { family: body.fontFamily, color: colour("--ink") } },
    shapes: (given.shapes ?? []).map((shape) => ({ ...shape, line: { ...shape.line, color: colour("--warn") } })),
  };
  for (const name of Object.keys(given).filter((key) => /^[xy]axis/.test(key))) layout[name] = axis(given[name]);
  return layout;
}

function draw(carrier) {
  const { draws, figure: written, words, now } = carrier.dataset;
  const place = draws ? document.getElementById(draws) : carrier;
  // What is folded away has no width to be drawn into.
  if (!place || (draws && !place.offsetWidth)) return;
  const figure = JSON.parse(written);
  window.Plotly.react(place, figure.data.map(painted), laidOut(figure.layout), CONFIG);
  if (!draws) return;
  place.setAttribute("aria-label", words);
  for (const each of document.querySelectorAll(`[data-now-of="${draws}"]`)) each.textContent = now;
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-figure]")) draw(place);
}

drawAll();
// What is about to be replaced must not listen to the window's size any longer.
document.addEventListener("htmx:beforeSwap", (event) => {
  for (const place of event.detail.target.querySelectorAll("[data-figure]:not([data-draws])")) window.Plotly.purge(place);
});
document.addEventListener("htmx:afterSettle", () => drawAll());
for (const folded of document.querySelectorAll("details[data-redraws]")) folded.addEventListener("toggle", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
new MutationObserver(() => drawAll()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
