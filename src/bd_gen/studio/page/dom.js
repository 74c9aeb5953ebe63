// Making elements, and drawing a pane anew without losing the focus.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An element of HTML: h("button", {class: "x", onclick: f}, "text"). */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An element of SVG. */
export function s(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Put new children into a pane; whatever had the focus (by its data-key) has it again. */
export function redraw(pane, ...children) {
  const root = pane.getRootNode();
  const active = root.activeElement;
  const key = active && pane.contains(active) ? active.dataset?.key : null;
  let caret = null;
  if (key && active instanceof HTMLInputElement && active.type === "text") {
    caret = [active.selectionStart, active.selectionEnd];
  }
  const scroll = pane.scrollTop;
  pane.replaceChildren(...children.flat(Infinity).filter(Boolean));
  pane.scrollTop = scroll;
  if (key) {
    const again = pane.querySelector(`[data-key="${CSS.escape(key)}"]`);
    again?.focus({ preventScroll: true });
    if (caret && again instanceof HTMLInputElement) again.setSelectionRange(...caret);
  }
}

/** A call of `f` when nothing was asked of it for so many milliseconds. */
export function debounced(f, milliseconds) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => f(...args), milliseconds);
  };
}

/** A padlock, for what is locked. */
export function padlock(x, y, size = 1) {
  return s("g", { class: "padlock", transform: `translate(${x} ${y}) scale(${size})`, "aria-hidden": "true" },
    s("path", { d: "M-5 0v-4a5 5 0 0 1 10 0v4", class: "lock-bow" }),
    s("rect", { x: -7, y: -1, width: 14, height: 11, rx: 2, class: "lock-body" }));
}

/** A pin, for what keeps its place. */
export function pin(x, y, size = 1) {
  return s("g", { class: "padlock", transform: `translate(${x} ${y}) scale(${size})`, "aria-hidden": "true" },
    s("path", { d: "M0 12L0 3", class: "lock-bow" }), s("circle", { r: 5, cy: -2, class: "lock-body" }));
}
