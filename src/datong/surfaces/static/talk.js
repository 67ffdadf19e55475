// A conversation: the bell rings over a WebSocket, what is new is fetched as a part of the page. Without this, reload
// and the form do.
const log = document.querySelector("[data-talk]");
const form = document.querySelector("form[data-say]");
if (log) {
  const base = "/talk/" + log.dataset.talk, side = log.dataset.side;
  const bottom = () => { log.scrollTop = log.scrollHeight; };
  const last = () => Number([...log.querySelectorAll("[data-seq]")].at(-1)?.dataset.seq ?? 0);
  let asking = null;
  const mark = (seen) => {
    for (const each of log.querySelectorAll("[data-mark]")) {
      if (Number(each.dataset.mark) <= seen) each.textContent = log.dataset.read;
    }
  };
  const fetchNew = async () => {
    const answer = await fetch(base + "/since?after=" + last());
    if (!answer.ok) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-buyer-seen]");
    for (const each of [...part.children]) {
      if (Number(each.dataset.seq) > last()) { log.querySelector("[data-none]")?.remove(); log.append(each); }
    }
    mark(Number(side === "buyer" ? part.dataset.shopSeen : part.dataset.buyerSeen));
    bottom();
  };
  const update = () => { asking = (asking ?? Promise.resolve()).then(fetchNew).catch(() => {}); };
  let pause = 500;
  const connect = () => {
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + base + "/live");
    socket.addEventListener("message", (event) => {
      pause = 500;
      const news = JSON.parse(event.data);
      if (news.seq > last()) update();
      mark(side === "buyer" ? news.shop_seen : news.buyer_seen);
    });
    socket.addEventListener("close", (event) => {
      if (event.code >= 4000) return;
      setTimeout(connect, pause * (1 + Math.random()));
      pause = Math.min(pause * 2, 30000);
    });
  };
  bottom();
  connect();
  form?.addEventListener("submit", async (event) => {
    if (event.submitter?.name === "quick") return;
    event.preventDefault();
    const text = form.elements.text.value;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      if (!answer.ok) { form.submit(); return; }
      form.reset();
      form.elements.request_key.value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
      update();
    } catch { form.elements.text.value = text; form.submit(); }
  });
  form?.elements.text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
