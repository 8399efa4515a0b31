import { say } from "./live.js";

const TICK_MS = 250;
const WARN_S = 5;

function grouped(code) {
  const half = Math.ceil(code.length / 2);
  return code.length < 6 ? code : `${code.slice(0, half)} ${code.slice(half)}`;
}

/** One code on the page, from its first second to its last. */
export class CodeView {
  constructor(panel) {
    const part = (name) => panel.querySelector(`[data-code-${name}]`);
    this.panel = panel;
    this.ask = panel.querySelector("form");
    this.live = part("live");
    this.digits = part("digits");
    this.next = part("next");
    this.seconds = part("seconds");
    this.copyButton = part("copy");
  }

  show({ code, next_code, seconds_remaining, period }) {
    this.hide();
    this.code = code;
    this.period = period;
    this.endsAt = Date.now() + seconds_remaining * 1000;
    this.digits.textContent = grouped(code);
    this.next.textContent = next_code ? grouped(next_code) : "";
    this.ask.hidden = true;
    this.live.hidden = false;
    this.copyButton.focus();
    say(`Code ${[...code].join(" ")}, ${seconds_remaining} seconds left.`);
    this.tick();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  tick() {
    const left = (this.endsAt - Date.now()) / 1000;
    if (left <= 0) return this.hide();
    this.seconds.textContent = Math.ceil(left);
    this.panel.style.setProperty("--left", left / this.period);
    this.panel.classList.toggle("is-ending", left <= WARN_S);
  }

  hide() {
    clearInterval(this.timer);
    const hadFocus = this.live.contains(document.activeElement);
    this.code = "";
    say("");
    for (const element of [this.digits, this.next, this.seconds]) element.textContent = "";
    this.panel.classList.remove("is-ending");
    this.live.hidden = true;
    this.ask.hidden = false;
    // Hiding the focused button would throw the keyboard back to the top of the page.
    if (hadFocus) this.ask.querySelector("button").focus();
  }
}
