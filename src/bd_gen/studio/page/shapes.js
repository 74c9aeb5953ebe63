// What is drawn of a plan: outlines of rooms with a place for the name, doors and windows.
import { s } from "./dom.js";

export function areaOf([x0, y0, x1, y1]) {
  return (x1 - x0) * (y1 - y0);
}

export function ringPath(rings) {
  return rings.map((ring) => `M${ring.map((point) => point.join(" ")).join("L")}Z`).join("");
}

/** A place for the label: the middle of the largest upright strip of the outer ring, and its size. */
export function spot(rings, box) {
  const ring = rings[0];
  if (!ring) return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]];
  const xs = [...new Set(ring.map((point) => point[0]))].sort((a, b) => a - b);
  const ys = [...new Set(ring.map((point) => point[1]))].sort((a, b) => a - b);
  let best = [0];
  for (let i = 0; i < xs.length; i += 1) {
    for (let j = i + 1; j < xs.length; j += 1) {
      for (let k = 0; k < ys.length; k += 1) {
        for (let l = ys.length - 1; l > k; l -= 1) {
          const [width, height] = [xs[j] - xs[i], ys[l] - ys[k]];
          const worth = Math.min(width, 3 * height) * Math.min(height, width);
          if (worth > best[0] && isInside(rings, xs, ys, i, j, k, l)) best = [worth, (xs[i] + xs[j]) / 2, (ys[k] + ys[l]) / 2, width, height];
        }
      }
    }
  }
  return best.length > 1 ? best.slice(1) : [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]];
}

function isInside(rings, xs, ys, i, j, k, l) {
  for (let a = i; a < j; a += 1) {
    for (let b = k; b < l; b += 1) {
      if (!covers(rings, (xs[a] + xs[a + 1]) / 2, (ys[b] + ys[b + 1]) / 2)) return false;
    }
  }
  return true;
}

function covers(rings, x, y) {
  let isIn = false;
  for (const ring of rings) {
    for (let k = 0, before = ring.length - 1; k < ring.length; before = k, k += 1) {
      const [ax, ay] = ring[k];
      const [bx, by] = ring[before];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isIn = !isIn;
    }
  }
  return isIn;
}

export function doorPath(door) {
  const [x0, y0, x1, y1] = door.at;
  const width = Math.max(x1 - x0, y1 - y0);
  const gap = s("line", { x1: x0, y1: y0, x2: x1, y2: y1, class: `gap ${door.kind}` });
  if (door.kind === "open") return gap;
  const isFlat = y1 - y0 < x1 - x0;
  const leaf = isFlat ? `M${x0} ${y0}v${-width}a${width} ${width} 0 0 1 ${width} ${width}` : `M${x0} ${y0}h${width}a${width} ${width} 0 0 1 ${-width} ${width}`;
  return s("g", {}, gap, s("path", { d: leaf, class: `leaf ${door.kind}` }));
}

export function windowPath(window) {
  const [x0, y0, x1, y1] = window.at;
  return s("g", {}, s("line", { x1: x0, y1: y0, x2: x1, y2: y1, class: "pane" }), s("line", { x1: x0, y1: y0, x2: x1, y2: y1, class: "glass" }));
}
