import { copy } from "./clipboard.js";
import { say, toast } from "./live.js";
import { post } from "./post.js";

const DOTS = "••••••••";
const shown = new Map();
let latest = 0;

function hide(box) {
  clearTimeout(shown.get(box)?.timer);
  if (!shown.delete(box)) return;
  box.querySelector("[data-secret-value]").textContent = DOTS;
  box.querySelector("[data-word]").textContent = "Reveal";
  say(`${box.dataset.label} hidden.`);
}

/** Out of sight, and whatever is still on its way is dropped. */
export function hideAll() {
  latest += 1;
  for (const box of [...shown.keys()]) hide(box);
}

const ask = (button) => post(button.formAction, { key: button.value });

async function reveal(box, button) {
  const mine = latest;
  const { value, seconds } = await ask(button);
  if (mine !== latest || !box.isConnected) return;
  box.querySelector("[data-secret-value]").textContent = value;
  box.querySelector("[data-word]").textContent = "Hide";
  shown.set(box, { timer: setTimeout(() => hide(box), seconds * 1000) });
  say(`${box.dataset.label} shown for ${seconds} seconds.`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal], [data-copy]");
  const box = button?.closest("[data-secret]");
  if (!box) return;
  event.preventDefault();
  const complain = (error) => toast(error.message, { error: true });
  if (button.matches("[data-copy]")) copy(async () => (await ask(button)).value).catch(complain);
  else if (shown.has(box)) hide(box);
  else reveal(box, button).catch(complain);
});

for (const name of ["blur", "pagehide"]) window.addEventListener(name, hideAll);
document.addEventListener("visibilitychange", hideAll);
