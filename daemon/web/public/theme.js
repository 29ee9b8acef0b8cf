// Before the first paint, so that a chosen theme never flashes the other one.
try {
  var theme = localStorage.getItem("penstock-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (refused) {
  // Storage may be forbidden; the system's own preference then holds.
}
