const closest = (event) => event.target.closest?.("[data-menu]");

function closeOthers(kept) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) if (menu !== kept) menu.open = false;
}

document.addEventListener("click", (event) => closeOthers(closest(event)));

document.addEventListener("focusin", (event) => closeOthers(closest(event)));

document.addEventListener("keydown", (event) => {
  const menu = closest(event);
  if (event.key !== "Escape" || !menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
