// The strip at the bottom: alternatives as they are found.
import { h, redraw, s } from "./dom.js";
import { areaOf, ringPath } from "./shapes.js";
import { T } from "./texts.js";

const MOST_GALLERIES = 30; // that are kept

export class Gallery {
  constructor(app, pane) {
    this.app = app;
    this.last = 0;
    this.cards = h("ol", { class: "cards", "aria-label": T.panes.gallery });
    this.bar = h("progress", { max: 1, value: 0, "aria-label": T.panes.gallery });
    this.words = h("p", { class: "progress", "aria-live": "polite" });
    this.share = h("p", { class: "share" });
    this.order = h("select", { "aria-label": T.order, "data-key": "order", onchange: () => this.draw() },
      h("option", { value: "likely" }, T.likeliest), h("option", { value: "near" }, T.nearest));
    this.count = h("input", { type: "number", min: 1, max: 60, value: 12, "aria-label": T.howMany, "data-key": "count" });
    this.which = h("select", { "aria-label": T.whichGallery, "data-key": "which gallery", onchange: () => this.choose(Number(this.which.value)) });
    this.stop = h("button", { "data-key": "stop", disabled: true, onclick: () => app.stop() }, T.stop);
    pane.append(h("div", { class: "row head" }, h("h2", {}, T.panes.gallery), this.which, this.count, this.order, this.stop, this.bar, this.words), this.share, this.cards);
    this.draw();
  }

  get wanted() {
    return Math.max(1, Math.min(60, Math.round(Number(this.count.value)) || 12));
  }

  draw() {
    const { app } = this;
    const { galleries, gallery } = app.view;
    redraw(this.which, galleries.map((one) => h("option", { value: one.number }, T.galleryName(one.number, one.what, one.items.length))));
    this.which.value = String(gallery?.number ?? "");
    this.which.hidden = galleries.length < 2;
    this.share.textContent = gallery?.share ?? "";
    const items = (gallery?.items ?? []).map((item, k) => ({ ...item, number: k + 1 }));
    const key = this.order.value === "near" ? (item) => item.differences : (item) => item.nats ?? (item.isImported ? 0 : Infinity);
    items.sort((a, b) => key(a) - key(b) || a.number - b.number);
    redraw(this.cards, items.length ? items.map((item) => this.card(item)) : h("li", { class: "none" }, T.galleryEmpty));
  }

  card(item) {
    const { app } = this;
    const nats = item.nats === undefined ? "…" : item.nats.toFixed(1); // its likelihood comes a moment later
    const facts = item.isImported ? item.id : T.cardFacts(nats, item.differences);
    return h("li", {}, h("button", {
      class: "card", "data-key": `card ${item.number}`, "aria-label": item.isImported ? item.id : T.cardLabel(item.number, nats, T.differences(item.differences)),
      title: item.isImported ? item.id : T.natsHint, onclick: () => app.adopt(item),
    }, this.picture(item), h("span", {}, facts)));
  }

  picture(item) {
    const { app } = this;
    const boxes = item.plan?.boxes;
    if (!boxes) return s("svg", { viewBox: "0 0 100 100", "aria-hidden": "true" });
    const low = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])) - 4);
    const high = [2, 3].map((side) => Math.max(...boxes.map((box) => box[side])) + 4);
    const order = boxes.map((_, k) => k).sort((i, j) => areaOf(boxes[j]) - areaOf(boxes[i]));
    return s("svg", { viewBox: `${low[0]} ${low[1]} ${high[0] - low[0]} ${high[1] - low[1]}`, "aria-hidden": "true" },
      order.map((k) => s("path", { d: ringPath(item.plan.shapes[k]), fill: app.type(item.types[k]).colour, "fill-rule": "evenodd", class: "floor" })));
  }

  progress(event) {
    this.bar.value = event.found / event.wanted;
    this.words.textContent = T.progress(event) + (event.by_particles ? T.particles : "");
  }

  say(text) {
    this.words.textContent = text;
  }

  sayShare(gallery, text) {
    gallery.share = text;
    this.draw();
  }

  /** A place for what a search will find; what others have found stays beside it. */
  start(what) {
    const { view } = this.app;
    this.last += 1;
    const gallery = { number: this.last, what, items: [], share: "" };
    view.galleries = [...view.galleries.filter((one) => one.items.length), gallery];
    if (view.galleries.length > MOST_GALLERIES) {
      view.galleries.shift();
      this.app.say(T.galleriesDropped(MOST_GALLERIES));
    }
    view.gallery = gallery;
    this.draw();
    return gallery;
  }

  choose(number) {
    const { view } = this.app;
    view.gallery = view.galleries.find((one) => one.number === number) ?? view.gallery;
    this.draw();
  }
}
