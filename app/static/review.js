// The keys of the review page: each presses the button that stands on the page, so that both do the same.
// Loaded before the page is shown, so that no key is lost on it; a key before its end is parsed waits for that.
const SWITCH = "tessera-review-keys";
const KEYS = /^[acejknorsu1-9?]$/;
let isLeaving = false; // A second key is meant for the page that is on its way, which nobody has seen.

const isOn = () => localStorage.getItem(SWITCH) !== "off";
const isTyping = (target) => target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
const parsed = new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));

parsed.then(() => {
  const toggle = document.getElementById("keys-on");
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(SWITCH, toggle.checked ? "on" : "off"));
});

function press(key) {
  const tick = /^[1-9]$/.test(key) && document.querySelectorAll("input[name=keep]")[key - 1];
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (isLeaving) return;
  if (tick) {
    tick.checked = !tick.checked;
    tick.focus();
  } else if (key === "?") {
    const help = document.getElementById("keys");
    help.open = !help.open;
    help.querySelector("summary").focus();
  } else if (button?.matches("button, a")) {
    isLeaving = button.matches("a");
    button.click();
  } else {
    button?.focus();
  }
}

document.addEventListener("submit", () => { isLeaving = true; });
window.addEventListener("pageshow", () => { isLeaving = false; });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") {
    isLeaving = false;
    document.activeElement?.blur();
  }
  if (event.repeat || isTyping(event.target) || !isOn() || !KEYS.test(event.key)) return;
  event.preventDefault();
  if (document.readyState === "loading") parsed.then(() => press(event.key));
  else press(event.key);
});
