import { say } from "./live.js";

const TICK_MS = 250;
export const WARN_S = 5;

export function grouped(code) {
  const half = Math.ceil(code.length / 2);
  return code.length < 6 ? code : `${code.slice(0, half)} ${code.slice(half)}`;
}

/** One code on the page, from its first second to its last. */
export class CodeView {
  constructor(panel) {
    const part = (name) => panel.querySelector(`[data-code-${name}]`);
    this.panel = panel;
    this.ask = part("ask");
    this.live = part("live");
    this.next = part("next");
    this.seconds = part("seconds");
    this.copyButton = part("copy");
    this.digits = panel.querySelectorAll("[data-code-digits]");
  }

  /** `left`: seconds until the code ends, by the server's clock; this device's clock plays no part. */
  show({ code, next_code, period }, left) {
    this.hide();
    const hadFocus = document.activeElement === this.ask;
    this.code = code;
    this.period = period;
    this.endsAt = performance.now() + left * 1000;
    for (const place of this.digits) place.textContent = grouped(code);
    this.next.textContent = next_code ? grouped(next_code) : "";
    this.ask.hidden = true;
    this.live.hidden = false;
    if (hadFocus) this.copyButton.focus();
    say(`Code ${[...code].join(" ")}, ${Math.ceil(left)} seconds left.`);
    this.tick();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  tick() {
    const left = (this.endsAt - performance.now()) / 1000;
    if (left <= 0 || !this.panel.isConnected) return this.hide();
    this.seconds.textContent = Math.ceil(left);
    this.panel.style.setProperty("--left", left / this.period);
    this.panel.classList.toggle("is-ending", left <= WARN_S);
  }

  hide() {
    clearInterval(this.timer);
    const hadFocus = this.live.contains(document.activeElement);
    this.code = "";
    for (const element of [...this.digits, this.next, this.seconds]) element.textContent = "";
    this.panel.classList.remove("is-ending");
    this.live.hidden = true;
    this.ask.hidden = false;
    // Hiding the focused button would throw the keyboard back to the top of the page.
    if (hadFocus) this.ask.focus();
  }
}
