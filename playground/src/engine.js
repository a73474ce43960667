// Asks the worker one question at a time. A question that takes too long, or that exhausts the worker's memory or
// stack, ends the worker; the next question starts a new one.
export const SECONDS = 30;

export class Engine {
  #worker = null;
  #next = 0;
  #waiting = null; // {id, settle, timer}
  #onState;

  constructor(onState) {
    this.#onState = onState;
    this.#start();
  }

  // Return the answer, or {fault}. Only one question may be open: see `Latest`.
  ask(question) {
    if (this.#worker === null) this.#start();
    const id = ++this.#next;
    return new Promise((resolve) => {
      this.#waiting = { id, settle: resolve, timer: null };
      this.#worker.postMessage({ id, ...question });
      if (this.ready) this.#limit();
    });
  }

  #start() {
    this.ready = false;
    this.#onState({ loading: true });
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => this.#fail(event.message || "the worker could not be started");
  }

  #receive(data) {
    if (data.ready) {
      this.ready = true;
      this.#onState({ ready: data.ready });
      this.#limit(); // the time to load Python does not count
    } else if (data.fault) {
      this.#fail(data.fault);
    } else if (data.id === this.#waiting?.id) {
      this.#settle(data.result);
    }
  }

  #limit() {
    if (this.#waiting === null) return;
    const sentence = `lstmlint did not finish within ${SECONDS} seconds; the command line has no such limit`;
    this.#waiting.timer = setTimeout(() => this.#fail(sentence), SECONDS * 1000);
  }

  #fail(fault) {
    this.#worker?.terminate();
    this.#worker = null;
    this.ready = false;
    this.#onState({ fault });
    this.#settle({ fault });
  }

  #settle(result) {
    if (this.#waiting === null) return;
    clearTimeout(this.#waiting.timer);
    const { settle } = this.#waiting;
    this.#waiting = null;
    settle(result);
  }
}

// Runs `work` for the newest question only: those that came while another was open are dropped, except the last.
export class Latest {
  #busy = false;
  #pending = null;
  #work;

  constructor(work) {
    this.#work = work;
  }

  async put(question) {
    this.#pending = question;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#pending !== null) {
      const next = this.#pending;
      this.#pending = null;
      await this.#work(next, () => this.#pending !== null);
    }
    this.#busy = false;
  }
}
