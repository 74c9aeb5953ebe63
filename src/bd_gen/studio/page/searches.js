// What takes the model: completing, drawing anew, galleries, and taking what was found.
import { pairKey } from "./bubbles.js";
import { place } from "./files.js";
import { emptyDocument, isKept, newId, sketchOf } from "./state.js";
import { T } from "./texts.js";

/** The part of the studio that searches; `App` has the document and the panes. */
export class Searches {
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
    const gallery = this.gallery.start(isTaken ? (isRedo ? T.redo : T.complete) : (message.mode === "more" ? T.more : T.gallery));
    this.gallery.say(T.looking);
    this.say(T.looking);
    this.gallery.stop.disabled = false;
    const types = doc.rooms.map((room) => room.type);
    const asked = { ...message, seed: doc.seed, compared: this.decided() };
    try {
      await this.while(this.transport.search(asked, (event) => this.found(event, gallery, { isTaken, isRedo, types, doc, ids: doc.rooms.map((room) => room.id) }), aborted.signal));
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

  found(event, gallery, { isTaken, isRedo, types, doc, ids }) {
    if (event.event === "alternative") {
      const item = { ...event, types, ids, isRedo, doc };
      gallery.items.push(item);
      if (isTaken) this.adopt(item);
      this.gallery.draw();
    } else if (event.event === "likelihood") {
      gallery.items[event.number - 1].nats = event.nats;
      this.gallery.draw();
    } else if (event.event === "progress") this.gallery.progress(event);
    else if (event.event === "share") this.gallery.sayShare(gallery, T.share(T.shareAbout(event.share)));
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
    let doc = this.store.present;
    const isOfOthers = String(doc.rooms.map((room) => room.id)) !== String(item.ids);
    if (isOfOthers) doc = { ...item.doc, seed: doc.seed };
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
    this.view.plot = item.plot;
    this.store.commit({ ...doc, links, rooms: this.arranged(doc.rooms, item.plan.boxes) }, true);
    this.isFresh = true; // it was found in a hurry
    if (isOfOthers) this.say(T.backToRooms);
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
    this.store.commit({ ...emptyDocument(), areas, links, rooms: item.boxes ? this.arranged(rooms, item.boxes) : rooms }, true);
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
  return next.map((room) => ({ ...room, x: Math.round(Math.min(915, Math.max(85, room.x))), y: Math.round(Math.min(675, Math.max(85, room.y))) }));
}
