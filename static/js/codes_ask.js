import { merge } from "./codes_merge.js";

const LONGEST_MS = 45_000; // the server answers sooner; a connection that died without a word never does
let asking;

/** The server says no: asking again changes nothing. */
export class Ended extends Error {}

/** The page does not want to know just now. */
export class Stopped extends Error {}

export const stop = () => asking?.abort(new Stopped());

/** Ask for the codes of this box once they look otherwise than `data-seen`, and show them. */
export async function ask(box) {
  const url = new URL(box.dataset.liveUrl, window.location.origin);
  url.searchParams.set("seen", box.dataset.seen);
  asking = new AbortController();
  const limit = setTimeout(() => asking.abort(new Error("No answer.")), LONGEST_MS);
  try {
    const answer = await fetch(url, { cache: "no-store", signal: asking.signal });
    if (answer.redirected) window.location.reload(); // signed out
    if (answer.redirected || [403, 404].includes(answer.status)) throw new Ended();
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    if (answer.status === 200) merge(box, await answer.text());
  } finally {
    clearTimeout(limit);
  }
}
