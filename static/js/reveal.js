import { copy } from "./clipboard.js";
import { say, toast } from "./live.js";
import { post } from "./post.js";

const SHOW_MS = 20_000;
const DOTS = "••••••••";

function attach(box) {
  const output = box.querySelector("[data-secret-value]");
  const revealForm = box.querySelector("[data-reveal]");
  const copyForm = box.querySelector("[data-copy]");
  const button = revealForm.querySelector("button");
  const word = button.querySelector("[data-word]");
  let request = 0;
  let shown = false;
  let timer;

  function hide() {
    // The new number also drops an answer that is still on its way.
    request += 1;
    clearTimeout(timer);
    if (!shown) return;
    shown = false;
    output.textContent = DOTS;
    word.textContent = "Reveal";
    say(`${box.dataset.label} hidden.`);
  }

  revealForm.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (shown) return hide();
    const mine = ++request;
    try {
      const { value } = await post(revealForm);
      if (mine !== request) return;
      shown = true;
      output.textContent = value;
      word.textContent = "Hide";
      timer = setTimeout(hide, SHOW_MS);
      say(`${box.dataset.label} shown for 20 seconds.`);
    } catch (error) {
      toast(error.message, { error: true });
    }
  });

  copyForm.addEventListener("submit", (event) => {
    event.preventDefault();
    copy(async () => (await post(copyForm)).value).catch((error) => toast(error.message, { error: true }));
  });

  for (const name of ["blur", "pagehide"]) window.addEventListener(name, hide);
  document.addEventListener("visibilitychange", hide);
}

for (const box of document.querySelectorAll("[data-secret]")) attach(box);
