import { readQr } from "./qr_read.js";

const LOOK_EVERY_MS = 150;
const SIDES = [1000];

/** Looks at a camera or a shared screen until it is stopped, and hands on the text of every code it sees. */
export class QrVideo {
  constructor(video, onText, onStop) {
    this.video = video;
    this.onText = onText;
    this.onStop = onStop;
    // Out of sight the camera is off.
    document.addEventListener("visibilitychange", () => document.hidden && this.isCamera && this.stop());
    window.addEventListener("pagehide", () => this.stop());
  }

  get isOn() {
    return Boolean(this.stream);
  }

  async camera() {
    const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    await this.start(await navigator.mediaDevices.getUserMedia({ video, audio: false }));
    this.isCamera = true;
  }

  async screen() {
    await this.start(await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false }));
    this.isCamera = false;
  }

  async start(stream) {
    this.stop();
    this.stream = stream;
    stream.getVideoTracks()[0].addEventListener("ended", () => this.stop());
    this.video.srcObject = stream;
    await this.video.play();
    this.look();
  }

  look() {
    if (!this.isOn) return;
    const sides = this.isCamera ? SIDES : undefined;
    const text = readQr(this.video, this.video.videoWidth, this.video.videoHeight, sides);
    if (text) this.onText(text);
    this.timer = setTimeout(() => this.look(), LOOK_EVERY_MS);
  }

  stop() {
    if (!this.isOn) return;
    clearTimeout(this.timer);
    for (const track of this.stream.getTracks()) track.stop();
    this.stream = null;
    this.video.srcObject = null;
    this.onStop();
  }
}
