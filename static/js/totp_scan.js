import { say, toast } from "./live.js";
import { readQrFile } from "./qr_read.js";
import { QrVideo } from "./qr_video.js";

const NO_CODE = "No QR code was found in the picture. Cut it closer to the code.";
const MANY = "This is an export of several accounts. Read it on the page “Scan”, reached from the list.";
const OTHER = "This QR code is not one of an authenticator.";

function start(root) {
  const field = document.getElementById(root.dataset.totpScan);
  const stage = root.querySelector("[data-totp-stage]");
  const camera = root.querySelector("[data-totp-camera]");
  const file = root.querySelector("[data-totp-file]");
  const complain = (text) => toast(text, { error: true });
  const eye = new QrVideo(stage.querySelector("video"), take, () => {
    stage.hidden = true;
  });

  function take(text) {
    eye.stop();
    if (/^otpauth-migration:/i.test(text)) return complain(MANY);
    if (!/^otpauth:\/\//i.test(text)) return complain(text ? OTHER : NO_CODE);
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return say("The QR code was read. Compare the code below with the one on the other device.");
  }

  const read = async (files) => files.length && take(await readQrFile(files[0]));

  camera.hidden = !navigator.mediaDevices?.getUserMedia; // plain HTTP and some machines have none
  camera.addEventListener("click", async () => {
    stage.hidden = false;
    await eye.camera().catch(() => {
      eye.stop();
      stage.hidden = true;
      complain("The browser did not allow the camera. Choose a picture instead.");
    });
  });
  root.querySelector("[data-totp-stop]").addEventListener("click", () => eye.stop());
  file.addEventListener("change", () => {
    read([...file.files]);
    file.value = "";
  });
  document.addEventListener("paste", (event) => read(event.clipboardData.files));
  document.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    read(event.dataTransfer.files);
  });
  root.hidden = false; // now that its buttons do something
}

const root = document.querySelector("[data-totp-scan]");
if (root) start(root);
