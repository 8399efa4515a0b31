// The official JavaScript client, driven by test_kernel_sdk.py: one story, told as JSON on stdout.
// KERNEL_BASE_URL and KERNEL_API_KEY come from the environment, as the client reads them by itself.
import Kernel from "@onkernel/sdk";

const SEED = process.env.SEED;
const seen = [];
const kernel = new Kernel({
  fetch: async (url, init) => {
    const answer = await fetch(url, init);
    seen.push(JSON.stringify([...answer.headers]) + (await answer.clone().text()));
    return answer;
  },
});
const { credentials } = kernel;

async function refusal(call) {
  const before = seen.length;
  const error = await call().then(() => null, (problem) => problem);
  return { name: error?.constructor.name, status: error?.status, body: error?.error, requests: seen.length - before };
}

const walked = {};
for (const limit of [7, 60, 100]) {
  walked[limit] = [];
  for await (const credential of credentials.list({ limit })) walked[limit].push(credential.id);
}
const found = [];
for await (const credential of credentials.list({ query: "SITE 24", limit: 3 })) found.push(credential.name);

const values = { username: process.env.EMAIL, password: process.env.PASSWORD };
const made = await credentials.create({ name: "js login", domain: "js.example", values, totp_secret: SEED });
const told = {
  walked, found, made,
  read: await credentials.retrieve("js login"),
  code: await credentials.totpCode(made.id),
  changed: await credentials.update(made.id, { values: { pin: "1" }, remove_value_keys: ["password"] }),
  cleared: await credentials.update(made.id, { totp_secret: "", sso_provider: null }),
  taken: await refusal(() => credentials.create({ name: "JS login", domain: "js.example", values })),
  refused: await refusal(() => credentials.update(made.id, { name: "a/b" })),
  stranger: await refusal(() => new Kernel({ apiKey: "sr_nobody" }).credentials.list()),
};
await credentials.delete("js login");
told.gone = await refusal(() => credentials.retrieve(made.id));
console.log(JSON.stringify({ ...told, seen }));
