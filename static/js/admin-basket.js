// One more line in a basket.
(function () {
  "use strict";
  document.querySelectorAll("[data-rows]").forEach(function (box) {
    const button = box.querySelector("[data-add-row]");
    button.hidden = false;
    button.addEventListener("click", function () {
      const rows = box.querySelectorAll("[data-row]");
      const copy = rows[rows.length - 1].cloneNode(true);
      copy.querySelector("[name=sku]").value = "";
      copy.querySelector("[name=quantity]").value = "1";
      rows[rows.length - 1].after(copy);
      copy.querySelector("[name=sku]").focus();
    });
  });
})();
