// Pages work without this; with it, clocks count down and the price follows the chosen SKU.
const tick = () => {
  for (const node of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.floor((new Date(node.dataset.until) - Number(node.dataset.now) - (performance.now() - 0)) / 1000));
    const [d, h, m, s] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60, left % 60];
    const pad = (n) => String(n).padStart(2, "0");
    node.textContent = (d ? d + (document.documentElement.lang.startsWith("zh") ? "天 " : " d ") : "") + `${pad(h)}:${pad(m)}:${pad(s)}`;
  }
};
if (document.querySelector("[data-until]")) { tick(); setInterval(tick, 1000); }

for (const picker of document.querySelectorAll("[data-picker]")) {
  picker.addEventListener("change", (event) => {
    const chosen = event.target.closest("[data-sign]");
    const price = document.querySelector("[data-price]");
    if (!chosen || !price) return;
    price.replaceChildren(chosen.dataset.sign, Object.assign(document.createElement("b"), { textContent: chosen.dataset.whole }), chosen.dataset.rest);
  });
}
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", () => form.requestSubmit());
}
// In a rush: ask again after the time the server named, a little spread so that not all come back at once.
for (const form of document.querySelectorAll("form[data-again]")) {
  setTimeout(() => form.requestSubmit(), 1000 * Number(form.dataset.again) * (1 + Math.random()));
}

// Suggestions while typing: arrows choose, Enter goes there, Escape closes. Without this the box is a plain form.
for (const box of document.querySelectorAll("form[data-suggest]")) {
  const input = box.querySelector("input"), list = box.querySelector("[role=listbox]");
  let asked = null, wait = 0;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const show = (is) => { list.hidden = !is || !options().length; input.setAttribute("aria-expanded", String(!list.hidden)); if (list.hidden) input.removeAttribute("aria-activedescendant"); };
  const choose = (at) => options().forEach((each, place) => {
    each.setAttribute("aria-selected", String(place === at));
    if (place === at) { input.setAttribute("aria-activedescendant", each.id); each.scrollIntoView({ block: "nearest" }); }
  });
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(box.dataset.suggest + "?q=" + encodeURIComponent(input.value.slice(0, 60)), { signal: asked.signal });
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
