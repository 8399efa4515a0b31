import { say, toast } from "./live.js";
import { post } from "./post.js";
import { ScanParts } from "./scan_parts.js";
import { ScanRow } from "./scan_row.js";

const TICK_MS = 250;
const complain = (error) => toast(error.message, { error: true });

/** The accounts on the bench: each code read once, parts of an export counted, codes kept fresh, all saved in one go. */
export class ScanBench {
  constructor(root) {
    this.root = root;
    this.rows = [];
    this.seen = new Set();
    this.parts = new ScanParts(root.querySelector("[data-scan-parts]"));
    root.querySelector("[data-scan-save]").addEventListener("click", () => this.save().catch(complain));
    setInterval(() => this.tick(), TICK_MS);
  }

  async add(text) {
    if (this.seen.has(text)) return;
    this.seen.add(text);
    const found = await post(this.root.dataset.readUrl, { text });
    for (const [number, row] of found.rows.entries()) this.rows.push(new ScanRow(this.root, text, number, row));
    this.parts.count(found);
    this.root.querySelector("[data-scan-results]").hidden = this.rows.length === 0;
    if (found.left_out) toast(`${found.left_out} left out: no time-based code can be made of it.`, { error: true });
    else say(`${found.rows.length} read. ${this.rows.length} on the bench.`);
  }

  tick() {
    for (const row of this.rows) if (!row.isDone && !row.tick()) this.refresh(row.text).catch(complain);
  }

  /** The codes of one text, again by the server's clock; after a refusal they stay as they are. */
  async refresh(text) {
    if (this.isBusy || document.hidden) return;
    this.isBusy = true;
    try {
      const { rows } = await post(this.root.dataset.readUrl, { text });
      for (const row of this.rows) if (row.text === text) row.show(rows[row.number]);
    } finally {
      this.isBusy = false;
    }
  }

  async save() {
    const chosen = this.rows.filter((row) => row.isChosen);
    const { saved } = await post(this.root.dataset.saveUrl, chosen.flatMap((row) => row.fields));
    for (const [index, row] of chosen.entries()) row.done(saved[index]);
    const stored = saved.filter((one) => !one.problem).length;
    toast(`${stored} of ${saved.length} stored.`, { error: stored < saved.length });
  }
}
