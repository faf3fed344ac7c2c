// The page of invitations: the system's share sheet where there is one.
"use strict";

for (const button of document.querySelectorAll("[data-share]")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ text: button.dataset.shareText, url: button.dataset.share });
    } catch (refusal) {
      // The sheet was closed again: nothing to say.
      if (refusal.name !== "AbortError") throw refusal;
    }
  });
}
