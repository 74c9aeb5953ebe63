// The plot: its fields in the brief, and how it is drawn in the plan.
import { debounced, h, s } from "./dom.js";
import { T } from "./texts.js";

const PLACE = "place"; // of the entrance, instead of a side

/** The document with fields of its plot replaced; a plot of which nothing is said is none. */
export function withPlot(doc, change) {
  const fields = Object.entries({ ...doc.plot, ...change }).filter(([, value]) => (typeof value === "string" ? value.trim() : Object.keys(value ?? {}).length));
  return { ...doc, plot: fields.length ? Object.fromEntries(fields) : undefined };
}

/** The fields of the plot; what is wrong with them is said as they are typed. */
export class PlotFields {
  constructor(app) {
    this.app = app;
    this.check = debounced(() => this.ask(), 120);
    this.wrong = "";
    this.area = null;
    this.asksPlace = false;
  }

  draw(doc) {
    const plot = doc.plot ?? {};
    const isPolygon = this.isPolygon ?? Boolean(plot.corners);
    const shape = h("select", { "aria-label": T.plotShape, "data-key": "plot shape", onchange: (event) => this.reshape(event.target.value) },
      h("option", { value: "size" }, T.plotSize), h("option", { value: "corners" }, T.plotCorners));
    shape.value = isPolygon ? "corners" : "size";
    const field = isPolygon ? this.text("corners", plot.corners, T.cornersLabel, T.cornersExample) : this.text("size", plot.size, T.sizeLabel, T.sizeExample);
    this.check();
    return h("details", { class: "plot-fields", open: this.isOpen ?? Boolean(doc.plot), ontoggle: (event) => { this.isOpen = event.target.open; } },
      h("summary", { "data-key": "plot" }, T.plotHeading, h("span", { class: "seen", "data-plot": "" })),
      h("div", { class: "row" }, shape, field),
      h("div", { class: "row" }, h("span", { class: "pair" }, T.north, this.north(plot)), h("span", { class: "pair" }, T.entrance, this.entrance(plot))),
      h("div", { class: "row setbacks" }, h("span", {}, T.setbacks), this.app.words.sides.map((side) => this.setback(side, plot.setbacks))),
      h("div", { class: "error", id: "plot-error", role: "status" }));
  }

  text(name, value, label, example) {
    return h("input", {
      type: "text", class: "text", value: value ?? "", placeholder: example, "aria-label": label, title: label, "data-key": `plot ${name}`, "aria-describedby": "plot-error",
      oninput: (event) => this.typed({ [name]: event.target.value }),
      onchange: (event) => this.commit({ [name]: event.target.value }),
    });
  }

  reshape(kind) {
    this.isPolygon = kind === "corners";
    this.isOpen = true;
    this.commit(this.isPolygon ? { size: "" } : { corners: "" });
    this.app.brief.draw();
  }

  north(plot) {
    const ways = Object.entries(T.northWays);
    const select = h("select", { "aria-label": T.northLabel, "data-key": "plot north", onchange: (event) => this.commit({ north: event.target.value === "up" ? "" : event.target.value }) },
      ways.map(([value, text]) => h("option", { value }, text)),
      plot.north && !(plot.north in T.northWays) ? h("option", { value: plot.north }, T.degrees(plot.north)) : null);
    select.value = plot.north || "up";
    return select;
  }

  entrance(plot) {
    const { sides } = this.app.words;
    const isPlace = this.asksPlace || Boolean(plot.entrance && !sides.includes(plot.entrance));
    const select = h("select", { "aria-label": T.entranceLabel, "data-key": "plot entrance", onchange: (event) => this.enter(event.target.value) },
      h("option", { value: "" }, T.anySide), sides.map((side) => h("option", { value: side }, T.sides[side])), h("option", { value: PLACE }, T.atPlace));
    select.value = isPlace ? PLACE : plot.entrance ?? "";
    return isPlace ? [select, this.text("entrance", sides.includes(plot.entrance) ? "" : plot.entrance, T.placeLabel, T.placeExample)] : select;
  }

  enter(value) {
    this.asksPlace = value === PLACE;
    this.isOpen = true;
    if (this.asksPlace) this.app.brief.draw();
    else this.commit({ entrance: value });
  }

  setback(side, setbacks) {
    const given = typeof setbacks === "string" ? setbacks : setbacks?.[side];
    const changed = (value) => ({ setbacks: Object.fromEntries(this.app.words.sides.map((one) => [one, one === side ? value : this.setbackOf(one)]).filter(([, text]) => text?.trim())) });
    return h("label", { class: "setback" }, T.sideLetters[side], h("input", {
      type: "text", inputmode: "decimal", class: "area", value: given ?? "", "aria-label": T.setbackLabel(T.sides[side]), "data-key": `plot setback ${side}`, "aria-describedby": "plot-error",
      oninput: (event) => this.typed(changed(event.target.value)),
      onchange: (event) => this.commit(changed(event.target.value)),
    }));
  }

  setbackOf(side) {
    const { setbacks } = this.app.store.present.plot ?? {};
    return typeof setbacks === "string" ? setbacks : setbacks?.[side];
  }

  typed(change) {
    this.typing = change;
    this.check();
  }

  commit(change) {
    const { store } = this.app;
    this.typing = null;
    const next = withPlot(store.present, change);
    if (JSON.stringify(next.plot) === JSON.stringify(store.present.plot)) return;
    this.isOpen = true;
    store.commit(next);
  }

  async ask() {
    const { app } = this;
    const { plot } = withPlot(app.store.present, this.typing ?? {});
    const asked = JSON.stringify(plot ?? null);
    if (asked === this.asked) {
      this.mark();
      return;
    }
    this.asked = asked;
    try {
      const answer = plot ? await app.transport.ask("plot", { plot }) : { wrong: "", plot: null };
      if (asked !== this.asked) return;
      this.wrong = answer.wrong;
      this.area = answer.plot?.area ?? null;
      this.mark();
    } catch (error) {
      this.asked = undefined;
      app.failed(error);
    }
  }

  mark() {
    const pane = this.app.panes.brief;
    const error = pane.querySelector("#plot-error");
    if (!error) return;
    if (error.textContent !== this.wrong) error.textContent = this.wrong;
    pane.querySelector("[data-plot]").textContent = this.area === null ? "" : ` · ${T.toBuildOn(this.area.toFixed(1))}`;
    for (const field of pane.querySelectorAll('.plot-fields input')) field.setAttribute("aria-invalid", this.wrong ? "true" : "false");
  }
}

/** The plot under the rooms: its edge, what may be built on, where the entrance is, and north. */
export function plotShapes(plot, view) {
  if (!plot) return null;
  const has = plot.corners.length > 0;
  return s("g", { class: "plot", role: "img", "aria-label": T.plotLabel(plot) },
    has ? s("path", { d: path(plot.whole), class: "whole" }) : null,
    has ? s("path", { d: path(plot.corners), class: "buildable" }) : null,
    entranceMark(plot),
    view ? northArrow(plot.north, view) : null);
}

function path(points) {
  return `M${points.map((point) => point.join(" ")).join("L")}Z`;
}

/** A triangle that points at the side, or the place, of the entrance. */
function entranceMark(plot) {
  const ring = plot.whole.length ? plot.whole : plot.corners;
  if (!ring.length) return null;
  const low = [0, 1].map((axis) => Math.min(...ring.map((point) => point[axis])));
  const high = [0, 1].map((axis) => Math.max(...ring.map((point) => point[axis])));
  const middle = [0, 1].map((axis) => (low[axis] + high[axis]) / 2);
  const places = { above: [middle[0], low[1] - 2, 180], below: [middle[0], high[1] + 2, 0], left: [low[0] - 2, middle[1], 90], right: [high[0] + 2, middle[1], -90] };
  let at = places[plot.entrance];
  if (plot.door) at = [(plot.door[0] + plot.door[2]) / 2, (plot.door[1] + plot.door[3]) / 2, 0];
  return at ? s("path", { class: "entrance-mark", d: "M0 0L-4 7H4Z", transform: `translate(${at[0]} ${at[1]}) rotate(${at[2]})` }) : null;
}

function northArrow(north, [x, y, width]) {
  return s("g", { class: "north", transform: `translate(${x + width - 10} ${y + 11}) rotate(${north})` },
    s("path", { d: "M0 -8L4 5L0 2L-4 5Z" }), s("text", { y: -3, transform: `rotate(${-north}) translate(0 14)` }, T.northLetter));
}
