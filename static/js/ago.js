const DAY_S = 86_400;
const UNITS = [["day", DAY_S], ["hour", 3600], ["minute", 60]];
const distance = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });
// The reader's own order of day, month and year, and their own time zone; in figures, so that no language mixes in.
const day = { year: "numeric", month: "2-digit", day: "2-digit" };
const exact = new Intl.DateTimeFormat(navigator.languages, { ...day, hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(navigator.languages, day);

function tell(time) {
  const at = new Date(time.dateTime);
  if (!time.dateTime.includes("T")) {
    // A day of the calendar, the same in every time zone.
    time.textContent = new Intl.DateTimeFormat(navigator.languages, { ...day, timeZone: "UTC" }).format(at);
    return;
  }
  const seconds = (Date.now() - at) / 1000;
  time.title = exact.format(at);
  // Older than a week, the date itself says more than a distance.
  if (time.dataset.ago === "" && seconds >= 0 && seconds < 7 * DAY_S) {
    const unit = UNITS.find(([, size]) => seconds >= size);
    time.textContent = unit ? distance.format(-Math.floor(seconds / unit[1]), unit[0]) : "just now";
  } else {
    time.textContent = (time.dataset.ago === "" ? date : exact).format(at);
  }
}

export function tellAll() {
  for (const time of document.querySelectorAll("time[datetime]")) tell(time);
}

tellAll();
document.addEventListener("htmx:afterSwap", tellAll);
