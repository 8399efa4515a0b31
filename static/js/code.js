import { copy } from "./clipboard.js";
import { drift, tellDrift } from "./clock.js";
import { CodeView } from "./code_view.js";
import { toast } from "./live.js";
import { post } from "./post.js";

const views = new WeakMap();

function viewOf(panel) {
  if (!views.has(panel)) views.set(panel, new CodeView(panel));
  return views.get(panel);
}

async function fetchCode(panel, view) {
  const sentAt = Date.now();
  panel.setAttribute("aria-busy", "true");
  try {
    const answer = await post(panel.dataset.codeUrl);
    const receivedAt = Date.now();
    tellDrift(drift(answer.server_time, sentAt, receivedAt));
    // A code must never appear beside another account, nor in a row that the search has taken away.
    if (answer.credential_id === panel.dataset.credentialId && panel.isConnected) {
      view.show(answer, answer.expires_at - answer.server_time - (receivedAt - sentAt) / 2000);
    }
    return answer.code;
  } finally {
    view.asking = null;
    panel.removeAttribute("aria-busy");
  }
}

/** The panel's code. One audit event per code shown: what is on the page, or on its way, is not asked for again. */
export function codeOf(panel) {
  const view = viewOf(panel);
  if (view.code) return Promise.resolve(view.code);
  view.asking ??= fetchCode(panel, view);
  return view.asking;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-code-ask], [data-code-copy], [data-code-large]");
  const panel = button?.closest("[data-code]");
  if (!panel) return;
  event.preventDefault();
  const complain = (error) => toast(error.message, { error: true });
  if (button.matches("[data-code-copy]")) copy(() => codeOf(panel)).catch(complain);
  else if (button.matches("[data-code-large]")) panel.querySelector("dialog").showModal();
  else codeOf(panel).catch(complain);
});
