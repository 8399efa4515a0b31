/** How much of the exports on the bench was read: an export comes in several codes, in any order. */
export class ScanParts {
  constructor(note) {
    this.note = note;
    this.exports = new Map();
  }

  count({ batch, index, size }) {
    if (size < 2) return;
    const read = this.exports.get(batch) ?? new Set();
    this.exports.set(batch, read.add(index));
    this.note.hidden = false;
    this.note.textContent = read.size < size ? `${read.size} of ${size} parts read` : `All ${size} parts read`;
  }
}
