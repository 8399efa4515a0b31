import { drift, tellDrift } from "./clock.js";
import { grouped } from "./code_view.js";
import { Refused, post } from "./post.js";

const PAUSE_MS = 400;
const TICK_MS = 250;
const box = document.querySelector("[data-totp-check]");
const problem = document.querySelector("[data-check-problem]");
const field = document.getElementById(box?.dataset.totpCheck);
let pause;
let tick;
let asked = 0;

function forget() {
  asked += 1;
  clearTimeout(pause);
  clearInterval(tick);
  box.hidden = problem.hidden = true;
}

function draw(endsAt, period) {
  const left = (endsAt - performance.now()) / 1000;
  if (left <= 0) return check();
  box.querySelector("[data-code-seconds]").textContent = Math.ceil(left);
  return box.style.setProperty("--left", left / period);
}

function show(answer, left) {
  const endsAt = performance.now() + left * 1000;
  box.querySelector("[data-check-digits]").textContent = grouped(answer.code);
  const note = answer.is_short ? " · short secret: the site chose it" : "";
  box.querySelector("[data-check-settings]").textContent = `${answer.algorithm} · every ${answer.period} s${note}`;
  box.hidden = false;
  draw(endsAt, answer.period);
  tick = setInterval(() => draw(endsAt, answer.period), TICK_MS);
}

async function check() {
  forget();
  const mine = asked;
  const sentAt = Date.now();
  try {
    const answer = await post(box.dataset.url, { totp_secret: field.value });
    if (mine !== asked) return;
    if (answer.problem) throw new Refused(answer.problem);
    tellDrift(drift(answer.server_time, sentAt, Date.now()));
    show(answer, answer.expires_at - answer.server_time - (Date.now() - sentAt) / 2000);
  } catch (error) {
    if (mine !== asked) return;
    problem.textContent = error.message;
    problem.hidden = false;
  }
}

field?.addEventListener("input", () => {
  forget();
  if (field.value.trim()) pause = setTimeout(check, PAUSE_MS);
});
