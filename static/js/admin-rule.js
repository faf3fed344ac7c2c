// The builder of a segment's rule: its tree comes back from the server after each button, its count after each key.
(function () {
  "use strict";
  const form = document.querySelector("[data-rule]");
  const tree = document.getElementById("rule-tree");
  const found = document.getElementById("rule-found");
  const said = document.getElementById("rule-said");
  if (!form || !tree || !found) return;

  function send(url, more, signal) {
    const body = new FormData(form);
    Object.keys(more).forEach(function (name) { body.append(name, more[name]); });
    return fetch(url, { method: "POST", body: body, credentials: "same-origin", signal: signal }).then(function (answer) {
      // A page of sign-in is an answer too, but not to this.
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      return answer.text();
    });
  }

  function failed(fault) {
    if (fault.name === "AbortError") return;
    const note = document.createElement("p");
    note.className = "bo-note bo-note--warn";
    note.textContent = found.dataset.failed;
    found.replaceChildren(note);
  }

  let timer = 0;
  let asking = null;

  function count() {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () {
      if (asking) asking.abort();
      const turn = asking = new AbortController();
      found.classList.add("bo-busy");
      send(form.dataset.countUrl, {}, turn.signal).then(function (text) {
        if (turn === asking) found.innerHTML = text;
      }).catch(failed).finally(function () {
        if (turn === asking) found.classList.remove("bo-busy");
      });
    }, 400);
  }

  let last = 0;
  let waiting = false;

  function change(more, settle) {
    const turn = ++last;
    waiting = true;
    send(form.dataset.treeUrl, more).then(function (text) {
      if (turn !== last) return;
      tree.innerHTML = text;
      settle();
      count();
    }).catch(failed).finally(function () {
      if (turn === last) waiting = false;
    });
  }

  function focus(element) {
    if (element) element.focus();
  }

  function group(path) {
    return tree.querySelector('fieldset[data-path="' + path + '"]');
  }

  tree.addEventListener("click", function (event) {
    const button = event.target.closest("button[name]");
    if (!button) return;
    event.preventDefault();
    // The answer that is under way numbers the tree anew: a second button would mean another condition.
    if (waiting) return;
    changed = true;
    const path = button.value;
    const parent = path.slice(0, Math.max(path.lastIndexOf("-"), 1));
    const more = {};
    more[button.name] = path;
    change(more, function () {
      if (button.name === "_remove") {
        said.textContent = said.dataset.removed;
        focus(group(parent) && group(parent).querySelector(":scope > .bo-actions button"));
        return;
      }
      said.textContent = said.dataset.added;
      const parts = group(path).querySelectorAll(":scope > [data-path]");
      focus(parts.length ? parts[parts.length - 1].querySelector("select") : null);
    });
  });

  let changed = false;
  form.addEventListener("change", function (event) {
    changed = true;
    if (!event.target.matches("[data-reload]")) return count();
    const id = event.target.id;
    change({ _show: "1" }, function () { focus(document.getElementById(id)); });
  });
  form.addEventListener("input", function (event) {
    changed = true;
    if (tree.contains(event.target) && !event.target.matches("select")) count();
  });
  form.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.name === "_count") {
      event.preventDefault();
      return count();
    }
    changed = false;
  });
  window.addEventListener("beforeunload", function (event) { if (changed) event.preventDefault(); });
  count();
})();
