/*
 * axe.mjs
 *		What axe-core finds wrong with a page, with all its rules, in light and in dark.
 */
import { createRequire } from "node:module";

/* Must be loaded into the page before. */
export const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/* The rules whose outcome depends on the scheme. */
const OF_COLOUR = ["color-contrast", "link-in-text-block"];

/* Returns what axe objects to, as lines of text; includes what it cannot decide, contrast aside. */
export async function objections(page, colorScheme) {
  const options = colorScheme === "dark" ? { runOnly: OF_COLOUR } : {};
  const { violations, incomplete } = await page.evaluate((wanted) => globalThis.axe.run(wanted), options);
  return [...violations, ...incomplete.filter(({ id }) => id !== "color-contrast")]
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
}
