// The middle pane: rooms as bubbles, relations as lines; every one can have the focus and a name.
import { h, padlock, pin, redraw, s } from "./dom.js";
import { labelsOf, linkOf, withLink, withRoom } from "./state.js";
import { T } from "./texts.js";

const WIDTH = 1000;
const HEIGHT = 760;
const STEP = 12;

export class Bubbles {
  constructor(app, pane) {
    this.app = app;
    this.connecting = null; // the room that is about to be related to another
    this.drag = null;
    this.svg = s("svg", { class: "bubbles", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", preserveAspectRatio: "xMidYMid meet" });
    this.inspector = h("div", { class: "inspector" });
    pane.append(this.svg, this.inspector);
    this.svg.addEventListener("pointermove", (event) => this.moved(event));
    this.svg.addEventListener("pointerup", (event) => this.dropped(event));
    this.svg.addEventListener("pointercancel", () => this.cancel());
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.target === this.svg) this.app.select(null);
    });
  }

  draw() {
    const { store, view } = this.app;
    const doc = store.present;
    this.labels = labelsOf(doc);
    const shown = doc.links.filter((link) => this.isShown(link));
    this.svg.setAttribute("aria-label", T.diagramLabel(doc.rooms.length, shown.length));
    const byId = Object.fromEntries(doc.rooms.map((room) => [room.id, room]));
    const conflict = this.conflict(doc, view.reason);
    this.plates = [];
    redraw(this.svg,
      s("g", { class: "links" }, shown.map((link) => this.link(link, byId, conflict))),
      this.drag?.line ?? s("path", { class: "drawing", d: "" }),
      s("g", { class: "rooms" }, doc.rooms.map((room) => this.room(room, conflict))),
      s("g", { class: "plates", "aria-hidden": "true" }, this.plates));
    if (!doc.rooms.length) {
      this.svg.append(s("text", { x: WIDTH / 2, y: HEIGHT / 2, class: "empty" }, T.emptyDiagram));
    }
    this.inspect();
  }

  /** What a person said is shown, also that rooms are apart; of the model's word only lines. */
  isShown(link) {
    const selection = this.app.selection;
    const isSelected = selection?.kind === "link" && ((selection.a === link.a && selection.b === link.b) || (selection.a === link.b && selection.b === link.a));
    return link.relation !== this.app.words.apart || link.by === "hand" || link.locked || isSelected || this.isInConflict(link);
  }

  isInConflict(link) {
    return this.conflict(this.app.store.present, this.app.view.reason).pairs.has(pairKey(link.a, link.b));
  }

  conflict(doc, reason) {
    const ids = doc.rooms.map((room) => room.id);
    const pairs = new Set((reason?.pairs ?? []).map(([i, j]) => pairKey(ids[i], ids[j])));
    return { pairs, rooms: new Set((reason?.rooms ?? []).map((k) => ids[k])) };
  }

  radius(room) {
    return 48 + 5.5 * Math.sqrt(this.app.type(room.type).area);
  }

  room(room, conflict) {
    const { app } = this;
    const type = app.type(room.type);
    const label = this.labels[room.id];
    const isSelected = app.selection?.kind === "room" && app.selection.id === room.id;
    const marks = (room.locked ? T.marks.locked : "") + (room.placed ? T.marks.placed : "") + (conflict.rooms.has(room.id) ? T.marks.conflict : "");
    const r = this.radius(room);
    const classes = ["room", isSelected && "selected", room.locked && "locked", conflict.rooms.has(room.id) && "conflict",
      this.connecting === room.id && "connecting"];
    const lines = wrapped(label, r);
    const size = Math.min(24, (1.82 * r) / (0.66 * Math.max(...lines.map((line) => line.length), 1)));
    const node = s("g", {
      class: classes.filter(Boolean).join(" "), transform: `translate(${room.x} ${room.y})`, tabindex: "0", role: "button",
      "aria-pressed": String(isSelected), "aria-label": T.roomLabel(label, marks), "data-key": `room ${room.id}`, "data-room": room.id,
      onfocus: () => app.select({ kind: "room", id: room.id, pane: "diagram" }),
      onpointerdown: (event) => this.grabbed(event, room),
      ondblclick: () => app.startRename(room.id),
      onkeydown: (event) => this.key(event, room),
    },
    s("circle", { r, fill: type.colour, class: "body" }),
    s("text", { fill: type.ink, class: "label", "font-size": size, y: size * (0.34 - 0.54 * (lines.length - 1)) }, lines.map((line, k) => s("tspan", { x: 0, dy: k ? size * 1.08 : 0 }, line))),
    s("circle", { r: r + 9, class: "rim", onpointerdown: (event) => this.rimGrabbed(event, room) }));
    if (room.locked) node.append(padlock(r * 0.72, -r * 0.72, 1.3));
    if (room.placed) node.append(pin(-r * 0.72, -r * 0.72, 1.3));
    if (conflict.rooms.has(room.id)) node.append(s("text", { class: "alarm", y: r + 4 }, "!"));
    return node;
  }

  link(link, byId, conflict) {
    const { app } = this;
    const a = byId[link.a];
    const b = byId[link.b];
    const isSelected = app.isSelectedLink(link);
    const isBad = conflict.pairs.has(pairKey(link.a, link.b));
    const words = app.relationWords(link.relation);
    const marks = (link.locked ? T.marks.locked : "") + (link.by === "model" ? T.marks.model : "") + (isBad ? T.marks.conflict : "");
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const far = Math.hypot(dx, dy) || 1;
    const [ux, uy] = [dx / far, dy / far];
    const from = [a.x + ux * this.radius(a), a.y + uy * this.radius(a)];
    const to = [b.x - ux * (this.radius(b) + 4), b.y - uy * (this.radius(b) + 4)];
    const mid = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    const line = `M${from[0]} ${from[1]}L${to[0]} ${to[1]}`;
    const classes = ["link", link.by, isSelected && "selected", link.locked && "locked", isBad && "conflict",
      link.relation === app.words.apart && "apart"];
    const group = s("g", {
      class: classes.filter(Boolean).join(" "), tabindex: "0", role: "button", "aria-pressed": String(isSelected),
      "aria-label": T.linkLabel(this.labels[link.a], words, this.labels[link.b], marks), "data-key": `link ${pairKey(link.a, link.b)}`,
      onfocus: () => app.select({ kind: "link", a: link.a, b: link.b, pane: "diagram" }),
      onpointerdown: (event) => { event.stopPropagation(); app.select({ kind: "link", a: link.a, b: link.b, pane: "diagram" }); },
    },
    s("path", { d: line, class: "reach" }), s("path", { d: line, class: "line" }));
    const relation = app.words.relations.find((one) => one.name === link.relation);
    const isArrow = relation && relation.inverse !== relation.name; // others are the same from both ends
    if (isArrow) {
      const tip = `M${to[0]} ${to[1]}L${to[0] - 14 * ux + 7 * uy} ${to[1] - 14 * uy - 7 * ux}L${to[0] - 14 * ux - 7 * uy} ${to[1] - 14 * uy + 7 * ux}Z`;
      group.append(s("path", { d: tip, class: "tip" }));
    }
    // The model says so much that its words would cover the rooms: an arrow stands for each of them.
    const isShort = link.by === "model" && !link.locked && !isSelected && !isBad;
    const text = (isBad ? "! " : "") + (isShort ? glyphOf(app.words, link.relation) : words);
    const width = text.length * 10.2 + 14;
    const plate = s("g", { class: classes.filter(Boolean).join(" ") });
    plate.append(s("rect", { class: "plate", x: mid[0] - width / 2, y: mid[1] - 14, width, height: 28, rx: 6 }),
      s("text", { class: "word", x: mid[0], y: mid[1] + 6 }, text));
    if (link.locked) plate.append(padlock(mid[0] + width / 2 + 9, mid[1] - 3, 1));
    this.plates.push(plate); // above all rooms, which would cover it
    return group;
  }

  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  grabbed(event, room) {
    event.stopPropagation();
    if (this.connecting && this.connecting !== room.id) {
      this.connect(this.connecting, room.id);
      return;
    }
    const [x, y] = this.point(event);
    this.svg.setPointerCapture(event.pointerId);
    this.drag = { kind: "room", id: room.id, dx: room.x - x, dy: room.y - y, isMoved: false, x: room.x, y: room.y };
    this.app.select({ kind: "room", id: room.id, pane: "diagram" });
    this.svg.querySelector(`[data-room="${room.id}"]`)?.focus({ preventScroll: true });
  }

  rimGrabbed(event, room) {
    event.stopPropagation();
    if (this.connecting && this.connecting !== room.id) {
      this.connect(this.connecting, room.id);
      return;
    }
    this.svg.setPointerCapture(event.pointerId);
    this.drag = { kind: "link", id: room.id, line: s("path", { class: "drawing" }), from: [room.x, room.y] };
    this.app.select({ kind: "room", id: room.id, pane: "diagram" });
    this.draw();
  }

  moved(event) {
    if (!this.drag) return;
    const [x, y] = this.point(event);
    if (this.drag.kind === "link") {
      this.drag.line.setAttribute("d", `M${this.drag.from[0]} ${this.drag.from[1]}L${x} ${y}`);
      this.drag.isMoved = true;
      return;
    }
    const next = [x + this.drag.dx, y + this.drag.dy];
    if (!this.drag.isMoved && Math.hypot(next[0] - this.drag.x, next[1] - this.drag.y) < 4) return;
    this.drag.isMoved = true;
    const { store } = this.app;
    this.drag.before ??= store.present;
    store.present = withRoom(store.present, this.drag.id, this.clamped(...next));
    this.draw();
  }

  clamped(x, y) {
    return { x: Math.round(Math.min(WIDTH - 45, Math.max(45, x))), y: Math.round(Math.min(HEIGHT - 45, Math.max(45, y))) };
  }

  dropped(event) {
    const drag = this.drag;
    this.drag = null;
    if (!drag) return;
    const { store } = this.app;
    if (drag.kind === "room") {
      if (drag.before) {
        const next = store.present;
        store.present = drag.before;
        store.commit(next);
      }
      return;
    }
    const [x, y] = this.point(event);
    const other = store.present.rooms.find((room) => room.id !== drag.id && Math.hypot(room.x - x, room.y - y) <= this.radius(room) + 14);
    if (other) this.connect(drag.id, other.id);
    else if (!drag.isMoved) this.startConnecting(drag.id);
    else this.draw();
  }

  cancel() {
    if (this.drag?.before) this.app.store.present = this.drag.before;
    this.drag = null;
    this.connecting = null;
    this.draw();
  }

  startConnecting(id) {
    this.connecting = id;
    this.app.say(T.connectPick(this.labels[id]));
    this.draw();
  }

  /** Relate two rooms; what they are is chosen next, and until then they touch in any way. */
  connect(a, b) {
    const { app } = this;
    this.connecting = null;
    const before = linkOf(app.store.present, a, b);
    app.selection = { kind: "link", a, b, pane: "diagram" };
    if (before && before.relation !== app.words.apart) this.draw();
    else app.store.commit(withLink(app.store.present, a, b, { relation: app.usualRelation() }));
    this.svg.querySelector(`[data-key="link ${pairKey(a, b)}"]`)?.focus({ preventScroll: true });
    app.say(T.chooseRelation(this.labels[a], this.labels[b]));
  }

  key(event, room) {
    if (event.key === "Enter" && this.connecting && this.connecting !== room.id) {
      event.preventDefault();
      this.connect(this.connecting, room.id);
      return;
    }
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const by = event.shiftKey ? 4 * STEP : STEP;
    const { store } = this.app;
    store.commit(withRoom(store.present, room.id, this.clamped(room.x + by * step[0], room.y + by * step[1])));
  }

  /** Below the diagram: what can be done with what is selected. */
  inspect() {
    const { app } = this;
    const selection = app.selection;
    const doc = app.store.present;
    const room = selection?.kind === "room" ? doc.rooms.find((one) => one.id === selection.id) : null;
    if (room) {
      redraw(this.inspector, this.roomTools(room));
      return;
    }
    const isLink = selection?.kind === "link" && [selection.a, selection.b].every((id) => this.labels[id]);
    redraw(this.inspector, isLink ? this.linkTools(selection, linkOf(doc, selection.a, selection.b))
      : h("p", { class: "hint" }, `${T.nothingSelected} ${T.handOrModel}`));
  }

  roomTools(room) {
    const { app } = this;
    const label = this.labels[room.id];
    const button = (key, text, action, props = {}) => h("button", { "data-key": `tool ${key}`, onclick: action, ...props }, text);
    return [
      h("strong", { class: "what" }, label),
      h("div", { class: "tools" },
        button("connect", T.connect, () => this.startConnecting(room.id)),
        button("rename", T.rename, () => app.startRename(room.id)),
        button("lock", room.locked ? T.unlock : T.lock, () => app.toggleLock({ kind: "room", id: room.id, pane: "diagram" }), { "aria-pressed": String(Boolean(room.locked)) }),
        button("place", room.placed ? T.freePlace : T.keepPlace, () => app.toggleLock({ kind: "room", id: room.id, pane: "plan" }), { "aria-pressed": String(Boolean(room.placed)), disabled: !room.box }),
        button("delete", T.remove, () => app.remove({ kind: "room", id: room.id })))];
  }

  linkTools(selection, link) {
    const { app } = this;
    const { a, b } = link ?? selection;
    const chosen = link?.relation;
    const choice = (name, text, key) => h("button", {
      class: "choice", "data-key": `relation ${name}`, "aria-pressed": String(chosen === name), title: key ? `${text} (${key})` : text,
      onclick: () => app.relate(a, b, name),
    }, text);
    const compass = app.words.relations.filter((one) => one.way).sort((p, q) => p.way[1] - q.way[1] || p.way[0] - q.way[0]);
    const others = app.words.relations.filter((one) => !one.way);
    const touches = app.hasChoice() ? choice(app.words.touches, T.touches, "T") : null;
    return [
      h("strong", { class: "what" }, T.isRelated(this.labels[a], this.labels[b])),
      compass.length ? h("div", { class: "compass" },
        compass.map((one) => {
          const button = choice(one.name, one.name, digitOf(app.words, one.name));
          button.classList.add(`x${one.way[0] + 1}`, `y${one.way[1] + 1}`);
          return button;
        }), centred(touches)) : null,
      h("div", { class: "tools" },
        compass.length ? null : touches,
        others.map((one) => choice(one.name, one.name, digitOf(app.words, one.name))),
        choice(app.words.apart, T.apart, "X"),
        h("button", { "data-key": "tool free", "aria-pressed": String(!link), onclick: () => app.relate(a, b, null) }, T.free),
        h("button", { "data-key": "tool lock", disabled: !link, "aria-pressed": String(Boolean(link?.locked)), onclick: () => app.toggleLock({ kind: "link", a, b, pane: "diagram" }) }, link?.locked ? T.unlock : T.lock))];
  }
}

function centred(button) {
  button?.classList.add("x1", "y1");
  return button;
}

/** Which key of a number pad stands for a relation. */
export function digitOf(words, name) {
  const relation = words.relations.find((one) => one.name === name);
  const padDigit = ({ way }) => String(5 + way[0] - 3 * way[1]);
  if (relation.way) return padDigit(relation);
  const taken = words.relations.filter((one) => one.way).map(padDigit);
  const free = (taken.length ? [..."5012346789"] : [..."1234567890"]).filter((digit) => !taken.includes(digit));
  return free[words.relations.filter((one) => !one.way).indexOf(relation)] ?? "";
}

/** A sign for a relation where there is no space for words. */
function glyphOf(words, name) {
  return words.relations.find((one) => one.name === name)?.sign ?? "·";
}

export function pairKey(a, b) {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function wrapped(label, r) {
  const most = Math.max(7, Math.floor(r / 7.6));
  const lines = [""];
  for (const part of label.replace(/([a-z])([A-Z])/g, "$1\u200b$2").split(/(?<=[ \u200b])/)) {
    const joined = lines.at(-1) + part;
    if (lines.at(-1) && joined.replaceAll("\u200b", "").trimEnd().length > most) lines.push(part);
    else lines[lines.length - 1] = joined;
  }
  return lines.slice(0, 3).map((line) => line.replaceAll("\u200b", "").trim());
}
