// The page in the frame: a stand-in for the kernel's model, the theme around it, its height.

const values = {};
const heard = new Set();
const model = {
  get: (key) => values[key],
  set(key, value) {
    values[key] = value;
    heard.forEach((tell) => tell());
  },
  on: (event, tell) => heard.add(tell),
  off: (event, tell) => heard.delete(tell),
  save_changes() {},
};
const root = document.querySelector(".explorer");

/** Light or dark, as the site, JupyterLab or VS Code says; otherwise as the system does. */
function dress() {
  const { documentElement: html, body } = parent.document;
  const lab = body.dataset.jpThemeLight;
  const said =
    html.dataset.theme ??
    (lab && (lab === "true" ? "light" : "dark")) ??
    body.dataset.vscodeThemeKind;
  root.classList.toggle("dark", /dark|high-contrast$/.test(said ?? ""));
  root.classList.toggle("light", /light/.test(said ?? ""));
  document.documentElement.style.background = getComputedStyle(root).backgroundColor; // corners
}

render({ model, el: root });
try {
  dress();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  const watch = new MutationObserver(dress);
  for (const place of [parent.document.documentElement, parent.document.body]) {
    watch.observe(place, { attributes: true });
  }
  const fit = () => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (height && frameElement) frameElement.style.height = `${height}px`; // not where it is folded or alone
  };
  new ResizeObserver(fit).observe(root);
} catch {
  // No page around it that may be asked: the system's theme, and the frame's own height.
}
