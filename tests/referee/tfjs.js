// Load models with TensorFlow.js, and print what it counts, stores and computes.
//
// Reads a JSON object a line from standard input: {"path": model.json, "inputs": [{"shape", "dtype", "data"}]}. Prints one a
// line: {"params", "weights": {name: base64}, "outputs": [{"shape", "data"}]}, or {"error"}.
const fs = require('fs');
const path = require('path');
const readline = require('readline');
console.warn = () => {};
const tf = require('@tensorflow/tfjs');

function handler(file) {
  return {
    load: async () => {
      const model = JSON.parse(fs.readFileSync(file, 'utf8'));
      const artifacts = {modelTopology: model.modelTopology, format: model.format};
      if (model.weightsManifest) {
        const folder = path.dirname(file);
        const parts = model.weightsManifest.flatMap(group => group.paths.map(name => fs.readFileSync(path.join(folder, name))));
        const raw = Buffer.concat(parts);
        artifacts.weightSpecs = model.weightsManifest.flatMap(group => group.weights);
        artifacts.weightData = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
      }
      return artifacts;
    }
  };
}

async function answer(asked) {
  const model = await tf.loadLayersModel(handler(asked.path));
  const result = {params: model.countParams(), weights: {}, outputs: []};
  for (const weight of model.weights) {
    const value = weight.read().dataSync();
    result.weights[weight.originalName] = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  }
  if (asked.inputs) {
    const inputs = asked.inputs.map(one => tf.tensor(one.data, one.shape, one.dtype));
    const outputs = model.predict(inputs.length === 1 ? inputs[0] : inputs);
    for (const one of Array.isArray(outputs) ? outputs : [outputs]) {
      result.outputs.push({shape: one.shape, data: Array.from(one.dataSync())});
    }
  }
  model.dispose();
  return result;
}

(async () => {
  await tf.setBackend('cpu');
  for await (const line of readline.createInterface({input: process.stdin})) {
    let result;
    try {
      result = await answer(JSON.parse(line));
    } catch (error) {
      result = {error: String(error.message || error)};
    }
    console.log(JSON.stringify(result));
  }
})();
