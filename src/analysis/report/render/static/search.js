"use strict";
(() => {
  const words = (new URLSearchParams(location.search).get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
  const told = document.getElementById("told");
  if (!words.length) {
    told.textContent = "Type words into the search field and press Search. Below, all that the report holds.";
    return;
  }
  document.getElementById("query").value = words.join(" ");
  const entries = JSON.parse(document.getElementById("search-index").textContent);
  const list = document.getElementById("results");
  const score = (entry) => {
    const title = entry.t.toLowerCase(), text = entry.w.toLowerCase();
    if (!words.every((word) => title.includes(word) || text.includes(word))) return 0;
    return words.reduce((sum, word) => sum + (title.includes(word) ? 5 : 0) + text.split(word).length - 1, 0);
  };
  const found = entries.map((entry) => [score(entry), entry]).filter((pair) => pair[0]).sort((a, b) => b[0] - a[0]);
  list.replaceChildren(...found.map(([, entry]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const text = document.createElement("p");
    const at = Math.max(0, entry.w.toLowerCase().indexOf(words[0]) - 80);
    link.href = entry.u;
    link.textContent = entry.t;
    text.textContent = (at ? "… " : "") + entry.w.slice(at, at + 240) + (entry.w.length > at + 240 ? " …" : "");
    item.append(link, text);
    return item;
  }));
  told.textContent = found.length + (found.length === 1 ? " section holds " : " sections hold ") + words.join(" ") + ".";
})();
