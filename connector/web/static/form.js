// The form works without this. It saves a visitor from a long upload that would be refused, and
// shows that a long one is under way.
"use strict";

const form = document.querySelector("form[data-most-bytes]");
const files = form.querySelector("input[type=file]");
const button = form.querySelector("button[type=submit]");
const most = Number(form.dataset.mostBytes);

document.getElementById("summary")?.focus();

files.addEventListener("change", () => {
  const bytes = Array.from(files.files).reduce((sum, file) => sum + file.size, 0);
  const isTooMuch = bytes > most * 0.98;
  files.setCustomValidity(
    isTooMuch ? `These are ${Math.ceil(bytes / 1e6)} MB together: choose fewer or smaller files.` : "",
  );
  files.reportValidity();
});

form.addEventListener("submit", (event) => {
  if (button.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Sending …";
});

// A page that is shown again from the browser's memory has not been sent.
window.addEventListener("pageshow", () => {
  button.removeAttribute("aria-disabled");
  button.textContent = "Send";
});
