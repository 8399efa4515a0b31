import { decodeQR } from "../vendor/qr/decode.js";

// A phone's photo is far larger than it needs to be; a small code in a large screenshot needs the larger size.
const SIDES = [1000, 2000, 500];
const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });

function pixels(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  // A transparent picture is meant to stand on white.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

function decoded(image) {
  try {
    return decodeQR(image);
  } catch {
    // The decoder throws when it finds no code, which is the usual case before a camera.
    return "";
  }
}

/** The text of the QR code in a picture or a video's frame, or "". Nothing leaves the page. */
export function readQr(source, width, height, sides = SIDES) {
  for (const side of sides) {
    const text = width && height ? decoded(pixels(source, width, height, side)) : "";
    if (text) return text;
  }
  return "";
}

/** The same for a file; "" for one that is no picture. */
export async function readQrFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return "";
  }
  const text = readQr(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return text;
}
