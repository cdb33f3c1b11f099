"use strict";
(() => {
  const list = document.getElementById("list");
  if (!list) return;
  const at = (id) => document.getElementById(id);
  const kind = at("kind"), order = at("order"), search = at("search"), count = at("count");
  const items = Array.from(list.children, (node, rank) => ({
    node, rank,
    row: Number(node.id.slice(1)),
    sure: node.dataset.c === "" ? null : Number(node.dataset.c),
    text: null,
  }));
  // Without a confidence an example comes last, whichever way the list is sorted.
  const sure = (item, sign) => item.sure === null ? Infinity : sign * item.sure;
  const orders = {
    rank: (a, b) => a.rank - b.rank,
    sure: (a, b) => sure(a, -1) - sure(b, -1) || a.rank - b.rank,
    unsure: (a, b) => sure(a, 1) - sure(b, 1) || a.rank - b.rank,
    file: (a, b) => a.row - b.row,
  };
  const holds = (item, words) => {
    item.text ??= item.node.textContent.toLowerCase();
    return item.text.includes(words);
  };
  const narrow = () => {
    const verdict = document.querySelector("input[name=verdict]:checked")?.value ?? "";
    const number = kind?.value ?? "", words = search.value.trim().toLowerCase();
    let left = 0;
    for (const item of items) {
      const data = item.node.dataset;
      const fits = (!verdict || data.v === verdict) && (!number || data.k.includes(` ${number} `)) &&
        (!words || holds(item, words));
      item.node.hidden = !fits;
      left += fits;
    }
    count.textContent = `${left.toLocaleString("en")} of ${items.length.toLocaleString("en")}`;
  };
  const sort = () => list.append(...Array.from(items).sort(orders[order.value]).map((item) => item.node));

  document.querySelectorAll("input[name=verdict]").forEach((input) => input.addEventListener("change", narrow));
  kind?.addEventListener("change", narrow);
  search.addEventListener("input", narrow);
  order.addEventListener("change", sort);
  at("controls").addEventListener("submit", (event) => event.preventDefault());
  // A cell of a table that counts examples leads to them.
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-kind]");
    const option = cell && Array.from(kind?.options ?? []).find((one) => one.dataset.name === cell.dataset.kind);
    if (!option) return;
    const all = document.querySelector("input[name=verdict][value='']");
    if (all) all.checked = true;
    search.value = "";
    kind.value = option.value;
    narrow();
  });
  narrow();
})();
