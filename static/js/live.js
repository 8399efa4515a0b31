const TOAST_MS = 6000;
const toastBox = document.getElementById("toast");
const liveBox = document.getElementById("live");
let timer;

/** Speak to assistive technology only. */
export function say(text) {
  liveBox.textContent = text;
}

/** Show and speak; an error stays twice as long because it needs reading. */
export function toast(text, { error = false } = {}) {
  clearTimeout(timer);
  toastBox.textContent = text;
  toastBox.classList.toggle("is-error", error);
  timer = setTimeout(() => {
    toastBox.textContent = "";
  }, error ? TOAST_MS * 2 : TOAST_MS);
}
