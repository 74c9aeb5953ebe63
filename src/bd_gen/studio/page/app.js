// The studio: one document, four panes, and what can be done with them.
import { Brief } from "./brief.js";
import { Bubbles } from "./bubbles.js";
import { h, s } from "./dom.js";
import { Editing } from "./editing.js";
import { documentOf, Files } from "./files.js";
import { Gallery } from "./gallery.js";
import { helpDialog, pressed } from "./keys.js";
import { Plan } from "./plan.js";
import { QUICK } from "./planning.js";
import { KEY, newId, Store } from "./state.js";
import { T } from "./texts.js";

const PANES = ["brief", "diagram", "plan", "gallery"];

/** Put a studio into an element. */
export async function mount(root, { transport, storage, document: given, changed }) {
  const app = new App(root, transport, storage);
  app.changed = changed;
  await app.start(given);
  return app;
}

class App extends Editing {
  constructor(root, transport, storage) {
    super();
    this.root = root;
    this.transport = transport;
    this.isPage = storage === "page";
    this.store = new Store(this.isPage ? safeStorage() : null);
    this.selection = null;
    this.view = { plan: null, reason: null, offer: null, plot: null, galleries: [], gallery: null };
    this.model = null;
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
    if (!this.words.is_usual) this.store.key = `${KEY} ${this.words.hash}`;
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
    this.root.replaceChildren(this.banners(), h("header", {}, h("h1", {}, T.title)), this.status);
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
    this.dialog = helpDialog(this.words);
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
    if (name === this.words.touches) return T.touches;
    return name === this.words.apart ? T.apart : name;
  }

  /** Is there more than one way in which rooms can be joined? */
  hasChoice() {
    return this.words.relations.length > 1;
  }

  /** What two rooms are that are joined, before somebody says how. */
  usualRelation() {
    return this.hasChoice() ? this.words.touches : this.words.relations[0].name;
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
    const all = this.panes[name].querySelectorAll("button:not(:disabled), input:not(:disabled), select, [tabindex='0']");
    const first = [...all].find((one) => one.getClientRects().length); // what is hidden takes no focus
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
