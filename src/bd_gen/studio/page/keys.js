// The keyboard, and the list of keys behind "?".
import { h } from "./dom.js";
import { digitOf } from "./bubbles.js";
import { T } from "./texts.js";

export function helpDialog(words) {
  const pairs = words.relations.map((one) => [digitOf(words, one.name), one.name]).filter(([key]) => key);
  const dialog = h("dialog", { class: "help", "aria-labelledby": "keys-heading" },
    h("h2", { id: "keys-heading" }, T.keysHeading),
    h("dl", {}, T.keys(T.relationKeys(pairs)).map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)])),
    h("form", { method: "dialog" }, h("button", { autofocus: true }, T.close)));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

/** What a key does anywhere on the page; true if it did something. */
export function pressed(app, event) {
  const target = event.composedPath()[0];
  const isTyping = target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand) return command(app, event, isTyping && app.hasTyped);
  if (event.key === "F6") return app.nextPane(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") return app.escape();
  if (isTyping || event.altKey) return false;
  if (event.key === "?") return app.help();
  if (event.key === "F2") return app.renameSelected();
  if (event.key === "Delete" || event.key === "Backspace") return app.remove(app.selection);
  return letter(app, event) || relationKey(app, event);
}

function command(app, event, hasTyped) {
  const key = event.key.toLowerCase();
  if (key === "s") { app.files.save(); return true; }
  if (key === "o") { app.files.choose(); return true; }
  if (hasTyped) return false; // a field undoes what was typed into it
  if (key === "z") return event.shiftKey ? app.stepForward() : app.undo();
  if (key === "y") return app.stepForward();
  return false;
}

function letter(app, event) {
  const actions = {
    a: () => app.focusAdder(), c: () => app.connectSelected(), l: () => app.toggleLock(app.selection), r: () => app.renameSelected(),
    g: () => app.complete(), d: () => app.redo(), m: () => app.more(), e: () => app.openMenu(), G: () => app.fillGallery(),
  };
  const action = actions[event.key] ?? (event.shiftKey ? null : actions[event.key.toLowerCase()]);
  if (!action) return false;
  action();
  return true;
}

function relationKey(app, event) {
  const { selection, words } = app;
  if (selection?.kind !== "link") return false;
  const key = event.key.toLowerCase();
  let name = null;
  if (key === "t") name = app.usualRelation();
  else if (key === "x") name = words.apart;
  else name = words.relations.find((one) => digitOf(words, one.name) === key)?.name;
  if (!name) return false;
  app.relate(selection.a, selection.b, name);
  return true;
}
