/** The server said no, or could not be asked; the message is fit to be shown. */
export class Refused extends Error {}

function stepUp(location) {
  const target = new URL(location, window.location.origin);
  if (target.origin === window.location.origin) window.location.assign(target);
}

async function send(url, fields) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  try {
    return await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers, cache: "no-store" });
  } catch {
    throw new Refused("The server cannot be reached. Try again.");
  }
}

/** Post fields to one of our own addresses and return the JSON of a good answer; throw Refused otherwise. */
export async function post(url, fields = {}) {
  const response = await send(url, fields);
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
