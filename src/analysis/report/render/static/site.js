/* Nothing here is needed to read a page: it sorts and filters tables and keeps controls in step. */
"use strict";
(() => {
  const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  document.documentElement.classList.add("scripted");

  /* Code: one control for all folds. */
  const control = document.getElementById("all-code");
  if (control) {
    const fold = () => all("details.code").forEach((d) => { d.open = control.checked; });
    control.addEventListener("change", fold);
    if (control.checked) fold();
  }

  /* Tables: sort by a column, filter rows. */
  const value = (row, at) => {
    const text = row.cells[at] ? row.cells[at].textContent.trim() : "";
    const number = parseFloat(text.replace(/[,%<\s]/g, "").replace("−", "-"));
    return text === "" || text === "n/a" ? null : Number.isNaN(number) ? text.toLowerCase() : number;
  };
  const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  const sortable = (table) => {
    const body = table.tBodies[0];
    const asWritten = Array.from(body.rows);
    const heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        const sign = next === "descending" ? -1 : 1;
        const rows = asWritten.map((row) => [row, value(row, at)]);
        if (next) rows.sort((a, b) => (a[1] === null) - (b[1] === null) || sign * order(a[1], b[1]));
        body.append(...rows.map((pair) => pair[0]));
      });
    });
  };
  const filterable = (table, box, name) => {
    const rows = Array.from(table.tBodies[0].rows);
    const filter = document.createElement("p");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const told = document.createElement("span");
    filter.className = "filter";
    input.type = "search";
    input.id = "filter-" + (box.id || name.replace(/\W+/g, "-"));
    label.htmlFor = input.id;
    label.textContent = "Filter the rows of " + name;
    told.setAttribute("role", "status");
    filter.append(label, input, told);
    box.before(filter);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row) => {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += !row.hidden;
      });
      told.textContent = words.length ? shown + " of " + rows.length + " rows" : "";
    });
  };
  all(".table").forEach((box) => {
    const table = box.querySelector("table.data");
    const scroll = box.querySelector(".scroll");
    if (!table || !table.tHead || !table.tBodies[0] || table.tBodies[0].rows.length < 2) return;
    sortable(table);
    if (table.tBodies[0].rows.length > 11) filterable(table, scroll, scroll.getAttribute("aria-label") || box.id);
  });

  /* Keyboard: a region that does not scroll is no stop. */
  const stops = all(".scroll[tabindex]");
  const settle = () => stops.forEach((region) => {
    const scrolls = region.scrollWidth > region.clientWidth + 1 || region.scrollHeight > region.clientHeight + 1;
    if (scrolls) region.tabIndex = 0; else if (region !== document.activeElement) region.removeAttribute("tabindex");
  });
  addEventListener("load", settle);
  addEventListener("resize", settle);

  /* Menu: closes when a place on this page was chosen. */
  const menu = document.getElementById("menu");
  all(".within a").forEach((link) => link.addEventListener("click", () => { menu.checked = false; }));

  /* Navigation within the page: where the reader is. */
  const links = new Map(all(".within a").map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const heads = Array.from(links.keys()).map((id) => document.getElementById(id)).filter(Boolean);
  const locate = () => {
    const past = heads.filter((head) => head.getBoundingClientRect().top < innerHeight / 3);
    links.forEach((link) => link.removeAttribute("aria-current"));
    if (past.length) links.get(past[past.length - 1].id).setAttribute("aria-current", "location");
  };
  if (heads.length) {
    let waiting = false;
    addEventListener("scroll", () => {
      if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; locate(); }); }
    }, { passive: true });
    locate();
  }
})();
