/*
 * watch.js
 *		Looks again at what a page shows whenever the reader comes back to it.
 */

/*
 * Calls look() then, and every so many milliseconds if that is given, for as long as the page is
 * shown, unless a form is open on it.  What cannot be looked at stays as it is shown: an action
 * would tell.
 */
export function watch(look, signal, every = null) {
  const again = async () => {
    if (document.visibilityState !== "visible" || document.querySelector("dialog[open]")) {
      return;
    }
    try {
      await look();
    } catch {
      /* see above */
    }
  };
  document.addEventListener("visibilitychange", again, { signal });
  addEventListener("focus", again, { signal });
  if (every !== null) {
    const timer = setInterval(again, every);
    signal.addEventListener("abort", () => clearInterval(timer));
  }
}
