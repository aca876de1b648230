/*
 * router.js
 *		Which page an address shows, on the browser's history.
 */
let routes = [];
let home = "/";
let show = () => {};
let leaving = new AbortController();
/* The address shown last. */
let shown = null;

/* The present address without its fragment, which leads to a place within a page. */
const address = () => location.pathname + location.search;

/* Shows the page of the present address, home if it has none; refresh: once more, with its messages. */
export function render({ refresh = false } = {}) {
  leaving.abort();
  leaving = new AbortController();
  shown = address();
  for (const { pattern, page } of routes) {
    const match = pattern.exec(location.pathname);
    if (match !== null) {
      return show(page, {
        parameters: match.slice(1), search: new URLSearchParams(location.search), signal: leaving.signal, refresh,
      });
    }
  }
  return navigate(home, { replace: true });
}

/* Goes to an address of the dashboard. */
export function navigate(target, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", target);
  return render();
}

/* Is this click on a link one that the browser should not carry out itself? */
function isOurs(event, link) {
  return link !== null && event.button === 0 && !event.defaultPrevented
    && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    && link.origin === location.origin && !link.hasAttribute("target") && !link.getAttribute("href").startsWith("#")
    && routes.some(({ pattern }) => pattern.test(link.pathname));
}

/* Begins to follow links and the history.  routes: [{pattern, page}]. */
export function start(table, homeAddress, shower) {
  routes = table;
  home = homeAddress;
  show = shower;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (isOurs(event, link)) {
      event.preventDefault();
      navigate(link.pathname + link.search);
    }
  });
  addEventListener("popstate", () => {
    /* "Skip to content" leads here too, and must keep the focus that it gives */
    if (shown !== address()) {
      render();
    }
  });
}

/* Aborts what the page shown is still asking for. */
export function stop() {
  leaving.abort();
}
