// Small comforts on every page; each of them has a plain form underneath.
"use strict";

// Light or dark at once, without a round trip. The server reads the same cookie.
document.querySelectorAll("[data-theme-switch]").forEach((form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    const theme = (root.dataset.theme || system) === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  });
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || !form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.classList.add("is-waiting");
});

// Coming back with the browser's button must not find a form that refuses to be sent.
addEventListener("pageshow", () => {
  document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll(".is-waiting").forEach((button) => button.classList.remove("is-waiting"));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print], [data-step]");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  if ("step" in button.dataset) {
    const input = button.parentElement.querySelector("input[type=number]");
    input.stepUp(Number(button.dataset.step));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// Copies a code and says so where screen readers listen.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copied(button.dataset.copy);
  const said = document.createElement("p");
  said.textContent = button.dataset.copied;
  document.getElementById("toast").replaceChildren(said);
  setTimeout(() => said.remove(), 2500);
});

// Browsers keep the clipboard from pages without https, and a shop on a local network may be one.
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  const before = document.activeElement;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  before?.focus();
}

// A field that is only read is taken whole.
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-select]")) event.target.select();
});

// A row of chips that scrolls on a phone begins with the chosen one in sight.
for (const chosen of document.querySelectorAll(".filters > [aria-current]")) {
  const row = chosen.parentElement;
  row.scrollLeft += chosen.getBoundingClientRect().right - row.getBoundingClientRect().right + 32;
}
