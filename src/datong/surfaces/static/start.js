// While the demo town is built: show how far it is, and open the page once it is there. An answer that fails is asked
// for again, since for a moment nobody answers when the web process takes over.
const look = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.status !== 503) { location.reload(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("building");
    if (fresh) document.getElementById("building").replaceWith(fresh);
  } catch { /* the web process is starting */ }
  setTimeout(look, 1000);
};
setTimeout(look, 1000);
