// The studio: one document, four panes, and what can be done with them.
import { Brief, withNewRoom } from "./brief.js";
import { Bubbles, pairKey } from "./bubbles.js";
import { debounced, h, s } from "./dom.js";
import { documentOf, Files, place } from "./files.js";
import { Gallery } from "./gallery.js";
import { helpDialog, pressed } from "./keys.js";
import { Plan } from "./plan.js";
import { Searches } from "./searches.js";
import { boxesOf, emptyDocument, labelsOf, linkOf, newId, sketchOf, Store, withLink, withoutRoom, withRoom } from "./state.js";
import { T } from "./texts.js";

const QUICK = 0.03; // effort for a new plan at once,
const SLOW = 0.4; // and for making it better when nothing was changed for a while
const MOST_NAMED = 3; // things that a drag would break; all of them would push the buttons out of sight
const PANES = ["brief", "diagram", "plan", "gallery"];

/** Put a studio into an element. */
export async function mount(root, { transport, storage, document: given, changed }) {
  const app = new App(root, transport, storage);
  app.changed = changed;
  await app.start(given);
  return app;
}

class App extends Searches {
  constructor(root, transport, storage) {
    super();
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
    this.store.listen((_, stays) => {
      if (stays) this.isFresh = false;
      this.ask(QUICK, { stays });
    });
    if (given) this.store.show(documentOf(given), true);
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
    this.root.addEventListener("input", () => { this.hasTyped = true; });
    for (const settled of ["change", "focusin"]) this.root.addEventListener(settled, () => { this.hasTyped = false; });
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

  /**
   * Ask for the plan of what is drawn; the newest question counts.
   * With `tidy`, its walls are moved until it is better; with `stays`, the boxes that are kept are shown as they are.
   */
  async ask(effort, { tidy = false, stays = false } = {}) {
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
      const answer = await this.while(this.transport.ask("plan", { sketch: sketchOf(doc), boxes: boxesOf(doc), effort, tidy, stays }, this.abort.signal));
      if (number === this.asked) this.answered(answer, tidy);
    } catch (error) {
      if (number === this.asked) this.failed(error);
    }
  }

  /** A new plan is made better; one that somebody has dragged, opened or gone back to stays as it is. */
  tidy() {
    if (this.isFresh && !this.plan.drag && !this.bubbles.drag) this.ask(SLOW, { tidy: true });
    else delete this.root.dataset.better;
  }

  answered(answer, isTidied) {
    this.isFresh = Boolean(answer.plan) && !isTidied && (answer.is_new || this.isFresh);
    if (this.isFresh) {
      this.root.dataset.better = "soon";
      this.refine();
    } else delete this.root.dataset.better;
    this.view.reason = answer.plan ? null : answer;
    if (answer.before) this.view.plan = answer.before;
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
    const doc = this.store.present;
    const rooms = doc.rooms.map((room, at) => ({ ...room, box: answer.plan.boxes[at] }));
    this.view.plan = answer.plan;
    this.store.commit({ ...doc, rooms }, true);
    if (!answer.broken.length && !answer.broken_rules.length) {
      this.say(answer.is_snapped ? T.dragSnapped : T.ready);
      return;
    }
    const labels = labelsOf(doc);
    const relations = answer.broken.map(({ pair: [i, j], was, is }) => T.wouldBe(labels[doc.rooms[i].id], this.relationWords(was), labels[doc.rooms[j].id], this.relationWords(is)));
    const all = [...relations, ...answer.broken_rules.map((k) => T.theRule(doc.rules[k].text))];
    const text = all.slice(0, MOST_NAMED).join("; ") + T.andMore(all.length - MOST_NAMED);
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
