// What is drawn, and every step on the way there. The document is never changed in place.

export const KEY = "bd-gen-studio";
const MOST_STORED = 2_000_000; // characters of steps that outlive a reload; in memory there is no end

let last = 0;

/** A name that no other room has. */
export function newId() {
  last += 1;
  return `r${Date.now().toString(36)}${last}`;
}

/** An empty document. */
export function emptyDocument() {
  return { rooms: [], links: [], rules: [], areas: {}, seed: 0 };
}

export class Store {
  constructor(storage) {
    this.storage = storage;
    this.key = KEY; // of what is kept; rooms of other vocabularies have others
    this.present = emptyDocument();
    this.past = [];
    this.future = [];
    this.listeners = new Set();
    this.timer = 0;
    this.saves = true;
  }

  listen(listener) {
    this.listeners.add(listener);
  }

  /** A step that can be undone; `stays` says that its plan was seen already and is not to be made better. */
  commit(next, stays = false) {
    this.past.push(JSON.stringify(this.present));
    this.future = [];
    this.show(next, stays);
  }

  /** What follows from the last step, such as boxes: no step of its own. */
  amend(next, isQuiet = false) {
    this.present = next;
    this.save();
    if (!isQuiet) this.tell();
  }

  undo() {
    if (!this.past.length) return false;
    this.future.push(JSON.stringify(this.present));
    this.show(JSON.parse(this.past.pop()), true);
    return true;
  }

  redo() {
    if (!this.future.length) return false;
    this.past.push(JSON.stringify(this.present));
    this.show(JSON.parse(this.future.pop()), true);
    return true;
  }

  show(next, stays = false) {
    this.present = next;
    this.save();
    this.tell(stays);
  }

  tell(stays = false) {
    for (const listener of this.listeners) listener(this.present, stays);
  }

  /** Keep everything in the browser, soon. */
  save() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.saveNow(), 150);
  }

  saveNow() {
    clearTimeout(this.timer);
    if (!this.storage || !this.saves) return;
    let kept = [];
    let size = 0;
    for (let k = this.past.length - 1; k >= 0 && size < MOST_STORED; k -= 1) {
      kept.push(this.past[k]);
      size += this.past[k].length;
    }
    kept.reverse();
    for (;;) {
      try {
        const all = { present: this.present, past: kept, future: this.future.slice(-200) };
        this.storage.setItem(this.key, JSON.stringify(all));
        return;
      } catch {
        if (!kept.length) return; // the browser keeps nothing: the page goes on without
        kept = kept.slice(Math.ceil(kept.length / 2));
      }
    }
  }

  /** What was drawn before a reload; false if there is nothing. */
  restore() {
    try {
      const all = JSON.parse(this.storage?.getItem(this.key) ?? "null");
      if (!all?.present?.rooms || !Array.isArray(all.present.links)) return false;
      this.past = all.past ?? [];
      this.future = all.future ?? [];
      this.show(all.present, true);
      return true;
    } catch {
      return false;
    }
  }
}

/** The document with a room changed. */
export function withRoom(doc, id, change) {
  return { ...doc, rooms: doc.rooms.map((room) => (room.id === id ? { ...room, ...change } : room)) };
}

/** The link between two rooms, from whichever end. */
export function linkOf(doc, a, b) {
  return doc.links.find((link) => (link.a === a && link.b === b) || (link.a === b && link.b === a));
}

/** The document with what is said of two rooms replaced; null says nothing. */
export function withLink(doc, a, b, link) {
  const others = doc.links.filter((one) => !((one.a === a && one.b === b) || (one.a === b && one.b === a)));
  return { ...doc, links: link ? [...others, { a, b, by: "hand", ...link }] : others };
}

/** The document without a room and all that is said of it. */
export function withoutRoom(doc, id) {
  return {
    ...doc,
    rooms: doc.rooms.filter((room) => room.id !== id),
    links: doc.links.filter((link) => link.a !== id && link.b !== id),
  };
}

/** What each room is called: its own name, else its type, numbered where there are several. */
export function labelsOf(doc) {
  const counts = {};
  for (const room of doc.rooms) counts[room.type] = (counts[room.type] ?? 0) + 1;
  const seen = {};
  const labels = {};
  for (const room of doc.rooms) {
    seen[room.type] = (seen[room.type] ?? 0) + 1;
    labels[room.id] = room.name || (counts[room.type] > 1 ? `${room.type} ${seen[room.type]}` : room.type);
  }
  return labels;
}

/** What the server is told: rooms by number, relations as kept by `keeps`. */
export function sketchOf(doc, keeps = () => true) {
  const number = Object.fromEntries(doc.rooms.map((room, k) => [room.id, k]));
  const fixed = {};
  doc.rooms.forEach((room, k) => {
    if (room.placed && room.box) fixed[k] = room.box;
  });
  return {
    rooms: doc.rooms.map((room) => ({ type: room.type, name: room.name ?? "", at: [room.x, room.y], area: room.area })),
    relations: doc.links.filter(keeps).map((link) => [number[link.a], number[link.b], link.relation]),
    rules: doc.rules,
    areas: doc.areas,
    plot: doc.plot,
    fixed,
  };
}

/** The areas asked of a room, [least, largest]: its own, else those of its type; undefined if there are none. */
export function askedOf(doc, room) {
  return room.area ?? doc.areas[room.type];
}

const HALF_STEP = 0.05; // m²: areas are told to a tenth

/** Is an area in m² less or more than what is asked, [least, largest] with null for what is not? */
export function isOff(area, asked) {
  return Boolean(asked) && (area < (asked[0] ?? 0) - HALF_STEP || area > (asked[1] ?? Infinity) + HALF_STEP);
}

/** Boxes of all rooms for the server, or null if one has none. */
export function boxesOf(doc) {
  return doc.rooms.length && doc.rooms.every((room) => room.box) ? doc.rooms.map((room) => room.box) : null;
}

/** Is it kept when the rest is drawn anew? A locked room keeps what is said of it. */
export function isKept(doc) {
  const locked = new Set(doc.rooms.filter((room) => room.locked).map((room) => room.id));
  return (link) => link.locked || (link.relation !== undefined && (locked.has(link.a) || locked.has(link.b)));
}
