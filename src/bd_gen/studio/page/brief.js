// The left pane: rooms with numbers, names and areas, and rules as words, marked as they are typed.
import { debounced, h, redraw } from "./dom.js";
import { PlotFields } from "./plot.js";
import { askedOf, isOff, labelsOf, newId, withoutRoom, withRoom } from "./state.js";
import { T } from "./texts.js";

export class Brief {
  constructor(app, pane) {
    this.app = app;
    this.pane = pane;
    this.verdict = { wrong: [], contradictory: [] };
    this.opened = new Map(); // by type: did somebody unfold it?
    this.check = debounced(() => this.ask(), 120);
    this.lastAsked = "";
    this.plot = new PlotFields(app);
  }

  draw() {
    const { store, words } = this.app;
    const doc = store.present;
    redraw(this.pane,
      h("h2", {}, T.roomsHeading),
      h("ul", { class: "types" }, this.groups(doc).map(([type, rooms]) => this.group(doc, type, rooms))),
      this.adder(words),
      this.plot.draw(doc),
      h("h2", {}, T.rulesHeading),
      h("ul", { class: "rules" }, doc.rules.map((rule, k) => this.rule(doc, rule, k))),
      this.ruleAdder(doc, words));
    this.mark();
    this.check();
  }

  groups(doc) {
    const groups = new Map();
    for (const type of this.app.words.types) groups.set(type.name, []);
    for (const room of doc.rooms) groups.get(room.type)?.push(room);
    return [...groups].filter(([, rooms]) => rooms.length);
  }

  group(doc, type, rooms) {
    const words = this.app.type(type);
    const labels = labelsOf(doc);
    const bounds = doc.areas[type] ?? [null, null];
    return h("li", {},
      h("div", { class: "row" },
        h("span", { class: "swatch", "data-colour": words.name, "aria-hidden": "true" }, this.app.swatch(type)),
        h("button", { class: "step", "data-key": `less ${type}`, "aria-label": T.less(type), onclick: () => this.removeOne(rooms) }, "−"),
        h("span", { class: "count" }, T.count(rooms.length, type)),
        h("button", { class: "step", "data-key": `more ${type}`, "aria-label": T.one(type), disabled: words.only_one, onclick: () => this.app.addRoom(type) }, "+")),
      h("details", { class: "more", open: this.isOpen(type, rooms, bounds), ontoggle: (event) => this.opened.set(type, event.target.open) },
        h("summary", { "data-key": `more of ${type}` }, T.namesAndArea, h("span", { class: "seen", "data-seen": type })),
      h("div", { class: "row areas" },
        rooms.length > 1 ? h("span", { class: "each" }, T.each) : null,
        this.area(type, bounds, T, (areas) => this.askOfType(type, areas)), h("small", {}, T.usualArea(words.area))),
      h("ul", { class: "names" }, rooms.map((room) => this.room(room, labels[room.id], rooms.length > 1)))));
  }

  /** A room's name, and its own area where there are several of a type. */
  room(room, label, hasArea) {
    const name = h("input", {
      type: "text", value: room.name ?? "", placeholder: label, maxlength: this.app.words.limits.name,
      "data-key": `name ${room.id}`, "aria-label": T.roomName(label),
      onchange: (event) => this.app.rename(room.id, event.target.value),
    });
    const said = { least: () => T.leastOf(label), largest: () => T.largestOf(label) };
    const area = this.area(room.id, room.area ?? [null, null], said, (bounds) => this.askOfRoom(room.id, bounds));
    return h("li", { class: "row areas" }, name, hasArea || room.area ? area : null);
  }

  askOfType(type, bounds) {
    const { store } = this.app;
    const areas = { ...store.present.areas, [type]: bounds };
    if (!bounds) delete areas[type];
    store.commit({ ...store.present, areas });
  }

  askOfRoom(id, bounds) {
    const { store } = this.app;
    store.commit(withRoom(store.present, id, { area: bounds ?? undefined }));
  }

  /** Names and areas are folded away until there are some, or somebody looks at them. */
  isOpen(type, rooms, bounds) {
    return this.opened.get(type) ?? (rooms.some((room) => room.name || room.area) || bounds.some((end) => end !== null));
  }

  /** Two fields for the least and the largest area; `asked` is told [least, largest], or null for none. */
  area(key, bounds, said, asked) {
    const field = (end, label) => h("input", {
      type: "text", inputmode: "decimal", class: "area", value: bounds[end] ?? "", "aria-label": label, "data-key": `area ${key} ${end}`,
      onchange: (event) => {
        const value = Number.parseFloat(event.target.value.replace(",", "."));
        const next = [...bounds];
        next[end] = Number.isFinite(value) && value > 0 ? value : null;
        asked(next.some((one) => one !== null) ? next : null);
      },
    });
    return [field(0, said.least(key)), h("span", { "aria-hidden": "true" }, "–"), field(1, said.largest(key)), h("span", {}, T.areaUnit)];
  }

  adder(words) {
    const select = h("select", { "aria-label": T.addRoomOf, "data-key": "add type" },
      words.types.map((type) => h("option", { value: type.name }, type.name)));
    select.value = this.addType ?? words.usual_type;
    if (!select.value) select.selectedIndex = 0;
    select.addEventListener("change", () => { this.addType = select.value; });
    return h("div", { class: "row" }, select,
      h("button", { "data-key": "add room", onclick: () => this.app.addRoom(select.value) }, T.addRoom));
  }

  removeOne(rooms) {
    const { store } = this.app;
    const free = [...rooms].reverse().find((room) => !room.locked && !room.placed) ?? rooms.at(-1);
    store.commit(withoutRoom(store.present, free.id));
  }

  rule(doc, rule, k) {
    return h("li", { "data-rule": k },
      h("div", { class: "row" },
        this.kind(rule.kind, `rule kind ${k}`, (kind) => this.change(k, { ...rule, kind })),
        h("input", {
          type: "text", class: "text", value: rule.text, maxlength: 200, "aria-label": T.ruleText, "data-key": `rule ${k}`,
          "aria-describedby": `rule-error-${k}`,
          oninput: (event) => this.typed(k, event.target.value),
          onchange: (event) => this.change(k, { ...rule, text: event.target.value }),
        }),
        h("button", { class: "step", "aria-label": T.removeRule(rule.text), "data-key": `no rule ${k}`, onclick: () => this.change(k, null) }, "×")),
      h("p", { class: "error", id: `rule-error-${k}`, "aria-live": "polite" }));
  }

  kind(value, key, changed) {
    const select = h("select", { class: "kind", "aria-label": T.ruleKind, "data-key": key, onchange: (event) => changed(event.target.value) },
      h("option", { value: "require" }, T.require), h("option", { value: "forbid" }, T.forbid));
    select.value = value;
    return select;
  }

  change(k, rule) {
    const { store } = this.app;
    this.typing = null;
    const rules = store.present.rules.map((one, at) => (at === k ? rule : one)).filter((one) => one && one.text.trim());
    store.commit({ ...store.present, rules });
  }

  typed(k, text) {
    this.typing = { k, text };
    this.check();
  }

  ruleAdder(doc, words) {
    const names = [...new Set(doc.rooms.map((room) => room.type))];
    const options = names.flatMap((name) => {
      const count = doc.rooms.filter((room) => room.type === name).length;
      const numbered = count > 1 ? Array.from({ length: count }, (_, k) => `${name} ${k + 1}`) : [];
      return count > 1 ? [name, `every ${name}`, ...numbered] : [name];
    });
    const choose = (label, key, values) => h("select", { "aria-label": label, "data-key": key }, values.map((value) => h("option", { value }, value)));
    const kind = this.kind("require", "new rule kind", () => {});
    const subject = choose(T.ruleSubject, "new rule subject", options);
    const relation = choose(T.ruleRelation, "new rule relation", [...new Set([words.rule_touches, ...words.relations.map((one) => one.name)])]);
    const object = choose(T.ruleObject, "new rule object", options);
    for (const [field, select] of Object.entries({ kind, subject, relation, object })) {
      this.chosen ??= {};
      if (this.chosen[field] && [...select.options].some((one) => one.value === this.chosen[field])) select.value = this.chosen[field];
      else if (field === "object" && options.length > 1) select.selectedIndex = 1;
      select.addEventListener("change", () => { this.chosen[field] = select.value; });
    }
    return h("div", { class: "row builder" }, kind, subject, relation, object,
      h("button", {
        "data-key": "add rule", disabled: options.length < 2,
        onclick: () => {
          const { store } = this.app;
          const rule = { kind: kind.value, text: `${subject.value} ${relation.value} ${object.value}` };
          store.commit({ ...store.present, rules: [...store.present.rules, rule] });
        },
      }, T.addRule));
  }

  async ask() {
    const doc = this.app.store.present;
    const rules = doc.rules.map((rule, k) => (this.typing?.k === k ? { ...rule, text: this.typing.text } : rule));
    const sketch = { rooms: doc.rooms.map((room) => ({ type: room.type })), rules };
    const asked = JSON.stringify(sketch);
    if (!doc.rooms.length || asked === this.lastAsked) return;
    this.lastAsked = asked;
    if (!rules.length) {
      this.verdict = { wrong: [], contradictory: [] };
      return;
    }
    try {
      const verdict = await this.app.transport.ask("rules", { sketch });
      if (asked === this.lastAsked) {
        this.verdict = verdict;
        this.mark();
      }
    } catch (error) {
      this.lastAsked = "";
      this.app.failed(error);
    }
  }

  markAreas() {
    const { store, view } = this.app;
    const doc = store.present;
    const isShown = view.plan?.boxes.length === doc.rooms.length && !view.reason;
    for (const item of this.pane.querySelectorAll("[data-seen]")) {
      const type = item.dataset.seen;
      const rooms = doc.rooms.map((room, k) => [room, view.plan?.areas[k]]).filter(([room]) => isShown && room.type === type);
      const isBad = rooms.some(([room, area]) => isOff(area, askedOf(doc, room)));
      const text = seen(rooms.map(([, area]) => area), doc.areas[type], isBad);
      if (item.textContent !== text) item.textContent = text;
      item.classList.toggle("bad", isBad);
    }
  }

  /** Say beside each rule what is wrong with it, and beside each type which areas its rooms have. */
  mark() {
    this.markAreas();
    const rules = this.app.store.present.rules;
    const { wrong, contradictory } = this.verdict;
    const conflict = new Set(this.app.view.reason?.rules ?? []);
    for (const item of this.pane.querySelectorAll("[data-rule]")) {
      const k = Number(item.dataset.rule);
      const others = contradictory.filter((other) => other !== k).map((other) => rules[other]?.text ?? "");
      let text = wrong[k] ?? "";
      if (!text && contradictory.includes(k)) text = others.length ? T.contradicts(others.join("; ")) : T.contradictsAlone;
      item.classList.toggle("bad", Boolean(text) || conflict.has(k));
      item.querySelector("input.text").setAttribute("aria-invalid", text ? "true" : "false");
      const error = item.querySelector(".error");
      if (error.textContent !== text) error.textContent = text;
    }
  }
}

/** What is said of the areas that rooms of a type have in the plan, and of those that are asked. */
function seen(areas, asked, isBad) {
  return areas.length ? ` · ${isBad ? "! " : ""}${T.areasSeen(areas)}${asked ? ` (${T.areasAsked(asked)})` : ""}` : "";
}

/** A document with one more room of a type, where there is space in the diagram. */
export function withNewRoom(doc, type) {
  const k = doc.rooms.length;
  const angle = k * 2.4;
  const far = 90 + 38 * Math.sqrt(k);
  const room = { id: newId(), type, name: "", by: "hand", x: Math.round(500 + far * Math.cos(angle)), y: Math.round(380 + far * Math.sin(angle)) };
  return [{ ...doc, rooms: [...doc.rooms, room] }, room.id];
}

