import { copy } from "./clipboard.js";
import { toast } from "./live.js";

/* data-copy-from="selector" copies the text of that element. */
for (const button of document.querySelectorAll("[data-copy-from]")) {
  button.addEventListener("click", () => {
    const source = document.querySelector(button.dataset.copyFrom);
    copy(() => source.textContent.trim()).catch((error) => toast(error.message, { error: true }));
  });
}
