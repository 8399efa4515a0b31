import { copy } from "./clipboard.js";
import { codeOf } from "./code.js";
import { toast } from "./live.js";
import { post } from "./post.js";
import { hideAll } from "./reveal.js";

/* What can be done with a row of the list, or with the credential that a page is about: [data-row]. */

const complain = (error) => toast(error.message, { error: true });

const missing = (row, done) =>
  row.matches("[data-received]") ? "No code was found in this message." : `Your role does not allow values to be ${done}.`;

export function copyUsername(row) {
  if (row.dataset.username) copy(() => row.dataset.username, { keep: true }).catch(complain);
  else toast("There is no username to copy.", { error: true });
}

export function copySecret(row) {
  if (!row.dataset.revealUrl) return toast(missing(row, "copied"), { error: true });
  return copy(async () => (await post(row.dataset.revealUrl, { key: row.dataset.key })).value).catch(complain);
}

export function copyCode(row) {
  if (row.matches("[data-received]")) return copySecret(row);
  const panel = row.querySelector("[data-code]");
  if (!panel) return toast("There is no code to copy.", { error: true });
  return copy(() => codeOf(panel)).catch(complain);
}

/** On its own page the first value; from the list in a dialog that forgets it when it closes. */
export function reveal(row) {
  const peek = document.getElementById("peek");
  if (!row.dataset.revealUrl) return toast(missing(row, "revealed"), { error: true });
  if (!peek) return row.querySelector("[data-reveal]")?.click();
  const button = peek.querySelector("[data-reveal]");
  const box = peek.querySelector("[data-secret]");
  hideAll();
  peek.querySelector("[data-peek-name]").textContent = row.dataset.name;
  peek.querySelector("[data-peek-label]").textContent = row.dataset.label;
  box.dataset.label = row.dataset.label;
  for (const control of peek.querySelectorAll("[data-reveal], [data-copy]")) {
    control.formAction = row.dataset.revealUrl;
    control.value = row.dataset.key;
  }
  peek.addEventListener("close", hideAll, { once: true });
  peek.showModal();
  return button.click();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy-text]");
  if (button) copy(() => button.dataset.copyText, { keep: true }).catch(complain);
});
