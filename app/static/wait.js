// Buttons whose work can take a while: say so, and take one click only. Without this script they work just the same.
for (const form of document.querySelectorAll("form:has([data-wait])")) {
  const says = form.querySelector("[role=status]");
  const show = (text, isBusy) => {
    says.textContent = text;
    for (const button of form.querySelectorAll("button")) button.disabled = isBusy;
  };
  form.addEventListener("submit", (event) => {
    const text = event.submitter?.dataset.wait ?? "";
    // Only after the browser has taken down what is sent: a disabled button has no part in it.
    setTimeout(() => show(text, true));
  });
  // Somebody who goes back in the history finds the page as it was left.
  window.addEventListener("pageshow", () => show("", false));
}
