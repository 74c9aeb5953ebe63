// The right pane: the floor plan as the server found it. Rooms and walls can be dragged.
import { h, pin, redraw, s } from "./dom.js";
import { plotShapes } from "./plot.js";
import { areaOf, doorPath, ringPath, spot, windowPath } from "./shapes.js";
import { askedOf, isOff, labelsOf, linkOf } from "./state.js";
import { T } from "./texts.js";

const MARGIN = 18; // pixels of the plan: the leaf of a door opens into it
const KEY_STEP = 4; // pixels of the plan: 0.28 m

export class Plan {
  constructor(app, pane) {
    this.app = app;
    this.drag = null;
    this.asking = false;
    this.svg = s("svg", { class: "plan", role: "group", viewBox: "0 0 256 256", preserveAspectRatio: "xMidYMid meet" });
    this.note = h("div", { class: "note", "aria-live": "polite" });
    pane.append(this.svg, this.note);
    this.svg.addEventListener("pointermove", (event) => this.moved(event));
    this.svg.addEventListener("pointerup", () => this.dropped());
    this.svg.addEventListener("pointercancel", () => this.cancel());
  }

  draw() {
    const { view, store } = this.app;
    const plan = this.drag?.plan ?? view.plan;
    const doc = store.present;
    this.svg.classList.toggle("stale", Boolean(view.reason));
    if (!plan || plan.boxes.length !== doc.rooms.length) {
      const plot = this.plot();
      if (plot.length) this.frame(plot);
      redraw(this.svg, plotShapes(view.plot, this.view), plot.length ? null : s("text", { class: "empty", x: 128, y: 128 }, T.planEmpty));
      this.svg.setAttribute("aria-label", T.planEmpty);
    } else this.drawPlan(plan, doc);
    this.drawNote();
  }

  drawPlan(plan, doc) {
    const labels = labelsOf(doc);
    const total = plan.areas.reduce((sum, area) => sum + area, 0).toFixed(0);
    this.svg.setAttribute("aria-label", T.planLabel(doc.rooms.length, total));
    if (!this.drag) this.frame([...plan.boxes, ...this.plot()]);
    const order = doc.rooms.map((_, k) => k).sort((i, j) => areaOf(plan.boxes[j]) - areaOf(plan.boxes[i]));
    const conflict = new Set(this.app.view.reason?.rooms ?? []);
    redraw(this.svg,
      plotShapes(this.app.view.plot, this.view),
      s("g", {}, order.map((k) => this.room(plan, doc.rooms[k], k, labels[doc.rooms[k].id], conflict.has(k)))),
      s("g", { class: "openings", "aria-hidden": "true" }, plan.doors.map(doorPath), plan.windows.map(windowPath)),
      this.handles(plan, doc),
      this.scale(plan));
  }

  /** The corners of the plot as boxes without a size, for the frame. */
  plot() {
    const plot = this.app.view.plot;
    return plot ? [...plot.corners, ...plot.whole].map(([x, y]) => [x, y, x, y]) : [];
  }

  /** What of the 256 pixels is shown: all rooms with a margin; kept while something is dragged. */
  frame(boxes) {
    const low = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])) - MARGIN);
    const high = [2, 3].map((side) => Math.max(...boxes.map((box) => box[side])) + MARGIN);
    this.view = [low[0], low[1], high[0] - low[0], high[1] - low[1] + 8];
    this.svg.setAttribute("viewBox", this.view.join(" "));
  }

  room(plan, room, k, label, isBad) {
    const { app } = this;
    const type = app.type(room.type);
    const rings = plan.shapes[k];
    const isSelected = app.selection?.kind === "room" && app.selection.id === room.id;
    const area = plan.areas[k].toFixed(1);
    const asked = askedOf(app.store.present, room);
    const marks = (room.placed ? T.marks.placed : "") + (isBad ? T.marks.conflict : "");
    const [cx, cy, across, down] = spot(rings, plan.boxes[k]);
    const isUpright = down > 1.4 * across && across < 4.4 * label.length; // a narrow room: its name runs upwards
    const [width, height] = isUpright ? [down, across] : [across, down];
    const size = Math.max(3.2, Math.min(6.5, (0.92 * width) / (0.66 * label.length)));
    const lines = (0.92 * width) / (0.66 * size) < label.length - 0.01 && label.includes(" ") ? label.split(" ") : [label];
    const isRoomy = height > (lines.length + 1) * size * 1.1;
    const group = s("g", {
      class: ["place", isSelected && "selected", room.placed && "placed", isBad && "conflict"].filter(Boolean).join(" "),
      tabindex: "0", role: "button", "aria-pressed": String(isSelected), "aria-label": T.planRoom(label, area, asked ? T.areasAsked(asked) : "", marks),
      "data-key": `place ${room.id}`, "data-place": k,
      onfocus: () => app.select({ kind: "room", id: room.id, pane: "plan" }),
      onpointerdown: (event) => this.grabbed(event, k, "room"),
      onkeydown: (event) => this.key(event, k),
    },
    s("path", { d: ringPath(rings), fill: type.colour, "fill-rule": "evenodd", class: "floor" }),
    s("text", { fill: type.ink, class: "label", transform: isUpright ? `rotate(-90 ${cx} ${cy})` : null, x: cx, y: cy + (isRoomy ? 0 : size * 0.35) - ((lines.length - 1) * size) / 2, "font-size": size },
      lines.map((line, at) => s("tspan", { x: cx, dy: at ? size * 1.05 : 0 }, line)),
      isRoomy ? s("tspan", { x: cx, dy: size * 1.05, class: "area", "font-size": size * 0.8 }, `${isOff(plan.areas[k], asked) ? "! " : ""}${area} m²`) : null));
    if (room.placed) group.append(pin(cx, cy - (lines.length + 0.9) * size * 0.8, 0.45));
    if (isBad) group.append(s("text", { class: "alarm", x: cx + across / 2 - 3, y: cy - size }, "!"));
    return group;
  }

  /** Strips along the walls of the selected room, by which they are dragged. */
  handles(plan, doc) {
    const k = doc.rooms.findIndex((room) => this.app.selection?.kind === "room" && this.app.selection.id === room.id);
    if (k < 0) return s("g");
    const [x0, y0, x1, y1] = plan.boxes[k];
    const lines = [[x0, y0, x0, y1], [x0, y0, x1, y0], [x1, y0, x1, y1], [x0, y1, x1, y1]];
    return s("g", { class: "handles" }, lines.map((at, side) => s("g", { class: side % 2 ? "wall ns" : "wall ew", onpointerdown: (event) => this.grabbed(event, k, side) },
      s("line", { x1: at[0], y1: at[1], x2: at[2], y2: at[3], class: "grip" }),
      s("line", { x1: at[0], y1: at[1], x2: at[2], y2: at[3], class: "edge" }),
      s("circle", { cx: (at[0] + at[2]) / 2, cy: (at[1] + at[3]) / 2, r: 2, class: "knob" }))));
  }

  scale(plan) {
    const metre = 1 / this.app.words.metres_per_pixel;
    const [x, y, , height] = this.view;
    const total = plan.areas.reduce((sum, area) => sum + area, 0).toFixed(0);
    return s("g", { class: "scale", "aria-hidden": "true", transform: `translate(${x + MARGIN} ${y + height - 7})` },
      s("path", { d: `M0 -2V0H${metre}V-2` }), s("text", { x: metre + 2, y: 1.5 }, `${T.scale} · ${T.planTotal(total)}`));
  }

  drawNote() {
    const { app } = this;
    const { reason, offer, plan } = app.view;
    this.note.classList.toggle("bad", Boolean(reason));
    if (reason) {
      redraw(this.note,
        h("p", {}, h("span", { class: "alarm", "aria-hidden": "true" }, "! "), reason.is_proven ? T.whyNot(this.conflictText(reason)) : T.whyUnknown(reason.why)),
        h("div", { class: "tools" }, reason.proposals.map((proposal, k) => h("button", { "data-key": `proposal ${k}`, onclick: () => app.take(proposal) }, proposalText(proposal, this.partText(proposal), this.becomes(proposal))))),
        reason.proposals.length ? null : h("p", {}, T.noSingle));
    } else if (offer) {
      redraw(this.note, h("p", {}, T.dragBreaks(offer.text)),
        h("div", { class: "tools" },
          h("button", { "data-key": "offer yes", onclick: () => app.takeOffer() }, T.changeThem),
          h("button", { "data-key": "offer no", onclick: () => app.dropOffer() }, T.keepDiagram)));
    } else {
      const isOpen = app.isOpen();
      const off = this.areasOff();
      const problems = [...off, ...(plan?.left ? [plan.left] : []), ...(isOpen ? [] : plan?.problems ?? [])];
      redraw(this.note, h("p", {}, plan ? this.verdict(isOpen, off) : ""), problems.length ? h("ul", { class: "problems" }, problems.map((text) => h("li", {}, text))) : null);
    }
  }

  verdict(isOpen, off) {
    if (off.length) return T.worksBut;
    return isOpen ? T.worksOpen : T.works;
  }

  /** Sentences on the rooms whose areas are not those that are asked. */
  areasOff() {
    const { view, store } = this.app;
    const doc = store.present;
    const labels = labelsOf(doc);
    if (view.plan?.boxes.length !== doc.rooms.length) return [];
    const off = doc.rooms.map((room, k) => [room, view.plan.areas[k], askedOf(doc, room)]).filter(([, area, asked]) => isOff(area, asked));
    return off.map(([room, area, asked]) => T.areaIsOff(labels[room.id], area, T.areasAsked(asked)));
  }

  /** What a relation would be once it is free, as seen from the end that its user told it from. */
  becomes(proposal) {
    const { app } = this;
    if (!proposal.pair) return "";
    const doc = app.store.present;
    const [a, b] = proposal.pair.map((k) => doc.rooms[k]?.id);
    const isTurned = linkOf(doc, a, b)?.a === b;
    const inverse = app.words.relations.find((one) => one.name === proposal.becomes)?.inverse;
    return app.relationWords((isTurned && inverse) || proposal.becomes);
  }

  conflictText(reason) {
    return reason.parts.map((part) => this.partText(part)).join("; ");
  }

  /** A part of a conflict as its user said it: from the same end, in the words of the page. */
  partText(part) {
    const { app } = this;
    const doc = app.store.present;
    if (part.rule !== undefined && doc.rules[part.rule]) return T.ruleSays(doc.rules[part.rule]);
    const link = part.pair && linkOf(doc, doc.rooms[part.pair[0]]?.id, doc.rooms[part.pair[1]]?.id);
    if (!link) return part.text;
    const labels = labelsOf(doc);
    return `${labels[link.a]} ${app.relationWords(link.relation)} ${labels[link.b]}`;
  }

  point(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }

  grabbed(event, k, part) {
    const { app } = this;
    event.stopPropagation();
    if (app.view.reason || !app.view.plan) return;
    const room = app.store.present.rooms[k];
    const isSelected = app.selection?.kind === "room" && app.selection.id === room.id;
    app.select({ kind: "room", id: room.id, pane: "plan" });
    this.svg.querySelector(`[data-place="${k}"]`)?.focus({ preventScroll: true });
    if (event.pointerType === "touch" && !isSelected) return; // the first touch selects, so that a page can be scrolled
    this.svg.setPointerCapture(event.pointerId);
    this.drag = { k, part, from: this.point(event), box: app.view.plan.boxes[k], boxes: app.view.plan.boxes, plan: null, target: null };
  }

  moved(event) {
    if (!this.drag) return;
    const [x, y] = this.point(event);
    const by = [Math.round(x - this.drag.from[0]), Math.round(y - this.drag.from[1])];
    if (!this.drag.target && Math.abs(by[0]) + Math.abs(by[1]) < 2) return;
    this.drag.target = shifted(this.drag.box, this.drag.part, by);
    this.ask();
  }

  /** One question at a time; the newest place of the pointer counts. */
  async ask() {
    if (this.asking || !this.drag?.target) return;
    this.asking = true;
    const { drag } = this;
    const asked = drag.target;
    try {
      const answer = await this.app.askDrag(drag.boxes, drag.k, asked);
      if (this.drag === drag) {
        drag.plan = answer.plan;
        drag.answer = answer;
        this.draw();
      }
    } catch (error) {
      this.app.failed(error);
    } finally {
      this.asking = false;
    }
    if (this.drag === drag && String(drag.target) !== String(asked)) this.ask();
    else if (drag.isDropped) this.finish(drag, asked);
  }

  dropped() {
    const { drag } = this;
    this.drag = null;
    if (!drag?.target) return;
    drag.isDropped = true;
    this.finish(drag, null);
  }

  async finish(drag, asked) {
    if (drag.isFinished) return;
    drag.isFinished = true;
    try {
      const isLast = drag.answer && asked !== null && String(asked) === String(drag.target);
      const answer = isLast ? drag.answer : await this.app.askDrag(drag.boxes, drag.k, drag.target);
      this.app.dragged(answer, drag.k);
    } catch (error) {
      this.app.failed(error);
    }
  }

  cancel() {
    this.drag = null;
    this.draw();
  }

  key(event, k) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step || event.ctrlKey || event.metaKey || !this.app.view.plan || this.app.view.reason) return;
    event.preventDefault();
    const isSideways = step[0] !== 0;
    let part = "room";
    if (event.shiftKey) part = isSideways ? 2 : 3;
    if (event.altKey) part = isSideways ? 0 : 1;
    const boxes = this.app.view.plan.boxes;
    const target = shifted(boxes[k], part, step.map((way) => way * KEY_STEP));
    this.finish({ boxes, k, target }, null);
  }
}

function proposalText(proposal, text, becomes) {
  if (proposal.free === "relation") return T.freeThis(text, becomes);
  if (proposal.free === "rule") return T.freeRule(text);
  if (proposal.free === "place") return T.freePlaceOf(proposal.text);
  if (proposal.free === "plot") return T.freePlot;
  if (proposal.free === "entrance") return T.freeEntrance;
  if (proposal.free === "room area") return T.freeAreaOf(proposal.text);
  return T.freeArea(proposal.type);
}

function shifted(box, part, by) {
  const next = [...box];
  if (part === "room") return next.map((side, k) => side + by[k % 2]);
  next[part] += by[part % 2];
  if (part < 2) next[part] = Math.min(next[part], next[part + 2] - 2);
  else next[part] = Math.max(next[part], next[part - 2] + 2);
  return next;
}
