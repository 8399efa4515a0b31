function prepare() {
  // The question below replaces the box; a hidden required box would block the form without a word.
  for (const box of document.querySelectorAll("[data-confirm-box]")) box.required = false;
}

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question === undefined) return;
  const box = event.target.querySelector("[data-confirm-box]");
  if (!window.confirm(question)) event.preventDefault();
  else if (box) box.checked = true;
});

prepare();
document.addEventListener("htmx:afterSwap", prepare);
