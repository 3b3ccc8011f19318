// One act of the reader is one step of the browser's history.
//
// Streamlit's page writes a change of page and of what its address asks for one after the other, each as an entry of
// its own: Back would first lead to an address that nobody has seen. Here the first of them is an entry, and what
// follows from the same act takes its place.
(() => {
  "use strict";
  const push = history.pushState.bind(history);
  let acted = false;
  let pressed = false;

  const listen = (kind, heard) => addEventListener(kind, (event) => event.isTrusted && heard(), { capture: true });
  listen("keydown", () => { acted = true; });
  listen("pointerdown", () => { acted = pressed = true; });
  // A click without a pointer is that of a screen reader; any other was heard when the pointer went down.
  listen("click", () => { acted ||= !pressed; pressed = false; });
  listen("popstate", () => { acted = false; });

  history.pushState = (state, title, url) => {
    if (acted) push(state, title, url);
    else history.replaceState(state, title, url);
    acted = false;
  };
})();
