const worker = new Worker("/worker-script.js", { type: "module" });
worker.onmessage = ({ data }) => Object.assign(globalThis, { answer: data });
