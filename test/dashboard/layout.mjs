/*
 * layout.mjs
 *		What is wrong with a page as it is laid out, seen from inside of it.
 */

/*
 * Returns what is wrong with the page as it is laid out: a page that scrolls
 * sideways, a target that is too small, a text or control outside of the window,
 * two that overlap.
 */
export function mistakes() {
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    found.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
  }
  const top = document.querySelector("dialog[open]") ?? document.body;
  if (top.scrollWidth > top.clientWidth + 1) {
    found.push(`${top.localName} scrolls sideways`);
  }
  /* the part of a rectangle that its ancestors do not cut off */
  const visiblePart = ({ left, top: y, right, bottom }, element) => {
    const part = { left, top: y, right, bottom };
    for (let node = element; node !== document.body && node !== null; node = node.parentElement) {
      if (getComputedStyle(node).overflow === "hidden") {
        const box = node.getBoundingClientRect();
        part.left = Math.max(part.left, box.left);
        part.top = Math.max(part.top, box.top);
        part.right = Math.min(part.right, box.right);
        part.bottom = Math.min(part.bottom, box.bottom);
      }
    }
    return part;
  };
  for (const target of top.querySelectorAll("button, .button, nav a, textarea, select, input:not([type=radio], [type=checkbox]), .choice, .segments label")) {
    const { width, height } = target.getBoundingClientRect();
    if (target.checkVisibility() && (width < 24 || height < 24)) {
      found.push(`too small to hit: ${target.outerHTML.slice(0, 50)}`);
    }
  }
  const pieces = [];
  const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const isText = node.nodeType === Node.TEXT_NODE && node.data.trim() !== "";
    const isControl = node.nodeType === Node.ELEMENT_NODE && node.matches("input:not([type=radio]), textarea, .icon, svg.states rect");
    if (!(isText || isControl) || !element.checkVisibility() || element.closest(".spoken, .skip")) {
      continue;
    }
    const range = document.createRange();
    range.selectNodeContents(element);
    const boxes = isText ? (range.selectNode(node), [...range.getClientRects()]) : [element.getBoundingClientRect()];
    for (const box of boxes) {
      const part = visiblePart(box, element);
      if (part.right - part.left > 0.5 && part.bottom - part.top > 0.5) {
        pieces.push({ element, node, name: isText ? node.data.slice(0, 30) : element.outerHTML.slice(0, 50), ...part });
      }
    }
  }
  for (const [i, one] of pieces.entries()) {
    if (one.left < -0.5 || one.right > innerWidth + 0.5) {
      found.push(`outside of the window: ${one.name}`);
    }
    for (const other of pieces.slice(i + 1)) {
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      /* lines of one text may touch; the words of a box stand in it */
      if (across > 1 && down > 4 && one.node !== other.node && one.element.parentElement !== other.element.parentElement) {
        found.push(`overlap: ${one.name} | ${other.name}`);
      }
    }
  }
  return found;
}
