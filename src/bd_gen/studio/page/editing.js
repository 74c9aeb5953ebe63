// What is selected in the document, and what is done with it.
import { withNewRoom } from "./brief.js";
import { pairKey } from "./bubbles.js";
import { place } from "./files.js";
import { Planning } from "./planning.js";
import { emptyDocument, labelsOf, linkOf, newId, withLink, withoutRoom, withRoom } from "./state.js";
import { T } from "./texts.js";

/** The part of the studio that edits; `App` has the document and the panes. */
export class Editing extends Planning {
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
    this.store.commit(this.example());
  }
}
