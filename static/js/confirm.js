for (const form of document.querySelectorAll("form[data-confirm]")) {
  const box = form.querySelector("[data-confirm-box]");
  // The question below replaces the box; a hidden required box would block the form without a word.
  if (box) box.required = false;

  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) event.preventDefault();
    else if (box) box.checked = true;
  });
}
