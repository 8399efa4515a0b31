import { WARN_S, grouped } from "./code_view.js";

/** One scanned account: its names, its live code, and where it is to be stored. The secret is not in the page. */
export class ScanRow {
  constructor(root, text, number, found) {
    this.text = text;
    this.number = number;
    this.element = root.querySelector("template").content.firstElementChild.cloneNode(true);
    this.pick = this.part("pick");
    this.target = this.part("target");
    const name = [found.issuer, found.account].filter(Boolean).join(" · ") || "Without a name";
    this.part("name").textContent = name;
    this.part("short").hidden = !found.is_short;
    this.pick.ariaLabel = `Save ${name}`;
    this.target.ariaLabel = `Where ${name} is stored`;
    for (const { id, name } of found.matches) this.target.add(new Option(name, id, false, id === found.suggested));
    this.show(found);
    root.querySelector("[data-scan-list]").append(this.element);
  }

  part(name) {
    return this.element.querySelector(`[data-scan-${name}]`);
  }

  get isChosen() {
    return !this.isDone && this.pick.checked;
  }

  get fields() {
    return [["text", this.text], ["number", this.number], ["credential_id", this.target.value]];
  }

  show({ code, seconds_remaining, period }) {
    this.period = period;
    this.endsAt = performance.now() + seconds_remaining * 1000;
    this.part("code").textContent = grouped(code);
    this.tick();
  }

  tick() {
    const left = Math.max(0, (this.endsAt - performance.now()) / 1000);
    this.element.querySelector("[data-code-seconds]").textContent = Math.ceil(left);
    this.element.style.setProperty("--left", left / this.period);
    this.element.classList.toggle("is-ending", left <= WARN_S);
    return left > 0;
  }

  /** What became of it: a link to the credential, or what to do about it. */
  done({ name, url, problem }) {
    const outcome = this.part("outcome");
    this.element.classList.toggle("is-refused", Boolean(problem));
    if (problem) return outcome.replaceChildren(problem);
    this.isDone = true;
    const link = Object.assign(document.createElement("a"), { href: url, textContent: name });
    outcome.replaceChildren("Stored as ", link);
    for (const control of [this.pick, this.target]) control.disabled = true;
    return this.part("live").remove();
  }
}
