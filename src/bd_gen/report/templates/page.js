"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Sorting: the rows of a table's body "sorted"; those of "fixed" stay above it.
  const compare = (a, b) =>
    typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });

  function sort(heading) {
    const button = one("button", heading);
    const table = heading.closest("table");
    const body = one("tbody.sorted", table);
    if (!body) return;
    const now = heading.getAttribute("aria-sort");
    const first = button.dataset.first;
    const other = first === "ascending" ? "descending" : "ascending";
    const order = now === first ? other : first;
    const sign = order === "ascending" ? 1 : -1;
    const column = heading.cellIndex;
    const keyed = [...body.rows].map((row) => {
      const text = row.cells[column].dataset.value;
      const value = text === undefined || column === 0 ? text : Number(text);
      return { row, value };
    });
    // Rows without a value stay last in both orders.
    keyed.sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return (a.value === undefined) - (b.value === undefined);
      }
      return sign * compare(a.value, b.value);
    });
    body.append(...keyed.map((item) => item.row));
    for (const cell of heading.parentElement.cells) cell.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", order);
    one("#sorted").textContent = `Sorted by ${button.firstChild.textContent}, ${order}.`;
  }
  for (const heading of all("th[aria-sort]")) {
    one("button", heading).addEventListener("click", () => sort(heading));
  }

  // Filter: whatever belongs to a method whose name does not contain the text is hidden.
  const filter = one("#filter");
  if (filter) {
    const methods = new Set(all("tr[data-method]").map((row) => row.dataset.method));
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      const shown = new Set([...methods].filter((name) => name.toLowerCase().includes(wanted)));
      for (const element of all("[data-method]")) {
        const isFixed = element.closest("tbody.fixed") !== null;
        element.hidden = !isFixed && !shown.has(element.dataset.method);
      }
      one("#filtered").textContent = wanted ? `${shown.size} of ${methods.size} shown` : "";
    });
  }

  // The plot of the two chosen metrics.
  const across = one("#axis-x");
  const up = one("#axis-y");
  const choose = () => {
    for (const plot of all(".plot")) {
      plot.hidden = plot.dataset.x !== across.value || plot.dataset.y !== up.value;
    }
  };
  if (across && up) {
    across.addEventListener("change", choose);
    up.addEventListener("change", choose);
  }

  for (const button of all("button[data-open], button[data-close]")) {
    const section = one(`#${button.dataset.open || button.dataset.close}`);
    button.addEventListener("click", () => {
      for (const part of all("details", section)) part.open = Boolean(button.dataset.open);
    });
  }
})();
