// Projects, imports, exports, print: all files that go in and out.
import { h, redraw } from "./dom.js";
import { boxesOf, emptyDocument, newId, sketchOf } from "./state.js";
import { T } from "./texts.js";

const MOST_STEPS_ASIDE = 6;

export class Files {
  constructor(app, menu) {
    this.app = app;
    this.menu = menu;
    this.chooser = h("input", { type: "file", class: "hidden", tabindex: "-1", "aria-hidden": "true", onchange: () => this.chosen() });
    menu.append(this.chooser);
    this.list = h("div", { class: "menu", role: "menu" });
    menu.append(this.list);
  }

  draw() {
    const { words } = this.app;
    const item = (key, text, action) => h("button", { role: "menuitem", "data-key": `file ${key}`, onclick: () => { this.menu.open = false; action(); } }, text);
    redraw(this.list,
      item("open", T.open, () => this.choose()), item("save", T.save, () => this.save()),
      item("import", T.importing, () => this.choose()), item("print", T.print, () => window.print()),
      words.exports.map((kind) => item(`export ${kind.name}`, T.exportAs(kind.name, kind.holds), () => this.export(kind))),
      item("fresh", T.fresh, () => this.app.startFresh()));
  }

  choose() {
    this.chooser.value = "";
    this.chooser.click();
  }

  async chosen() {
    const [file] = this.chooser.files;
    if (file) await this.take(file);
  }

  /** A file that somebody chose or dropped: a project, or anything with diagrams. */
  async take(file) {
    const { app } = this;
    const most = app.words.limits.upload;
    if (file.size > most) {
      app.warn(T.tooLarge(file.name, Math.round(file.size / 1e6), Math.round(most / 1e6)));
      return;
    }
    try {
      if (file.name.toLowerCase().endsWith(".bdgen.json")) {
        this.open(await app.transport.ask("project", { content: await file.text() }), file.name);
      } else this.took(await app.transport.upload("upload", file), file.name);
    } catch (error) {
      if (error.status) app.warn(T.cannotOpen(file.name, error.message));
      else app.failed(error);
    }
  }

  open(answer, name) {
    const { app } = this;
    app.stop();
    app.store.commit(documentOf(answer.project), true);
    app.say(T.opened(name) + (answer.notes.length ? T.notes(answer.notes) : ""));
  }

  took(answer, name) {
    const { app } = this;
    app.stop();
    const items = answer.plans.map((plan) => ({ ...plan, types: plan.rooms.map((room) => room.type), differences: 0, plan: plan.boxes ? { boxes: plan.boxes, shapes: plan.boxes.map(rectangle) } : null, isImported: true }));
    if (items.length > 1) {
      app.gallery.start(T.importedName);
      app.view.gallery.items.push(...items);
      app.gallery.draw();
      app.say(T.importedMany(items.length) + (answer.notes.length ? T.notes(answer.notes) : ""));
      app.showPane("gallery");
    } else {
      app.adopt(items[0]);
      app.say(T.opened(name) + (answer.notes.length ? T.notes(answer.notes) : ""));
    }
  }

  save() {
    const { app } = this;
    const project = {
      format: "bd-gen project", version: 1, made_by: `bd-gen ${app.words.version}`, vocabulary: app.words.name, vocabulary_hash: app.words.hash,
      checkpoint: app.model?.checkpoint ?? "", sketch: projectOf(app.store.present),
    };
    const name = "plan.bdgen.json";
    this.give(new Blob([JSON.stringify(project, null, 1)], { type: "application/json" }), name);
    app.say(T.saved(name));
  }

  async export(kind) {
    const { app } = this;
    const doc = app.store.present;
    const boxes = app.view.reason ? null : boxesOf(doc);
    if (!doc.rooms.length || (kind.needs_boxes && !boxes)) {
      app.warn(T.needsPlan);
      return;
    }
    try {
      const message = { sketch: sketchOf(doc), format: kind.name, boxes };
      this.give(await app.transport.download("export", message), `plan.${kind.name}`);
      app.say(T.saved(`plan.${kind.name}`));
    } catch (error) {
      if (error.status) app.warn(T.cannotExport(error.message));
      else app.failed(error);
    }
  }

  give(blob, name) {
    const address = URL.createObjectURL(blob);
    const link = h("a", { href: address, download: name, class: "hidden" });
    this.menu.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}

/** A document as a project file holds it: rooms by number. */
export function projectOf(doc) {
  const number = Object.fromEntries(doc.rooms.map((room, k) => [room.id, k]));
  return {
    rooms: doc.rooms.map(({ id, ...room }) => room),
    links: doc.links.map((link) => ({ ...link, a: number[link.a], b: number[link.b] })),
    rules: doc.rules, areas: doc.areas, seed: doc.seed, ...(doc.plot ? { plot: doc.plot } : {}),
  };
}

/** The document of a project that the server has checked. */
export function documentOf(project) {
  const rooms = project.rooms.map((room, k) => ({ ...place(k), ...room, id: newId() }));
  const links = project.links.map((link) => ({ ...link, a: rooms[link.a].id, b: rooms[link.b].id }));
  return { ...emptyDocument(), ...project, rooms, links };
}

/** Where a room is drawn of which nothing is known: on a circle. */
export function place(k) {
  const angle = (2 * Math.PI * k) / 8 + Math.floor(k / 8) / MOST_STEPS_ASIDE;
  const far = 250 + 60 * Math.floor(k / 8);
  return { x: Math.round(500 + far * Math.cos(angle)), y: Math.round(380 + far * Math.sin(angle)) };
}

function rectangle([x0, y0, x1, y1]) {
  return [[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]];
}
