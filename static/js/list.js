import { say, toast } from "./live.js";
import { post } from "./post.js";

const list = document.getElementById("list");
const picks = () => [...list.querySelectorAll("input[name=id]")];
let last;

function count() {
  const chosen = picks().filter((box) => box.checked).length;
  const all = list.querySelector("[data-pick-all]");
  if (!all) return;
  all.checked = chosen > 0 && chosen === picks().length;
  all.indeterminate = chosen > 0 && !all.checked;
  list.querySelector("[data-count]").textContent = `${chosen} chosen`;
}

list.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=id]");
  if (!box) return;
  const boxes = picks();
  if (event.shiftKey && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  count();
});

list.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) for (const box of picks()) box.checked = event.target.checked;
  count();
});

list.addEventListener("click", async (event) => {
  const star = event.target.closest("[data-star]");
  if (!star) return;
  event.preventDefault();
  try {
    const { starred } = await post(star.formAction, { starred: star.value });
    star.value = starred ? "0" : "1";
    star.setAttribute("aria-pressed", String(starred));
    say(starred ? "Added to your favourites." : "No longer a favourite.");
  } catch (error) {
    toast(error.message, { error: true });
  }
});

document.addEventListener("htmx:afterSwap", () => say(list.querySelector("[data-summary]")?.dataset.summary ?? ""));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  // A lost session answers with the sign-in page, which is no list.
  if (new URL(detail.xhr.responseURL).pathname !== window.location.pathname) window.location.reload();
});
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, () => toast("The list could not be loaded. Try again.", { error: true }));
}
