import * as actions from "./actions.js";
import { say } from "./live.js";

const CHORD_MS = 1500;
const COPIES = { u: actions.copyUsername, p: actions.copySecret, t: actions.copyCode };
const choice = document.querySelector("[data-keys-switch]");
let chordUntil = 0;

function stored() {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
}

choice.checked = stored();
choice.addEventListener("change", () => {
  try {
    localStorage.setItem("keys", choice.checked ? "on" : "off");
  } catch {
    // The choice then lasts for this page only.
  }
});

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const current = () => document.activeElement.closest("[data-row]") ?? (rows().length === 1 ? rows()[0] : null);

function step(by) {
  const all = rows();
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(current()) + by))];
  next?.querySelector("[data-open]")?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const PLAIN = {
  "/": () => document.querySelector("[data-search]")?.select(),
  j: () => step(1),
  k: () => step(-1),
  r: () => current() && actions.reveal(current()),
  "?": () => document.getElementById("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (!choice.checked || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  // In a field a letter is only a letter, and a dialog has the keyboard to itself.
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [popover]")) return;
  const chord = performance.now() < chordUntil && current() && COPIES[event.key];
  const action = chord ? () => chord(current()) : PLAIN[event.key];
  chordUntil = event.key === "c" && current() ? performance.now() + CHORD_MS : 0;
  if (chordUntil) say("Copy: u username, p password, t code.");
  if (!action) return;
  event.preventDefault();
  action();
});
