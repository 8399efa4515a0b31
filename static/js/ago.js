const DAY_S = 86_400;
const UNITS = [["day", DAY_S], ["hour", 3600], ["minute", 60]];
const format = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "narrow" });

// Older than a week, the date itself says more than a distance.
for (const time of document.querySelectorAll("time[data-ago]")) {
  const seconds = (Date.now() - new Date(time.dateTime)) / 1000;
  if (!(seconds >= 0 && seconds < 7 * DAY_S)) continue;
  time.title = time.textContent;
  const unit = UNITS.find(([, size]) => seconds >= size);
  time.textContent = unit ? format.format(-Math.floor(seconds / unit[1]), unit[0]) : "just now";
}
