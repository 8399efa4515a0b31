/** The server said no, or could not be asked; the message is fit to be shown. */
export class Refused extends Error {}

function stepUp(location) {
  const target = new URL(location, window.location.origin);
  if (target.origin === window.location.origin) window.location.assign(target);
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  const headers = { Accept: "application/json", "X-CSRFToken": body.get("csrfmiddlewaretoken") };
  body.delete("csrfmiddlewaretoken");
  try {
    // getAttribute: a control named "action" would shadow form.action.
    return await fetch(form.getAttribute("action"), { method: "POST", body, headers, cache: "no-store" });
  } catch {
    throw new Refused("The server cannot be reached. Try again.");
  }
}

/** Post a form and return the JSON of a good answer; throw Refused otherwise. */
export async function post(form) {
  const response = await send(form);
  if (response.redirected) {
    // Only a lost session redirects; loading the page again leads to the sign-in.
    window.location.reload();
    throw new Refused("You are signed out.");
  }
  const data = await response.json().catch(() => ({}));
  if (response.ok) return data;
  if (data.code === "step_up_required" && data.location) {
    stepUp(data.location);
    throw new Refused(data.message || "Confirm it is you.");
  }
  throw new Refused(data.message || `The server answered with an error (${response.status}).`);
}
