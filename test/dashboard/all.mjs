/*
 * all.mjs
 *		Runs suites, named as arguments, one after another in this one process and its one browser.
 *
 * node --test would start a process, and that a browser, for each, which takes longer than most tests.
 */
import { after, describe } from "node:test";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { closeBrowser } from "./world.mjs";

after(closeBrowser);

for (const file of process.argv.slice(2)) {
  describe(basename(file), () => import(pathToFileURL(file)));
}
