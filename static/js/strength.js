const WORDS = ["Very easy to guess", "Easy to guess", "Fair", "Good", "Strong"];
const meter = document.querySelector("[data-meter]");
const field = document.getElementById(meter?.dataset.meter);
let judge;

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

/** zxcvbn is large: it comes when somebody types, and judges here; no password is sent anywhere for it. */
async function ready() {
  await Promise.all([load(meter.dataset.core), load(meter.dataset.words)]);
  const { core, "language-common": common } = window.zxcvbnts;
  return new core.ZxcvbnFactory({ dictionary: common.dictionary, graphs: common.adjacencyGraphs });
}

async function measure() {
  judge ??= ready();
  const about = ["username", "domain", "name"].map((name) => document.getElementById(`id_${name}`)?.value);
  const { score } = (await judge).check(field.value, about.filter(Boolean));
  meter.querySelector("[data-meter-bar]").value = score;
  meter.querySelector("[data-meter-text]").textContent = field.value ? WORDS[score] : "";
  meter.hidden = !field.value;
}

field?.addEventListener("input", () => measure().catch(() => { meter.hidden = true; }));
