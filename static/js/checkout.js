// The checkout's comforts over htmx: Enter applies the code, focus and the open field survive an exchange of the summary.
"use strict";

const summary = () => document.getElementById("summary");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "promo-code") return;
  event.preventDefault();
  document.getElementById("promo-apply").click();
});

// The slider and the field of points say the same; letting the slider go asks for the new sum.
document.addEventListener("input", (event) => {
  const other = { "points-slider": "points-field", "points-field": "points-slider" }[event.target.id];
  if (other) document.getElementById(other).value = event.target.value;
});

document.addEventListener("change", (event) => {
  if (event.target.id !== "points-slider") return;
  document.getElementById("points-field").dispatchEvent(new Event("change", { bubbles: true }));
});

let wasOpen = false;

document.addEventListener("htmx:beforeSwap", () => {
  wasOpen = Boolean(summary()?.querySelector("details[open]"));
});

document.addEventListener("htmx:afterSettle", () => {
  const details = summary()?.querySelector("details");
  if (details && wasOpen) details.open = true;
  if (document.activeElement !== document.body) return;
  const next = document.getElementById("promo-remove") || document.getElementById("promo-code");
  next?.focus({ preventScroll: true });
});

// A code that is typed but not applied yet is applied when the order is placed; the total asked for stays the one shown.
document.addEventListener("htmx:responseError", () => document.getElementById("checkout")?.removeAttribute("data-sent"));
