import { Refused } from "./post.js";
import { toast } from "./live.js";

const CLEAR_AFTER_MS = 45_000;
let timer;

async function clearIfStill(value) {
  // Browsers refuse the clipboard to a page without focus: try again when it returns.
  if (!document.hasFocus()) {
    window.addEventListener("focus", () => clearIfStill(value), { once: true });
    return;
  }
  try {
    if ((await navigator.clipboard.readText()) !== value) return;
    await navigator.clipboard.writeText("");
    toast("Clipboard cleared.");
  } catch {
    // Reading was not allowed; the message at copying said that this may happen.
  }
}

async function write(promise) {
  if (!window.ClipboardItem) return navigator.clipboard.writeText(await promise);
  // A promise in the item keeps the click's permission alive in Safari while the server answers.
  const blob = promise.then((value) => new Blob([value], { type: "text/plain" }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  } catch {
    // A refusal by the server says more than the clipboard's own error.
    await promise;
    throw new Refused("The browser did not allow copying. Reveal the value and copy it by hand.");
  }
}

/** Copy what `produce` answers; it is not called at all where there is no clipboard. `keep`: it is no secret. */
export async function copy(produce, { keep = false } = {}) {
  if (!navigator.clipboard) {
    throw new Refused("Copying needs HTTPS. Reveal the value and copy it by hand.");
  }
  const promise = Promise.resolve(produce());
  await write(promise);
  const value = await promise;
  clearTimeout(timer);
  if (keep) return toast("Copied.");
  timer = setTimeout(() => clearIfStill(value), CLEAR_AFTER_MS);
  return toast("Copied. The clipboard is cleared in 45 s if the browser allows.");
}
