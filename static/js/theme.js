/* Shares the key "theme" and its three values with the Django admin, so one switch serves both. */
(() => {
  const order = ["auto", "light", "dark"];
  const names = { auto: "automatic", light: "light", dark: "dark" };
  const root = document.documentElement;

  function stored() {
    // Reading throws when the browser blocks site data.
    try {
      const theme = localStorage.getItem("theme");
      return order.includes(theme) ? theme : "auto";
    } catch {
      return "auto";
    }
  }

  function store(theme) {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // The choice then lasts for this page only.
    }
  }

  function label(button) {
    button.setAttribute("aria-label", `Theme: ${names[root.dataset.theme]}`);
    button.title = `Theme: ${names[root.dataset.theme]}`;
  }

  root.classList.add("js");
  root.dataset.theme = stored();

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      label(button);
      button.addEventListener("click", () => {
        const next = (order.indexOf(root.dataset.theme) + 1) % order.length;
        root.dataset.theme = order[next];
        store(order[next]);
        label(button);
      });
    }
  });
})();
