import { ask, Ended, stop, Stopped } from "./codes_ask.js";

/* Received codes as they come: the server holds a request until the page would look otherwise than it does. */

const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const HIDDEN_MS = 60_000;
const box = document.querySelector("[data-codes][data-live-url]");
let wake = () => {};

function tell(text, isLive) {
  const state = box.querySelector("[data-live-state]");
  state.hidden = false;
  state.textContent = text;
  state.classList.toggle("is-live", isLive);
}

const rest = (ms) => Promise.race([new Promise((done) => setTimeout(done, ms)), new Promise((done) => (wake = done))]);

/** Ask once; how long to rest before the next time. `pause`: how long it was before this one. */
async function follow(pause) {
  while (document.hidden) await rest(HIDDEN_MS);
  const startedAt = performance.now();
  try {
    await ask(box);
    tell("Live", true);
    // An answer at once, and another, and another: this server does not hold requests.
    return performance.now() - startedAt < PAUSE_MS ? PAUSE_MS / 2 : 0;
  } catch (problem) {
    if (problem instanceof Ended) throw problem;
    if (problem instanceof Stopped) return 0;
    box.dataset.seen = ""; // to be answered at once when the server is there again
    tell("Not connected. Trying again…", false);
    return Math.min(Math.max(PAUSE_MS, pause * 2), LONGEST_PAUSE_MS);
  }
}

async function run() {
  for (let pause = 0; ; ) {
    pause = await follow(pause);
    if (pause) await rest(pause);
  }
}

if (box) {
  tell("Live", true);
  window.addEventListener("online", () => wake());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
    wake();
  });
  run().catch(() => tell("No longer live. Load the page again.", false));
}
