// The studio in a notebook: the same modules, asking Python through the widget's channel.
// Modules come as texts; each becomes an address of its own, with its imports turned to those.

const addresses = {};

function address(modules, name) {
  if (!addresses[name]) {
    const source = modules[name].replace(/from "\.\/([\w-]+\.js)"/g, (_, other) => `from "${address(modules, other)}"`);
    addresses[name] = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  }
  return addresses[name];
}

class WidgetTransport {
  constructor(model) {
    this.model = model;
    this.waiting = new Map();
    this.last = 0;
    this.page = Math.random().toString(36).slice(2);
    model.on("msg:custom", (message, buffers) => this.waiting.get(message.id)?.(message, buffers));
  }

  send(call, message, told, buffers = []) {
    this.last += 1;
    const id = `${this.page} ${this.last}`;
    this.waiting.set(id, told);
    this.model.send({ id, call, message }, undefined, buffers);
    return id;
  }

  once(call, message, buffers) {
    return new Promise((done, refused) => {
      const id = this.send(call, message, (answer, content) => {
        this.waiting.delete(id);
        if (answer.error) refused(Object.assign(new Error(answer.error), { status: 422 }));
        else done([answer.answer, content]);
      }, buffers);
    });
  }

  async ask(name, message) {
    return (await this.once(name, message))[0];
  }

  async upload(name, file) {
    const content = new DataView(await file.arrayBuffer());
    return (await this.once(name, { name: file.name }, [content]))[0];
  }

  async download(name, message) {
    const [answer, [content]] = await this.once(name, message);
    return new Blob([content], { type: answer.media });
  }

  search(message, told, signal) {
    return new Promise((done, refused) => {
      const id = this.send("search", message, (answer) => {
        if (answer.event) told(answer.event);
        else {
          this.waiting.delete(id);
          done();
        }
      });
      signal?.addEventListener("abort", () => {
        this.waiting.delete(id);
        this.model.send({ id, call: "stop" });
        refused(Object.assign(new Error("stopped"), { name: "AbortError" }));
      });
    });
  }
}

async function render({ model, el }) {
  const modules = model.get("modules");
  const { mount } = await import(address(modules, "app.js"));
  const { documentOf, projectOf } = await import(address(modules, "files.js"));
  const host = document.createElement("div");
  el.append(host);
  const shadow = host.attachShadow({ mode: "open" });
  const style = document.createElement("style");
  style.textContent = `${model.get("style")}\n.studio { height: ${model.get("height")}px; border: 1px solid var(--line); }`;
  const root = document.createElement("div");
  shadow.append(style, root);
  let sent = "";
  const app = await mount(root, {
    transport: new WidgetTransport(model),
    storage: null,
    document: model.get("document"),
    changed(doc, view) {
      const project = projectOf(doc);
      const isShown = view.plan && !view.reason && view.plan.boxes.length === doc.rooms.length;
      sent = JSON.stringify(project);
      model.set("document", project);
      model.set("plan", isShown ? view.plan : {});
      model.save_changes();
    },
  });
  model.on("change:document", () => {
    const project = model.get("document");
    if (JSON.stringify(project) !== sent) app.store.commit(documentOf(project), true); // Python has changed it
  });
}

export default { render };
