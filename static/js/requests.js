// What happens around a request: a form is sent once, a failed request says so, a lost session leads to the log-in,
// scrolled boxes stay where they were, and what a swap brought is announced.
const busy = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post")) return;
  if (busy.has(form)) {
    event.preventDefault();
    return;
  }
  busy.add(form);
  event.submitter?.setAttribute("aria-busy", "true");
});

// A page that comes back from the back-forward cache may be used again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) busy.delete(form);
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const trigger = event.detail.requestConfig.triggeringEvent?.submitter;
  trigger?.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.requestConfig.triggeringEvent?.submitter?.removeAttribute("aria-busy");
  if (!event.detail.successful) return;
  missed = 0;
  tell("");
});

function tell(words) {
  const box = document.getElementById("request-error");
  if (!words) {
    box?.remove();
    return;
  }
  const banner = box ?? document.createElement("div");
  banner.id = "request-error";
  banner.className = "banner banner-bad";
  banner.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = words;
  banner.replaceChildren(text);
  if (!box) document.getElementById("messages").append(banner);
}

// A poll that fails is tried again; only when it keeps failing is it worth a word.
const MISSED_POLLS = 3;
let missed = 0;

function isPoll(event) {
  return event.detail.requestConfig.triggeringEvent?.type === "poll";
}

function missPoll() {
  missed += 1;
  if (missed === MISSED_POLLS) tell("Live updates do not arrive any more. They go on by themselves when the server answers again.");
}

document.addEventListener("htmx:sendError", (event) => {
  if (isPoll(event)) missPoll();
  else tell("The server cannot be reached. What was acknowledged is stored; try again in a moment.");
});

document.addEventListener("htmx:responseError", (event) => {
  if (isPoll(event)) {
    missPoll();
    return;
  }
  const status = event.detail.xhr.status;
  if (status === 403) tell("You may not do this, or the page is too old. Reload the page and try again.");
  else if (status === 404) tell("This is not there any more. Reload the page.");
  else if (status === 413) tell("This is larger than the server accepts.");
  else if (status === 429) tell("Too many requests. Wait a minute, then try again.");
  else tell(`The server answered with an error (${status}). What was acknowledged is stored; reload the page to see it.`);
});

// A lost session answers a fragment with the log-in page: go there instead of showing it inside this one.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = event.detail.xhr.responseURL && new URL(event.detail.xhr.responseURL);
  if (!answered || !document.body.dataset.loginPath || answered.pathname !== document.body.dataset.loginPath) return;
  event.detail.shouldSwap = false;
  location.assign(`${answered.pathname}?next=${encodeURIComponent(location.pathname + location.search)}`);
});

const scrolled = new Map();

document.addEventListener("htmx:beforeSwap", () => {
  for (const box of document.querySelectorAll("[data-keep-scroll]")) scrolled.set(box.id, [box.scrollLeft, box.scrollTop]);
});

document.addEventListener("htmx:afterSettle", () => {
  for (const [id, [left, top]] of scrolled) document.getElementById(id)?.scrollTo({ left, top, behavior: "instant" });
  scrolled.clear();
});

document.addEventListener("htmx:load", (event) => {
  const said = event.target.dataset?.announce;
  if (said) document.getElementById("announce").textContent = said;
});
