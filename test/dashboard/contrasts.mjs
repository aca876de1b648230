/*
 * contrasts.mjs
 *		How well what a page shows can be told from its ground, seen from inside of it.
 */

/*
 * Returns the contrast of every visible text with what is painted below it, and of
 * every control's border, by WCAG's formula.  What is switched off is exempt.
 */
export function contrasts() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const isSolid = (colour) => (channels(colour)[3] ?? 1) === 1;
  const ground = (element) => {
    for (let node = element; node !== null; node = node.parentElement) {
      const { backgroundColor } = getComputedStyle(node);
      if (isSolid(backgroundColor)) {
        return backgroundColor;
      }
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const found = [];
  const top = document.querySelector("dialog[open]") ?? document.body;
  for (const element of top.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (!element.checkVisibility() || element.closest(".spoken, :disabled, [aria-disabled=true], svg")) {
      continue;
    }
    if ([...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "")) {
      found.push({ text: element.innerText.slice(0, 40), needed: 4.5, contrast: contrast(style.color, ground(element)) });
    }
    if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      found.push({ text: `border of ${element.id}`, needed: 3, contrast: contrast(style.borderTopColor, ground(element.parentElement)) });
    }
  }
  const states = top.querySelectorAll(".states text");
  for (const text of states) {
    const box = text.parentElement.querySelector("rect") ?? text.closest(".card");
    const style = getComputedStyle(box);
    found.push({
      text: text.textContent, needed: 4.5,
      contrast: contrast(getComputedStyle(text).fill, box.matches("rect") ? style.fill : style.backgroundColor),
    });
  }
  return found;
}
