// Reads the architecture out of an HDF5 file, for which lstmlint needs h5py. Its weights are not read.
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const VERSIONS = ["keras_version", "backend"]; // model.to_json() writes them beside the model

export function isHdf5(bytes) {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

// Return the model as JSON text; null if the file holds only weights. Throws an Error if the file is damaged.
export async function modelJson(bytes) {
  const h5wasm = await library();
  const { FS } = await h5wasm.ready;
  FS.writeFile("model.h5", bytes);
  const file = new h5wasm.File("model.h5", "r");
  try {
    const text = file.attrs.model_config?.value;
    if (typeof text !== "string") return null;
    const versions = VERSIONS.map((name) => [name, file.attrs[name]?.value]).filter(([, value]) => typeof value === "string");
    return JSON.stringify({ ...JSON.parse(text), ...Object.fromEntries(versions) }, null, 1);
  } finally {
    file.close();
    FS.unlink("model.h5");
  }
}

// HDF5 binds console.error when it is loaded, and would print a trace for every damaged file.
async function library() {
  const report = console.error;
  console.error = () => {};
  try {
    const { default: h5wasm } = await import("./h5wasm/hdf5_hl.js");
    await h5wasm.ready;
    return h5wasm;
  } finally {
    console.error = report;
  }
}
