// The studio: one document, four panes, and what can be done with them.
import { Brief, withNewRoom } from "./brief.js";
import { Bubbles, pairKey } from "./bubbles.js";
import { debounced, h, s } from "./dom.js";
import { documentOf, Files, place } from "./files.js";
import { Gallery } from "./gallery.js";
import { helpDialog, pressed } from "./keys.js";
import { Plan } from "./plan.js";
import { boxesOf, emptyDocument, isKept, labelsOf, linkOf, newId, sketchOf, Store, withLink, withoutRoom, withRoom } from "./state.js";
import { T } from "./texts.js";

const QUICK = 0.03; // effort for a new plan at once,
const SLOW = 0.4; // and for making it better when nothing was changed for a while
const PANES = ["brief", "diagram", "plan", "gallery"];

/** Put a studio into an element. */
export async function mount(root, { transport, storage, document: given, changed }) {
  const app = new App(root, transport, storage);
  app.changed = changed;
  await app.start(given);
  return app;
}

class App {
  constructor(root, transport, storage) {
    this.root = root;
    this.transport = transport;
    this.isPage = storage === "page";
    this.store = new Store(this.isPage ? safeStorage() : null);
    this.selection = null;
    this.view = { plan: null, reason: null, offer: null, gallery: [] };
    this.model = null;
    this.asked = 0;
    this.refine = debounced(() => this.tidy(), 600);
  }

  async start(given) {
    this.skeleton();
    try {
      this.words = await this.transport.ask("vocabulary", {});
    } catch (error) {
      this.failed(error);
      setTimeout(() => this.start(given), 1500);
      return;
    }
    this.types = Object.fromEntries(this.words.types.map((type) => [type.name, type]));
    this.build();
    this.store.listen(() => this.draw());
    this.store.listen(() => this.ask(QUICK));
    if (given) this.store.show(documentOf(given));
    else if (!this.store.restore()) this.store.show(this.example());
    if (this.isPage) this.onlyTab();
    await this.hello(Boolean(given));
  }

  async hello(isGiven) {
    this.say(T.modelLoading);
    try {
      const answer = await this.transport.ask("hello", {});
      this.model = answer.model;
      if (answer.opened && !isGiven && this.isPage && !alreadyOpened(answer.opened.name)) {
        if (answer.opened.project) this.files.open(answer.opened.project, answer.opened.name);
        else this.files.took(answer.opened.upload, answer.opened.name);
      } else this.say(answer.model ? T.ready : T.noModel(answer.why));
    } catch (error) {
      this.failed(error);
    }
  }

  /** Something that is waited for; the root says so, for people and tests. */
  async while(work) {
    this.working = (this.working ?? 0) + 1;
    this.root.setAttribute("aria-busy", "true");
    try {
      return await work;
    } finally {
      this.working -= 1;
      if (!this.working) this.root.setAttribute("aria-busy", "false");
    }
  }

  // ---- what there is to see

  skeleton() {
    if (this.status) return;
    this.status = h("p", { class: "status", role: "status" });
    this.banner = h("p", { class: "banner", role: "alert" });
    this.elsewhere = h("p", { class: "banner elsewhere", role: "alert" });
    this.root.classList.add("studio");
    this.root.replaceChildren(this.banners(), this.status);
  }

  banners() {
    return h("div", { class: "banners" }, this.banner, this.elsewhere);
  }

  build() {
    const button = (key, text, hint, action, extra = {}) => h("button", { "data-key": `top ${key}`, title: hint, onclick: action, ...extra }, text);
    const menu = h("details", { class: "files", ontoggle: () => this.menuButton?.setAttribute("aria-expanded", String(menu.open)) }, h("summary", { "data-key": "top file", role: "button" }, T.file));
    this.menu = menu;
    const header = h("header", {},
      h("h1", {}, T.title), menu,
      button("undo", "↶", T.undo, () => this.undo(), { "aria-label": T.undo }), button("forward", "↷", T.redoStep, () => this.stepForward(), { "aria-label": T.redoStep }),
      button("complete", T.complete, T.completeHint, () => this.complete(), { class: "main" }), button("redo", T.redo, T.redoHint, () => this.redo()),
      button("more", T.more, T.moreHint, () => this.more()), button("gallery", T.gallery, T.galleryHint(12), () => this.fillGallery()),
      button("help", "?", T.help, () => this.help(), { "aria-label": T.help }));
    const tabs = h("nav", { class: "tabs", "aria-label": T.title }, PANES.map((name) => h("button", { "data-key": `tab ${name}`, "data-tab": name, onclick: () => this.showPane(name) }, T.panes[name])));
    this.panes = Object.fromEntries(PANES.map((name) => [name, h("section", { class: `pane ${name}`, "aria-label": T.panes[name], tabindex: "-1" })]));
    this.dialog = helpDialog();
    this.root.replaceChildren(this.banners(), header, h("main", {}, PANES.map((name) => this.panes[name])), tabs, this.status, this.dialog);
    this.files = new Files(this, menu);
    this.brief = new Brief(this, this.panes.brief);
    this.bubbles = new Bubbles(this, this.panes.diagram);
    this.plan = new Plan(this, this.panes.plan);
    this.gallery = new Gallery(this, this.panes.gallery);
    this.files.draw();
    this.showPane("diagram");
    // On a page of its own every key is the studio's; in a notebook only those pressed inside of it.
    (this.isPage ? document : this.root).addEventListener("keydown", (event) => {
      if (pressed(this, event)) event.preventDefault();
    });
    if (this.isPage) this.listenToPage();
  }

  listenToPage() {
    window.addEventListener("pagehide", () => this.store.saveNow());
    document.addEventListener("click", (event) => {
      if (!this.menu.contains(event.target)) this.menu.open = false;
    });
    this.root.addEventListener("dragover", (event) => event.preventDefault());
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer?.files ?? [];
      if (file) this.files.take(file);
    });
  }

  draw() {
    this.brief.draw();
    this.bubbles.draw();
    this.plan.draw();
    this.changed?.(this.store.present, this.view);
  }

  type(name) {
    return this.types[name] ?? { name, colour: "#999999", ink: "#000000", area: 10, short: name };
  }

  swatch(type) {
    return s("svg", { viewBox: "0 0 10 10", width: 14, height: 14 }, s("rect", { width: 10, height: 10, rx: 2, fill: this.type(type).colour, stroke: "currentColor", "stroke-width": 0.6 }));
  }

  relationWords(name) {
    return name === this.words.apart ? T.apart : name;
  }

  say(text) {
    this.status.textContent = text;
    this.status.classList.remove("bad");
  }

  warn(text) {
    this.status.textContent = text;
    this.status.classList.add("bad");
  }

  /** Something asked of the server did not come back: say so, and wait until it does. */
  failed(error) {
    if (error.name === "AbortError") return;
    const isGone = error.status === 0 || error.status === 401;
    if (!isGone) {
      this.warn(error.status ? T.failed(error.message) : T.failed(String(error.message ?? error)));
      return;
    }
    this.banner.textContent = error.message || T.gone;
    this.banner.classList.add("shown");
    if (!this.waiting && this.words) this.waitForServer();
  }

  async waitForServer() {
    this.waiting = true;
    for (;;) {
      await new Promise((done) => { setTimeout(done, 1500); });
      try {
        await this.transport.ask("vocabulary", {});
        break;
      } catch {
        // still gone
      }
    }
    this.waiting = false;
    this.banner.classList.remove("shown");
    this.banner.textContent = "";
    this.say(T.back);
    this.ask(QUICK);
    this.hello(true);
  }

  /** Two tabs would overwrite one another's autosave: the older one stops and says so. */
  onlyTab() {
    if (typeof BroadcastChannel === "undefined") return;
    const channel = new BroadcastChannel("bd-gen-studio");
    const mine = newId();
    const claim = () => {
      this.store.saves = true;
      this.elsewhere.classList.remove("shown");
      this.elsewhere.replaceChildren();
      channel.postMessage(mine);
    };
    channel.onmessage = () => {
      this.stop();
      if (this.store.saves) this.store.saveNow();
      this.store.saves = false;
      this.elsewhere.replaceChildren(T.elsewhere, " ", h("button", { onclick: () => { this.store.restore(); claim(); } }, T.useHere));
      this.elsewhere.classList.add("shown");
    };
    claim();
  }

  showPane(name) {
    this.root.dataset.pane = name;
    for (const tab of this.root.querySelectorAll("[data-tab]")) tab.setAttribute("aria-current", String(tab.dataset.tab === name));
  }

  nextPane(way) {
    const active = this.root.getRootNode().activeElement;
    const now = PANES.findIndex((name) => this.panes[name].contains(active));
    const name = PANES[(now + way + PANES.length) % PANES.length];
    this.showPane(name);
    const first = this.panes[name].querySelector("button:not(:disabled), input:not(:disabled), select, [tabindex='0']");
    (first ?? this.panes[name]).focus();
    return true;
  }

  help() {
    this.dialog.showModal();
    return true;
  }

  openMenu() {
    this.menu.open = true;
    this.menu.querySelector("[role=menuitem]")?.focus();
  }

  escape() {
    if (this.dialog.open) return false;
    if (this.menu.open) {
      this.menu.open = false;
      this.menu.querySelector("summary").focus();
      return true;
    }
    if (this.bubbles.connecting || this.bubbles.drag) {
      this.bubbles.cancel();
      return true;
    }
    return this.stop();
  }

  // ---- what is selected, and what is done with it

  select(selection) {
    const isSame = JSON.stringify(selection) === JSON.stringify(this.selection);
    this.selection = selection;
    if (isSame) return;
    this.bubbles.draw();
    this.plan.draw();
  }

  isSelectedLink(link) {
    const { selection } = this;
    return selection?.kind === "link" && pairKey(selection.a, selection.b) === pairKey(link.a, link.b);
  }

  label(id) {
    return labelsOf(this.store.present)[id];
  }

  addRoom(type) {
    const doc = this.store.present;
    if (doc.rooms.length >= this.words.limits.rooms) {
      this.warn(T.mostRooms(this.words.limits.rooms));
      return;
    }
    const [next, id] = withNewRoom(doc, type);
    this.selection = { kind: "room", id, pane: "diagram" };
    this.store.commit(next);
  }

  focusAdder() {
    this.showPane("brief");
    this.root.querySelector('[data-key="add type"]').focus();
  }

  rename(id, name) {
    const clean = name.replace(/[\p{C}]/gu, "").trim();
    if (clean !== (this.store.present.rooms.find((room) => room.id === id)?.name ?? "")) this.store.commit(withRoom(this.store.present, id, { name: clean }));
  }

  startRename(id) {
    this.showPane("brief");
    this.brief.opened.set(this.store.present.rooms.find((room) => room.id === id)?.type, true);
    this.brief.draw();
    const field = this.root.querySelector(`[data-key="${CSS.escape(`name ${id}`)}"]`);
    field?.focus();
    field?.select();
  }

  renameSelected() {
    if (this.selection?.kind !== "room") return false;
    this.startRename(this.selection.id);
    return true;
  }

  connectSelected() {
    if (this.selection?.kind === "room") this.bubbles.startConnecting(this.selection.id);
  }

  relate(a, b, relation) {
    const doc = this.store.present;
    const before = linkOf(doc, a, b);
    if (relation === null) this.store.commit(withLink(doc, a, b, null));
    else this.store.commit(withLink(doc, before?.a ?? a, before?.b ?? b, { relation, locked: before?.locked }));
  }

  toggleLock(selection) {
    const doc = this.store.present;
    if (selection?.kind === "link") {
      const link = linkOf(doc, selection.a, selection.b);
      if (!link) return;
      this.store.commit(withLink(doc, link.a, link.b, { ...link, locked: !link.locked }));
      const text = `${this.label(link.a)} ${this.relationWords(link.relation)} ${this.label(link.b)}`;
      this.say(link.locked ? T.unlockedNow(text) : T.lockedNow(text));
      return;
    }
    const room = doc.rooms.find((one) => one.id === selection?.id);
    if (!room) return;
    if (selection.pane === "plan") {
      if (!room.box) return;
      this.store.commit(withRoom(doc, room.id, { placed: !room.placed }));
      this.say(room.placed ? T.placeFree(this.label(room.id)) : T.placedNow(this.label(room.id)));
    } else {
      this.store.commit(withRoom(doc, room.id, { locked: !room.locked }));
      this.say(room.locked ? T.unlockedNow(this.label(room.id)) : T.lockedNow(this.label(room.id)));
    }
  }

  remove(selection) {
    const doc = this.store.present;
    if (selection?.kind === "room" && doc.rooms.some((room) => room.id === selection.id)) {
      const label = this.label(selection.id);
      this.selection = null;
      this.store.commit(withoutRoom(doc, selection.id));
      this.say(T.deleted(label));
      return true;
    }
    if (selection?.kind !== "link" || !linkOf(doc, selection.a, selection.b)) return false;
    this.selection = null;
    this.store.commit(withLink(doc, selection.a, selection.b, null));
    return true;
  }

  undo() {
    this.say(this.store.undo() ? T.undone : T.nothingToUndo);
    return true;
  }

  stepForward() {
    this.say(this.store.redo() ? T.redone : T.nothingToUndo);
    return true;
  }

  example() {
    let doc = emptyDocument();
    const { rooms, rules } = this.words.example;
    doc = { ...doc, rules, rooms: rooms.map((type, k) => ({ id: newId(), type, name: "", by: "hand", ...place(k) })) };
    return doc;
  }

  startFresh() {
    this.stop();
    this.view.gallery = [];
    this.gallery.draw();
    this.store.commit(this.example());
  }

  // ---- the plan

  /** Ask for the plan of what is drawn; the newest question counts. */
  async ask(effort, tidy = false) {
    this.asked += 1;
    const number = this.asked;
    const doc = this.store.present;
    this.view.offer = null;
    if (!doc.rooms.length) {
      this.view.plan = this.view.reason = null;
      this.plan.draw();
      return;
    }
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const answer = await this.while(this.transport.ask("plan", { sketch: sketchOf(doc), boxes: boxesOf(doc), effort, tidy }, this.abort.signal));
      if (number === this.asked) this.answered(answer, tidy);
    } catch (error) {
      if (number === this.asked) this.failed(error);
    }
  }

  /** A new plan is made better; one that somebody has dragged or taken stays as it is. */
  tidy() {
    if (this.isFresh && !this.plan.drag && !this.bubbles.drag) this.ask(SLOW, true);
  }

  answered(answer, isTidied) {
    this.isFresh = Boolean(answer.plan) && (answer.is_new || (this.isFresh && !isTidied));
    if (this.isFresh) this.refine();
    this.view.reason = answer.plan ? null : answer;
    if (answer.plan) {
      this.view.plan = answer.plan;
      const { present } = this.store;
      this.store.amend({ ...present, rooms: present.rooms.map((room, k) => ({ ...room, box: answer.plan.boxes[k] })) }, true);
    }
    this.brief.mark();
    this.bubbles.draw();
    this.plan.draw();
    this.changed?.(this.store.present, this.view);
  }

  askDrag(boxes, room, to) {
    return this.while(this.transport.ask("drag", { sketch: sketchOf(this.store.present), boxes, room, to }));
  }

  /** A drag has ended: take where the plan went; offer to change what kept it from going further. */
  dragged(answer, k) {
    this.isFresh = false;
    const doc = this.store.present;
    const rooms = doc.rooms.map((room, at) => ({ ...room, box: answer.plan.boxes[at] }));
    this.view.plan = answer.plan;
    this.store.commit({ ...doc, rooms });
    if (!answer.broken.length && !answer.broken_rules.length) {
      this.say(answer.is_snapped ? T.dragSnapped : T.ready);
      return;
    }
    const labels = labelsOf(doc);
    const relations = answer.broken.map(({ pair: [i, j], was, is }) => T.wouldBe(labels[doc.rooms[i].id], this.relationWords(was), labels[doc.rooms[j].id], this.relationWords(is)));
    const text = [...relations, ...answer.broken_rules.map((k) => T.theRule(doc.rules[k].text))].join("; ");
    this.view.offer = { answer, k, text };
    this.asked += 1; // what is under way does not wipe the offer away
    this.plan.draw();
    this.showPane("plan");
  }

  takeOffer() {
    const { answer } = this.view.offer;
    let doc = this.store.present;
    for (const { pair: [i, j], is } of answer.broken) doc = withLink(doc, doc.rooms[i].id, doc.rooms[j].id, { relation: is });
    this.view.offer = null;
    const rules = doc.rules.filter((_, k) => !answer.broken_rules.includes(k));
    this.store.commit({ ...doc, rules, rooms: doc.rooms.map((room, k) => ({ ...room, box: answer.wished[k] })) });
  }

  dropOffer() {
    this.view.offer = null;
    this.plan.draw();
  }

  /** One click that makes a plan possible. */
  take(proposal) {
    const doc = this.store.present;
    const ids = doc.rooms.map((room) => room.id);
    if (proposal.free === "relation") {
      const [a, b] = proposal.pair.map((k) => ids[k]);
      this.store.commit(withLink(doc, a, b, null));
    } else if (proposal.free === "rule") this.store.commit({ ...doc, rules: doc.rules.filter((_, k) => k !== proposal.rule) });
    else if (proposal.free === "place") this.store.commit(withRoom(doc, ids[proposal.room], { placed: false }));
    else {
      const { [proposal.type]: _, ...areas } = doc.areas;
      this.store.commit({ ...doc, areas });
    }
  }

  // ---- the model

  /** Fill in what is not decided, as the likeliest of a few. */
  complete() {
    this.search({ sketch: sketchOf(this.store.present), count: 1 }, { isTaken: true });
  }

  /** Keep what is locked, draw the rest anew. */
  redo() {
    this.nextSeed();
    const doc = this.store.present;
    this.search({ sketch: sketchOf(doc, isKept(doc)), count: 1 }, { isTaken: true, isRedo: true });
  }

  more() {
    this.nextSeed();
    const doc = this.store.present;
    if (this.isOpen()) {
      this.warn(T.needsComplete);
      return;
    }
    this.search({ sketch: sketchOf(doc, isKept(doc)), count: this.gallery.wanted, mode: "more" }, { isRedo: true });
  }

  fillGallery() {
    const doc = this.store.present;
    const isOpen = this.isOpen();
    this.nextSeed();
    this.search({ sketch: sketchOf(doc, isOpen ? () => true : isKept(doc)), count: this.gallery.wanted }, { isRedo: !isOpen });
  }

  /** Another seed for what is drawn next; part of the project, so that it comes out the same elsewhere. */
  nextSeed() {
    this.store.amend({ ...this.store.present, seed: this.store.present.seed + 1 }, true);
  }

  /** What is said of every pair with a name. */
  decided() {
    return sketchOf(this.store.present).relations.filter(([, , name]) => name !== this.words.touches);
  }

  /** Is there a pair of which nothing with a name is said? */
  isOpen() {
    const n = this.store.present.rooms.length;
    return this.decided().length < (n * (n - 1)) / 2;
  }

  async search(message, { isTaken = false, isRedo = false } = {}) {
    const doc = this.store.present;
    this.stop();
    if (!(await this.isForModel(doc))) return;
    const aborted = new AbortController();
    this.searching = aborted;
    this.view.gallery = [];
    this.gallery.draw();
    this.gallery.sayShare("");
    this.gallery.say(T.looking);
    this.say(T.looking);
    this.gallery.stop.disabled = false;
    const types = doc.rooms.map((room) => room.type);
    const asked = { ...message, seed: doc.seed, compared: this.decided() };
    try {
      await this.while(this.transport.search(asked, (event) => this.found(event, { isTaken, isRedo, types, ids: doc.rooms.map((room) => room.id) }), aborted.signal));
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    } finally {
      if (this.searching === aborted) {
        this.searching = null;
        this.gallery.stop.disabled = true;
      }
    }
  }

  async isForModel(doc) {
    const n = doc.rooms.length;
    if (!this.model) {
      this.gallery.say(T.modelLoading);
      await this.hello(true);
      if (!this.model) return false;
    }
    const [least, most] = this.model.sizes;
    if (n > most) this.warn(T.tooManyRooms(n, most));
    else if (n < least) this.warn(T.tooFewRooms(n, least));
    return n >= least && n <= most;
  }

  found(event, { isTaken, isRedo, types, ids }) {
    if (event.event === "alternative") {
      const item = { ...event, types, ids, isRedo };
      this.view.gallery.push(item);
      if (isTaken) this.adopt(item);
      this.gallery.draw();
    } else if (event.event === "progress") this.gallery.progress(event);
    else if (event.event === "share") this.gallery.sayShare(T.share(T.shareAbout(event.share)));
    else if (event.event === "refused") {
      this.warn(event.why);
      this.gallery.say(event.why);
    } else if (event.event === "done") {
      const text = event.why ? T.foundFewer(event.found, event.why) : T.foundAll(event.found);
      this.gallery.say(text);
      this.say(text);
    }
  }

  stop() {
    if (!this.searching) return false;
    this.searching.abort();
    this.searching = null;
    this.gallery.stop.disabled = true;
    this.gallery.say(T.stopped);
    this.say(T.stopped);
    return true;
  }

  /** Take an alternative: what was decided stays whose it was, the rest is the model's. */
  adopt(item) {
    if (item.isImported) {
      this.adoptImported(item);
      return;
    }
    const doc = this.store.present;
    if (String(doc.rooms.map((room) => room.id)) !== String(item.ids)) {
      this.warn(T.failed(T.panes.gallery));
      return;
    }
    const keeps = item.isRedo ? isKept(doc) : (link) => link.relation !== this.words.touches || link.locked;
    const kept = Object.fromEntries(doc.links.filter(keeps).map((link) => [pairKey(link.a, link.b), link]));
    const named = Object.fromEntries(item.relations.map(([i, j, name]) => [pairKey(item.ids[i], item.ids[j]), { a: item.ids[i], b: item.ids[j], relation: name }]));
    const links = [];
    for (let j = 0; j < item.ids.length; j += 1) {
      for (let i = 0; i < j; i += 1) {
        const key = pairKey(item.ids[i], item.ids[j]);
        const before = kept[key];
        const link = named[key] ?? { a: item.ids[i], b: item.ids[j], relation: this.words.apart };
        links.push(before && before.relation !== this.words.touches ? before : { ...link, by: "model", locked: before?.locked });
      }
    }
    this.view.plan = item.plan;
    this.isFresh = true;
    this.store.commit({ ...doc, links, rooms: this.arranged(doc.rooms, item.plan.boxes) });
  }

  adoptImported(item) {
    const rooms = item.rooms.map((room, k) => ({ id: newId(), by: "hand", ...place(k), ...room, box: item.boxes?.[k]?.map(Math.round) }));
    const links = item.relations.map(([i, j, relation]) => ({ a: rooms[i].id, b: rooms[j].id, relation, by: "hand" }));
    const said = new Set(links.map((link) => pairKey(link.a, link.b)));
    for (let j = 0; j < rooms.length; j += 1) {
      for (let i = 0; i < j; i += 1) {
        if (!said.has(pairKey(rooms[i].id, rooms[j].id))) links.push({ a: rooms[i].id, b: rooms[j].id, relation: this.words.apart, by: "model" });
      }
    }
    const areas = {};
    this.store.commit({ ...emptyDocument(), areas, links, rooms: item.boxes ? this.arranged(rooms, item.boxes) : rooms });
  }

  /** Bubbles where their rooms lie in the plan, but for those that are locked. */
  arranged(rooms, boxes) {
    const middles = boxes.map(([x0, y0, x1, y1]) => [(x0 + x1) / 2, (y0 + y1) / 2]);
    const low = [0, 1].map((axis) => Math.min(...middles.map((at) => at[axis])));
    const high = [0, 1].map((axis) => Math.max(...middles.map((at) => at[axis])));
    const size = [0, 1].map((axis) => Math.max(1, high[axis] - low[axis]));
    const scale = [Math.min(800 / size[0], 12), Math.min(560 / size[1], 12)];
    const at = (middle, axis, whole) => Math.round(whole / 2 + scale[axis] * (middle[axis] - (low[axis] + high[axis]) / 2));
    return spread(rooms.map((room, k) => ({ ...room, box: boxes[k], ...(room.locked ? {} : { x: at(middles[k], 0, 1000), y: at(middles[k], 1, 760) }) })));
  }
}

/** Push apart bubbles that lie on one another. */
function spread(rooms) {
  const next = rooms.map((room) => ({ ...room }));
  for (let round = 0; round < 60; round += 1) {
    for (let j = 0; j < next.length; j += 1) {
      for (let i = 0; i < j; i += 1) {
        const [dx, dy] = [next[j].x - next[i].x, next[j].y - next[i].y];
        const far = Math.hypot(dx, dy) || 1;
        const push = (190 - far) / 4;
        if (push <= 0) continue;
        const [ux, uy] = far > 1 ? [dx / far, dy / far] : [Math.cos(i + j), Math.sin(i + j)];
        if (!next[j].locked) { next[j].x += ux * push; next[j].y += uy * push; }
        if (!next[i].locked) { next[i].x -= ux * push; next[i].y -= uy * push; }
      }
    }
  }
  return next.map((room) => ({ ...room, x: Math.round(Math.min(945, Math.max(55, room.x))), y: Math.round(Math.min(705, Math.max(55, room.y))) }));
}

function safeStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function alreadyOpened(name) {
  try {
    const before = sessionStorage.getItem("bd-gen-studio-opened");
    sessionStorage.setItem("bd-gen-studio-opened", name);
    return before === name;
  } catch {
    return false;
  }
}
