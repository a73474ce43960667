// A small model in the fragment of the address: deflated, then base64url. Nothing is sent to a server.
const LONGEST = 12_000; // characters of a link; chats and mail cut longer ones
const LARGEST = 1_000_000; // bytes of a model behind a link

export async function encode(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const packed = new Uint8Array(await collect(bytes, new CompressionStream("deflate-raw"), Infinity));
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return text.length > LONGEST ? null : `#model=${text}`;
}

// Return the state of a fragment; null if it holds none. Throws an Error if it is damaged.
export async function decode(fragment) {
  const found = /^#model=([\w-]+)$/.exec(fragment);
  if (!found) return null;
  const binary = atob(found[1].replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  const state = JSON.parse(new TextDecoder().decode(await collect(bytes, new DecompressionStream("deflate-raw"), LARGEST)));
  if (typeof state?.text !== "string" || typeof state?.name !== "string") throw new Error("the link holds no model");
  return state;
}

async function collect(bytes, stream, most) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(chunks).arrayBuffer();
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new Error("the model in the link is too large");
    }
    chunks.push(value);
  }
}
