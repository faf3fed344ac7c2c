// The editor of a code: fields of the chosen type at once, and the summary after every key.
(function () {
  "use strict";
  const form = document.querySelector("[data-editor]");
  const panel = document.getElementById("summary");
  if (!form || !panel) return;

  const fieldsOfType = {
    percent: ["value", "categories"],
    cashback: ["value", "categories"],
    fixed: ["value"],
    free_shipping: [],
  };

  function showFields() {
    const chosen = form.querySelector("[name=type]:checked");
    if (!chosen) return;
    form.querySelectorAll("[data-of-type]").forEach(function (part) {
      part.hidden = !fieldsOfType[chosen.value].includes(part.dataset.ofType);
    });
    const label = form.querySelector("[data-field=value] label");
    if (label && chosen.dataset.valueLabel) label.textContent = chosen.dataset.valueLabel + " *";
  }

  const kind = form.querySelector("select[name=kind]");

  function showOfKind() {
    if (!kind) return;
    form.querySelectorAll("[data-of-kind]").forEach(function (part) {
      part.hidden = part.dataset.ofKind !== kind.value;
    });
  }

  let timer = 0;
  let asked = 0;

  function refresh() {
    window.clearTimeout(timer);
    timer = window.setTimeout(async function () {
      const turn = ++asked;
      panel.classList.add("bo-busy");
      try {
        const answer = await fetch(form.dataset.summaryUrl, { method: "POST", body: new FormData(form), credentials: "same-origin" });
        const text = await answer.text();
        if (turn === asked && answer.ok && !answer.redirected) panel.innerHTML = text;
      } finally {
        if (turn === asked) panel.classList.remove("bo-busy");
      }
    }, 150);
  }

  let changed = false;
  form.addEventListener("input", function () { changed = true; showFields(); showOfKind(); refresh(); });
  form.addEventListener("change", showFields);
  form.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) { if (changed) event.preventDefault(); });
  showFields();
  showOfKind();
})();
