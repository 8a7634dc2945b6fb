// Pictures as text: scales, axes, lines and marks in SVG. Nothing here touches a page.

const FAR = 9999; // pixels: what lies farther out is drawn there, beyond the rim

/** A coordinate with one decimal, the same text in every browser. */
export function px(value) {
  const near = Math.max(-FAR, Math.min(FAR, value));
  return String(Math.round(10 * near) / 10 + 0);
}

/** A number as people read it: a few digits, a real minus sign. */
export function said(value, digits = 2) {
  if (!Number.isFinite(value)) return "beyond all numbers";
  if (value === 0) return "0";
  const power = Number(value.toExponential(digits - 1).split("e")[1]); // once it is rounded
  const plain = power >= -3 && power < 4;
  const text = plain ? value.toFixed(Math.max(0, digits - 1 - power)) : value.toExponential(0);
  return text.replace(/-/g, "−").replace("+", "");
}

/** Where values from ``low`` to ``high`` lie between two pixels, on a logarithmic axis if asked. */
export function scale(low, high, from, to, log = false) {
  const put = log ? (value) => Math.log10(Math.max(value, 1e-300)) : (value) => value;
  const slope = (to - from) / (put(high) - put(low));
  return (value) => from + slope * (put(value) - put(low));
}

/** A line through points in pixels; it ends where a point is no number. */
export function line(points, kind) {
  const bad = points.findIndex((point) => !point.every(Number.isFinite));
  const kept = bad < 0 ? points : points.slice(0, bad);
  const text = kept.map(([x, y]) => `${px(x)},${px(y)}`).join(" ");
  return `<polyline class="${kind}" points="${text}"/>`;
}

/** A straight line. */
export function rule(x1, y1, x2, y2, kind) {
  return `<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`;
}

const SHAPES = {
  circle: (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  square: (r) => `M${-r},${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  diamond: (r) => `M0,${-1.4 * r}L${1.4 * r},0L0,${1.4 * r}L${-1.4 * r},0z`,
  triangle: (r) => `M${-1.2 * r},${-r}H${1.2 * r}L0,${1.3 * r}z`,
  star: (r) =>
    "M" +
    Array.from({ length: 10 }, (_, k) => {
      const [far, turn] = [k % 2 ? 0.45 * r : r, (k * Math.PI) / 5];
      return `${px(far * Math.sin(turn))},${px(-far * Math.cos(turn))}`;
    }).join("L") +
    "z",
};

/** A mark: circle, square, diamond, triangle or star, in pixels. */
export function mark(shape, x, y, radius, kind) {
  const place = `translate(${px(x)},${px(y)})`;
  return `<path class="${kind}" transform="${place}" d="${SHAPES[shape](radius)}"/>`;
}

/** A filled rectangle between two corners. */
export function box(left, top, right, bottom, kind) {
  const size = `width="${px(right - left)}" height="${px(bottom - top)}"`;
  return `<rect class="${kind}" x="${px(left)}" y="${px(top)}" ${size}/>`;
}

/** Words; ``anchor`` says which end of them stands at the place. */
export function words(x, y, text, anchor = "start", kind = "") {
  return `<text class="${kind}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${text}</text>`;
}

/**
 * A panel with axes: ``x`` and ``y`` place values, ``drawn(content)`` is its SVG.
 *
 * size: [width, height] in pixels. x, y: {from, to, log, ticks, label}, ticks being values or
 * [value, text] pairs. What lies outside the axes is cut off.
 */
export function panel({ size: [width, height], x, y, title, description }) {
  const [left, top, right, bottom] = [56, 24, width - 10, height - 36];
  const across = scale(x.from, x.to, left, right, x.log);
  const up = scale(y.from, y.to, bottom, top, y.log);
  const text = (tick) => String(tick).replace("-", "−");
  const ticks = ({ ticks: all }) => all.map((one) => (Array.isArray(one) ? one : [one, text(one)]));
  let grid = "";
  for (const [value, name] of ticks(x)) {
    grid += rule(across(value), top, across(value), bottom, "grid");
    grid += words(across(value), bottom + 15, name, "middle");
  }
  for (const [value, name] of ticks(y)) {
    grid += rule(left, up(value), right, up(value), "grid");
    grid += words(left - 6, up(value) + 4, name, "end");
  }
  grid += rule(left, top, left, bottom, "axis") + rule(left, bottom, right, bottom, "axis");
  grid += words((left + right) / 2, height - 5, x.label, "middle");
  const upright = `translate(11,${px((top + bottom) / 2)}) rotate(-90)`;
  grid += `<text transform="${upright}" text-anchor="middle">${y.label}</text>`;
  grid += words(left, 14, title, "start", "title");
  // An SVG inside an SVG cuts off what lies outside.
  const inner =
    `<svg x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"` +
    ` viewBox="${left} ${top} ${right - left} ${bottom - top}">`;
  const drawn = (content) =>
    `<svg role="img" aria-label="${description}" viewBox="0 0 ${width} ${height}">` +
    `${grid}${inner}${content}</svg></svg>`;
  return { x: across, y: up, left, top, right, bottom, drawn };
}

/** ``count`` values from ``low`` to ``high``, evenly spaced. */
export function spaced(low, high, count) {
  return Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));
}
