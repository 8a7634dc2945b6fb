// Controls: native ones, so that keyboards and screen readers know them.

/** An element with attributes, and children that are elements or texts. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/**
 * A labelled slider: ``show()`` writes what it stands for.
 *
 * read, write: from the state to the slider's own number and back. say: its value in words.
 */
export function slider({ label, min, max, step, read, write, say, off }) {
  const name = element("span", {}, label());
  const value = element("span", { class: "value", "aria-hidden": "true" });
  const input = element("input", {
    type: "range",
    min,
    max,
    step,
    oninput: () => write(Number(input.value)),
  });
  const show = () => {
    name.textContent = label();
    value.textContent = say();
    input.disabled = Boolean(off && off());
    input.value = read();
    input.setAttribute("aria-valuetext", say());
  };
  return { node: element("label", { class: "slider" }, name, value, input), show };
}

/** A choice of one among several; ``decorate`` returns the markup before each name. */
export function choice({ label, name, options, read, write, decorate }) {
  const inputs = options.map((option) =>
    element("input", { type: "radio", name, value: option, onchange: () => write(option) }),
  );
  const labels = inputs.map((input, k) => {
    const made = element("label", { class: "option" }, input);
    made.insertAdjacentHTML("beforeend", decorate(options[k]));
    made.append(options[k]);
    return made;
  });
  const show = () => inputs.forEach((input) => (input.checked = input.value === read()));
  return {
    node: element("fieldset", {}, element("legend", { class: "unseen" }, label), ...labels),
    show,
  };
}

/** A place for sentences; they are spoken once the reader's hand rests. */
export function speaker() {
  const node = element("p", { class: "sentence", role: "status" });
  let timer = 0;
  const say = (text) => {
    clearTimeout(timer);
    if (!node.textContent) node.textContent = text;
    else timer = setTimeout(() => (node.textContent = text), 250);
  };
  return { node, say };
}

/** The state of an explorer that ``model`` keeps, with ``start`` for what it does not know. */
export function stateOf(model, start) {
  const state = {};
  for (const [key, value] of Object.entries(start)) state[key] = model.get(key) ?? value;
  return state;
}

/** Change values of a model, all at once. */
export function put(model, values) {
  for (const [key, value] of Object.entries(values)) model.set(key, value);
  model.save_changes();
}

/** Draw again whenever the model changes, once a frame at most; return how to stop that. */
export function follow(model, draw) {
  let asked = 0;
  const ask = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
  model.on("change", ask);
  draw();
  return () => model.off("change", ask);
}
