import { CodeView } from "./code_view.js";
import { copy } from "./clipboard.js";
import { toast } from "./live.js";
import { post } from "./post.js";

function attach(panel) {
  const form = panel.querySelector("form");
  const view = new CodeView(panel);
  let asking = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // One audit event per code shown: a double click must not ask twice.
    if (asking) return;
    asking = true;
    panel.setAttribute("aria-busy", "true");
    try {
      const answer = await post(form);
      // A code must never appear beside another account.
      if (answer.credential_id === panel.dataset.credentialId) view.show(answer);
    } catch (error) {
      toast(error.message, { error: true });
    } finally {
      asking = false;
      panel.removeAttribute("aria-busy");
    }
  });

  panel.querySelector("[data-code-copy]").addEventListener("click", () => {
    copy(() => view.code).catch((error) => toast(error.message, { error: true }));
  });
}

for (const panel of document.querySelectorAll("[data-code]")) attach(panel);
