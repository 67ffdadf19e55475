// Passkeys: the device makes or uses a key; what it answers goes back in a plain form. Buttons show only where devices
// can.
const supported = window.PublicKeyCredential?.parseCreationOptionsFromJSON;
const ask = async (form) => {
  const body = new URLSearchParams({ _csrf_token: form.elements._csrf_token.value });
  const answer = await fetch(form.dataset.ask, { method: "POST", body });
  if (!answer.ok) throw new Error("refused");
  return answer.json();
};
for (const form of document.querySelectorAll("form[data-ask]")) {
  if (!supported) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const wrong = form.querySelector("[role=alert]");
    try {
      const options = await ask(form);
      const made = form.dataset.passkey === "make"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.answer.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch { wrong.hidden = false; }
  });
}
