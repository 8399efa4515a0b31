import { say, toast } from "./live.js";
import { readQrFile } from "./qr_read.js";
import { QrVideo } from "./qr_video.js";
import { ScanBench } from "./scan_bench.js";

const root = document.querySelector("[data-scan]");
const video = root.querySelector("video");
const bench = new ScanBench(root);
const complain = (error) => toast(error.message, { error: true });
const add = (text) => bench.add(text).catch(complain);

const stage = root.querySelector("[data-scan-stage]");
const eye = new QrVideo(video, add, () => {
  stage.hidden = true;
  say("Stopped looking.");
});

async function readFiles(files) {
  for (const file of files) {
    say(`Reading ${file.name || "the picture"}.`);
    const text = await readQrFile(file);
    if (text) await add(text);
    else toast(`No QR code was found in ${file.name || "the picture"}. Cut it closer to the code.`, { error: true });
  }
}

for (const button of root.querySelectorAll("[data-scan-video]")) {
  // Where there is no camera or no way to share a screen (plain HTTP, some phones), there is no button.
  const wanted = button.dataset.scanVideo;
  button.hidden = !navigator.mediaDevices?.[wanted === "camera" ? "getUserMedia" : "getDisplayMedia"];
  button.addEventListener("click", async () => {
    try {
      stage.hidden = false;
      await eye[wanted]();
    } catch {
      eye.stop();
      stage.hidden = true;
      toast("The browser did not allow it. Choose a picture instead.", { error: true });
    }
  });
}

root.querySelector("[data-scan-stop]").addEventListener("click", () => eye.stop());
const input = root.querySelector("[data-scan-files]");
input.addEventListener("change", () => {
  readFiles([...input.files]);
  input.value = "";
});
document.addEventListener("paste", (event) => {
  if (event.target.closest("input, textarea")) return;
  const text = event.clipboardData.getData("text/plain").trim();
  if (event.clipboardData.files.length) readFiles(event.clipboardData.files);
  else if (text) add(text);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  readFiles(event.dataTransfer.files);
});
root.querySelector("[data-scan-start]").hidden = false; // now that its buttons do something
