// Live fragments carry hx-get="…?after=<cursor>" hx-trigger="poll". This fires `poll`: quickly just after something
// happened, slower later, never while the page is hidden. A fragment without the trigger ends the polling by itself; a
// page that never had one costs nothing. Answer 204 when nothing is new: nothing is swapped then.
const FASTEST = 700;
const SLOWEST = 15000;
const GROWTH = 1.25;

let delay = FASTEST;
let timer = 0;

function waiting() {
  return document.querySelectorAll('[hx-trigger~="poll"]');
}

// An answer that comes when a step has replaced its fragment has no place to go to any more.
function dropLate(event) {
  if (!event.currentTarget.isConnected) event.detail.shouldSwap = false;
}

function schedule() {
  clearTimeout(timer);
  if (document.hidden || !waiting().length) return;
  timer = setTimeout(() => {
    for (const element of waiting()) {
      element.addEventListener("htmx:beforeSwap", dropLate);
      window.htmx.trigger(element, "poll");
    }
    delay = Math.min(delay * GROWTH, SLOWEST);
    schedule();
  }, delay);
}

function hurry() {
  delay = FASTEST;
  schedule();
}

document.addEventListener("visibilitychange", hurry);
document.addEventListener("htmx:afterSwap", hurry);
// While somebody works the delay goes back to the fastest, without putting the next poll off by it.
for (const activity of ["keydown", "pointerdown"]) {
  document.addEventListener(activity, () => {
    if (delay > FASTEST * 4) hurry();
    else delay = FASTEST;
  });
}
schedule();
