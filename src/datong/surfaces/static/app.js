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
