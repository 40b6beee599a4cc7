// Runs before the first paint, so that a chosen theme does not flash and what needs a script is shown.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  let theme = null;
  try { theme = localStorage.getItem("planner.theme"); } catch { /* storage may be forbidden */ }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
