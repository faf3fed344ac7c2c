// Charts in the page's language and theme. The figures are in a table beside each chart.
(function () {
  "use strict";

  function colour(value) {
    const name = /^var\((.*)\)$/.exec(value || "");
    return name ? getComputedStyle(document.documentElement).getPropertyValue(name[1]).trim() : value;
  }

  function draw(canvas) {
    const data = JSON.parse(canvas.dataset.chart);
    const text = colour("var(--bo-subtle)");
    const line = colour("var(--bo-line)");
    data.datasets.forEach(function (series) {
      series.borderColor = colour(series.borderColor);
      series.backgroundColor = colour(series.backgroundColor);
    });
    return new Chart(canvas.getContext("2d"), {
      type: canvas.dataset.kind,
      data: data,
      options: {
        animation: false,
        locale: document.documentElement.lang,
        maintainAspectRatio: false,
        plugins: { legend: { display: data.datasets.length > 1, labels: { color: text, boxWidth: 12 } } },
        scales: {
          x: { ticks: { color: text, maxTicksLimit: 10 }, grid: { display: false } },
          y: { beginAtZero: true, ticks: { color: text, precision: 0, maxTicksLimit: 6 }, grid: { color: line }, border: { display: false } },
        },
      },
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (typeof Chart === "undefined") return;
    const canvases = Array.from(document.querySelectorAll("canvas[data-chart]"));
    let charts = canvases.map(draw);
    new MutationObserver(function () {
      charts.forEach(function (chart) { chart.destroy(); });
      charts = canvases.map(draw);
    }).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  });
})();
