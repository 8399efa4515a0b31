import { toast } from "./live.js";
import { post } from "./post.js";

const box = document.querySelector("[data-generator]");
const field = document.getElementById(box?.dataset.generator);
const shows = document.querySelector("[data-shows]");
const opener = document.querySelector("[data-generator-opens]");

function show(shown) {
  // A secret of several lines has no dots to hide behind.
  if (field.matches("input")) field.type = shown ? "text" : "password";
  shows.setAttribute("aria-pressed", String(shown));
  shows.querySelector("[data-word]").textContent = shown ? "Hide" : "Show";
}

function wishes() {
  const kind = box.querySelector("[name=generator-kind]:checked").value;
  const classes = [...box.querySelectorAll("[data-generator-class]:checked")].map((one) => ["classes", one.value]);
  const length = box.querySelector("[data-generator-length]").value;
  return [["kind", kind], ["length", length], ["words", box.querySelector("[data-generator-words]").value], ...classes];
}

async function generate() {
  try {
    field.value = (await post(box.dataset.url, wishes())).value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    show(true);
  } catch (error) {
    toast(error.message, { error: true });
  }
}

if (box) {
  shows.hidden = !field.matches("input");
  shows.addEventListener("click", () => show(field.type === "password"));
  opener.addEventListener("click", () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
  });
  box.addEventListener("change", () => {
    const kind = box.querySelector("[name=generator-kind]:checked").value;
    for (const part of box.querySelectorAll("[data-for-kind]")) part.hidden = part.dataset.forKind !== kind;
  });
  box.querySelector("[data-generate]").addEventListener("click", generate);
  // What is typed does not stay readable on a page that nobody looks at.
  window.addEventListener("blur", () => show(false));
}
