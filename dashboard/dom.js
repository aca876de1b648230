/*
 * dom.js
 *		Makes elements.  All text becomes text nodes: nothing in the dashboard is
 *		ever parsed as HTML, so a name such as "<img src=x>" stays a name.
 */
const SVG = "http://www.w3.org/2000/svg";

/* Adds children: nodes, texts, lists of them; null and false stand for nothing. */
function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
  return element;
}

/* Sets attributes; on... are listeners, true and false those without a value. */
function decorate(element, attributes) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  return element;
}

/* Returns a new HTML element. */
export function h(tag, attributes, ...children) {
  return append(decorate(document.createElement(tag), attributes), children);
}

/* Returns a new SVG element. */
export function s(tag, attributes, ...children) {
  return append(decorate(document.createElementNS(SVG, tag), attributes), children);
}

/* Returns text for screen readers alone. */
export function spoken(...children) {
  return h("span", { class: "spoken" }, children);
}
