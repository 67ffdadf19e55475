// Pages work without this; with it, clocks count down and the price follows the chosen SKU.
const tick = () => {
  for (const node of document.querySelectorAll("[data-until]")) {
    const now = Number(node.dataset.now) + performance.now();
    const left = Math.max(0, Math.floor((new Date(node.dataset.until) - now) / 1000));
    const [d, h] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24];
    const [m, s] = [Math.floor(left / 60) % 60, left % 60];
    const pad = (n) => String(n).padStart(2, "0");
    const days = d ? d + (document.documentElement.lang.startsWith("zh") ? "天 " : " d ") : "";
    node.textContent = days + `${pad(h)}:${pad(m)}:${pad(s)}`;
  }
};
if (document.querySelector("[data-until]")) { tick(); setInterval(tick, 1000); }

// The SKU picker: a list of whole SKUs becomes one row of choices for each property; what cannot be had together is
// disabled.
const showPrice = (chosen) => {
  const price = document.querySelector("[data-price]");
  if (!chosen || !price) return;
  const whole = Object.assign(document.createElement("b"), { textContent: chosen.dataset.whole });
  price.replaceChildren(chosen.dataset.sign, whole, chosen.dataset.rest);
};
for (const picker of document.querySelectorAll("[data-picker]")) {
  const inputs = [...picker.querySelectorAll("input[name=sku_id]")];
  const skus = inputs.map((input) => ({ input, labels: JSON.parse(input.dataset.labels) }));
  const names = [...new Set(skus.flatMap((sku) => Object.keys(sku.labels)))];
  picker.addEventListener("change", (event) => showPrice(event.target.closest("[data-sign]")));
  if (names.length < 2) continue;
  const chosen = { ...skus.find((sku) => sku.input.checked)?.labels };
  const agrees = (sku, name) => !(name in chosen) || sku.labels[name] === chosen[name];
  const fits = (sku, but) => names.every((name) => name === but || agrees(sku, name));
  const rows = document.createElement("div");
  const update = () => {
    for (const input of rows.querySelectorAll("input")) {
      const name = input.name.slice(4);
      const having = skus.filter((sku) => sku.labels[name] === input.value && fits(sku, name));
      input.disabled = !having.some((sku) => !sku.input.disabled);
    }
    const one = skus.find((sku) => fits(sku) && !sku.input.disabled);
    if (one) { one.input.checked = true; showPrice(one.input); }
    for (const button of picker.querySelectorAll("button")) button.disabled = !one;
  };
  for (const name of names) {
    const row = Object.assign(document.createElement("fieldset"), { className: "chips" });
    row.append(Object.assign(document.createElement("legend"), { textContent: name }));
    for (const value of new Set(skus.map((sku) => sku.labels[name]))) {
      const label = Object.assign(document.createElement("label"), { className: "chip" });
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: "own-" + name, value, checked: chosen[name] === value });
      input.addEventListener("change", () => { chosen[name] = value; update(); });
      label.append(input, value);
      row.append(label);
    }
    rows.append(row);
  }
  picker.querySelector("fieldset").hidden = true;
  picker.prepend(rows);
  update();
}
// A form or link that changes one part of the page: the answer is the whole page, of which that part is taken over.
const swap = async (answer, id) => {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(id), old = document.getElementById(id);
  if (!answer.ok || !fresh || !old) { location.href = answer.url; return; }
  const part = old.closest("[data-part]") ?? old;
  part.replaceWith(fresh.closest("[data-part]") ?? fresh);
};
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-part]");
  if (!form) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  try { await swap(await fetch(form.action, { method: "POST", body }), form.dataset.part); } catch { form.submit(); }
});
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-part-link]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  try { await swap(await fetch(link.href), link.dataset.partLink); } catch { location.href = link.href; }
});
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
// What is on its way is looked at again by itself; without this there is a link to do it.
const again = document.querySelector("[data-reload]");
if (again) setTimeout(() => location.reload(), 1000 * Number(again.dataset.reload));
// In a rush: ask again after the time the server named, a little spread so that not all come back at once.
for (const form of document.querySelectorAll("form[data-again]")) {
  setTimeout(() => form.requestSubmit(), 1000 * Number(form.dataset.again) * (1 + Math.random()));
}

// Suggestions while typing: arrows choose, Enter goes there, Escape closes. Without this the box is a plain form.
for (const box of document.querySelectorAll("form[data-suggest]")) {
  const input = box.querySelector("input"), list = box.querySelector("[role=listbox]");
  let asked = null, wait = 0;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const show = (is) => {
    list.hidden = !is || !options().length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) input.removeAttribute("aria-activedescendant");
  };
  const choose = (at) => options().forEach((each, place) => {
    each.setAttribute("aria-selected", String(place === at));
    if (place !== at) return;
    input.setAttribute("aria-activedescendant", each.id);
    each.scrollIntoView({ block: "nearest" });
  });
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const query = encodeURIComponent(input.value.slice(0, 60));
      const answer = await fetch(box.dataset.suggest + "?q=" + query, { signal: asked.signal });
      if (answer.ok) { list.innerHTML = await answer.text(); show(document.activeElement === input); }
    } catch { /* typed on, or offline: the form still works */ }
  };
  input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 120); });
  input.addEventListener("focus", () => { if (!list.childElementCount) ask(); else show(true); });
  input.addEventListener("keydown", (event) => {
    const all = options(), at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !list.hidden) { event.preventDefault(); show(false); }
    else if (event.key === "Enter" && at >= 0 && !list.hidden) { event.preventDefault(); all[at].click(); }
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault(); show(true);
      choose((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + all.length) % all.length);
    }
  });
  box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) show(false); });
}
