import * as actions from "./actions.js";

const menu = document.getElementById("row-menu");
const EDGE_PX = 8;
let row;

function place(button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + height + EDGE_PX < window.innerHeight;
  menu.style.top = `${below ? at.bottom + 4 : Math.max(EDGE_PX, at.top - height - 4)}px`;
  menu.style.left = `${Math.max(EDGE_PX, at.right - width)}px`;
}

function fill() {
  const { dataset } = row;
  for (const item of menu.querySelectorAll("[data-needs]")) item.hidden = !dataset[item.dataset.needs];
  for (const label of menu.querySelectorAll("[data-menu-label]")) label.textContent = dataset.label.toLowerCase();
  for (const link of menu.querySelectorAll("[data-goes]")) {
    link[link.matches("a") ? "href" : "formAction"] = dataset[link.dataset.goes];
  }
  menu.setAttribute("aria-label", `Actions for ${dataset.name}`);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-row-menu]");
  if (!button) return;
  row = button.closest("[data-row]");
  fill();
  menu.showPopover({ source: button });
  place(button);
  menu.querySelector("a:not([hidden]), button:not([hidden])").focus();
});

function move() {
  // The bar of the chosen rows knows the folders.
  for (const box of document.querySelectorAll("input[name=id]")) box.checked = false;
  row.querySelector("input[name=id]").click();
  document.querySelector("[data-move-to]").focus();
}

menu.addEventListener("click", (event) => {
  const name = event.target.closest("[data-does]")?.dataset.does;
  if (!name) return;
  menu.hidePopover();
  if (name === "move") move();
  else actions[name](row);
});

window.addEventListener("scroll", () => menu.hidePopover(), { passive: true });
