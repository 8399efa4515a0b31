import { tellAll } from "./ago.js";
import { say } from "./live.js";

/* The rows of a fresh answer into the list that is shown: each id stands once, what did not change stays untouched. */

function replace(old, row) {
  const control = old.contains(document.activeElement) && document.activeElement.dataset.control;
  old.replaceWith(row);
  if (control) (row.querySelector(`[data-control=${control}]`) ?? row.querySelector("[data-control]"))?.focus();
}

function remove(row) {
  const hadFocus = row.contains(document.activeElement);
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (hadFocus) (next?.querySelector("[data-control]") ?? document.getElementById("main")).focus();
}

function place(list, rows) {
  const ids = new Set(rows.map((row) => row.id));
  for (const row of [...list.children]) if (!ids.has(row.id)) remove(row);
  const fresh = [];
  rows.forEach((row, at) => {
    const old = document.getElementById(row.id);
    if (!old) {
      row.classList.add("is-new");
      list.insertBefore(row, list.children[at] ?? null);
      fresh.push(row);
    } else if (old.dataset.state !== row.dataset.state) replace(old, row);
  });
  return fresh;
}

export function merge(box, text) {
  const answer = new DOMParser().parseFromString(text, "text/html").querySelector("[data-codes]");
  if (!answer) throw new Error("No codes in the answer.");
  const list = box.querySelector("[data-codes-list]");
  const rows = [...answer.querySelectorAll("[data-received]")];
  const fresh = place(list, rows);
  list.hidden = rows.length === 0;
  box.querySelector("[data-codes-empty]").hidden = rows.length > 0;
  box.querySelector("[data-codes-pager]").replaceWith(answer.querySelector("[data-codes-pager]"));
  box.dataset.seen = answer.dataset.seen;
  tellAll();
  if (fresh.length === 1) say(`${fresh[0].querySelector("strong").textContent} received a message.`);
  else if (fresh.length) say(`${fresh.length} messages were received.`);
}
