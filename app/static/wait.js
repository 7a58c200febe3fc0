// Buttons whose work can take a while: say so, and take one click only. Without this script they work just the same.
// Listening on the document, since parts of a page are exchanged while it is open.
const show = (form, text, isBusy) => {
  form.querySelector("[role=status]").textContent = text;
  for (const button of form.querySelectorAll("button")) button.disabled = isBusy;
};
document.addEventListener("submit", (event) => {
  if (!event.target.querySelector("[data-wait]")) return;
  const text = event.submitter?.dataset.wait ?? "";
  // Only after the browser has taken down what is sent: a disabled button has no part in it.
  setTimeout(() => show(event.target, text, true));
});
// Somebody who goes back in the history finds the page as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form:has([data-wait])")) show(form, "", false);
});
