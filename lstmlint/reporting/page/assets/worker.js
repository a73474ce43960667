/* The worker: arranges each graph that it is sent, and sends it back with its number. */

self.addEventListener("message", (event) => {
  try {
    self.postMessage({ id: event.data.id, found: layOut(event.data.graph) });
  } catch (error) {
    self.postMessage({ id: event.data.id, error: String(error) });
  }
});
