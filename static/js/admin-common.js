// Copy buttons, forms that may only be sent once, confirmation. Pages work without any of it.
(function () {
  "use strict";

  function copied(button) {
    const status = document.getElementById(button.dataset.status);
    if (status) {
      status.textContent = button.dataset.done;
      window.setTimeout(function () { status.textContent = ""; }, 4000);
    }
  }

  function copyByHand(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(button.dataset.copy).then(function () { copied(button); });
    } else {
      copyByHand(button.dataset.copy);
      copied(button);
      button.focus();
    }
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    window.setTimeout(function () { delete form.dataset.sent; }, 5000);
  });

  document.addEventListener("keydown", function (event) {
    const form = event.target.closest("[data-keys]") || document.querySelector("[data-main-form]");
    if (!form || !(event.ctrlKey || event.metaKey)) return;
    if (event.key === "s" || event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  // A page that waits for the worker looks again by itself; without script it has a link for that.
  document.addEventListener("DOMContentLoaded", function () {
    const waiting = document.querySelector("[data-look-again]");
    if (waiting) window.setTimeout(function () { window.location.reload(); }, Number(waiting.dataset.lookAgain) * 1000);
  });
})();
