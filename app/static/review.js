// The keys of the review page: each presses the button that stands on the page, so that both do the same.
const SWITCH = "tessera-review-keys";
const help = document.getElementById("keys");
const toggle = document.getElementById("keys-on");
const buttons = new Map([...document.querySelectorAll("[data-key]")].map((one) => [one.dataset.key, one]));
const ticks = [...document.querySelectorAll("input[name=keep]")];

if (toggle) {
  toggle.checked = localStorage.getItem(SWITCH) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
}

const isTyping = (target) => target.matches("input:not([type=checkbox], [type=radio]), select, textarea");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") document.activeElement?.blur();
  if (isTyping(event.target) || (toggle && !toggle.checked)) return;
  const number = Number(event.key);
  const tick = number > 0 && !event.repeat ? ticks[number - 1] : undefined;
  if (tick) {
    tick.checked = !tick.checked;
    tick.focus();
  } else if (event.key === "?") {
    help.open = !help.open;
    help.querySelector("summary").focus();
  } else {
    const button = buttons.get(event.key);
    if (!button || event.repeat) return;
    if (button.matches("button, a")) button.click();
    else button.focus();
  }
  event.preventDefault();
});
