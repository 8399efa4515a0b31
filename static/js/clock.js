const NOTICE_S = 5;

/** How many seconds this device's clock is ahead of the server's, at the middle of the way there and back. */
export function drift(serverTime, sentAt, receivedAt) {
  return (sentAt + receivedAt) / 2000 - serverTime;
}

/** Say so when the clocks differ by more than five seconds: codes are right, the person's phone may not be. */
export function tellDrift(seconds) {
  const off = Math.round(Math.abs(seconds));
  const text = `This device's clock is ${off} s ${seconds > 0 ? "fast" : "slow"}. Codes follow the server's clock.`;
  for (const note of document.querySelectorAll("[data-drift]")) {
    note.hidden = off <= NOTICE_S;
    note.textContent = note.hidden ? "" : text;
  }
}
