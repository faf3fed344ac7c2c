// Odds of a guess while the count is typed; the progress of a batch while it is made.
(function () {
  "use strict";
  const language = document.documentElement.lang || "ru";
  const form = document.querySelector("[data-batch-new]");
  if (form) {
    const lengths = JSON.parse(document.getElementById("batch-lengths").textContent);
    const line = document.getElementById("batch-odds");
    const count = form.querySelector("[name=count]");
    const tell = function () {
      const asked = Number(count.value);
      if (!(asked >= 1 && asked <= 1000000)) { line.textContent = ""; return; }
      const step = lengths.filter(function (one) { return one.from <= asked; }).pop();
      const odds = Math.floor(Math.pow(Number(form.dataset.alphabet), step.length) / asked);
      line.textContent = line.dataset.text.replace("LENGTH", step.length).replace("ODDS", odds.toLocaleString(language, { maximumSignificantDigits: 3 }));
    };
    count.addEventListener("input", tell);
    tell();
  }

  const watched = document.querySelector("[data-progress-url]");
  if (!watched) return;
  const poll = async function () {
    const answer = await fetch(watched.dataset.progressUrl, { credentials: "same-origin" });
    if (answer.ok) {
      const state = await answer.json();
      if (state.made !== null) document.getElementById("batch-progress").value = state.made;
      document.getElementById("batch-progress-text").textContent = state.text;
      if (state.is_finished) { window.location.reload(); return; }
    }
    window.setTimeout(poll, 1000);
  };
  window.setTimeout(poll, 700);
})();
