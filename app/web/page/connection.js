// The way to the service. A request that finds it gone waits until it is back and goes again, so
// that nothing on the page has to know and nothing is lost; the bar says what is going on.

import { announce, element } from "./elements.js";

const LONGEST = 30;
let pause = 1;
let waiting = null;

// Fetch; while there is no way to the service, wait. Only reads and sign-ins come here: each may be
// sent twice. Without the browser's own credentials, for which it would ask in a window of its own.
export async function fetchWhenOnline(target, options = {}) {
  for (;;) {
    try {
      const answer = await fetch(target, { cache: "no-cache", credentials: "omit", ...options });
      if (pause > 1) announce("The service answers again.");
      pause = 1;
      hide();
      return answer;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof TypeError)) throw error;
      await back(options.signal);
    }
  }
}

// Wait for the next try; everybody who waits shares it.
async function back(signal) {
  waiting ??= new Promise((go) => show(go)).finally(() => {
    waiting = null;
  });
  await waiting;
  signal?.throwIfAborted();
}

function show(go) {
  const bar = document.getElementById("connection");
  const seconds = pause;
  pause = Math.min(pause * 2, LONGEST);
  const proceed = () => {
    clearTimeout(timer);
    removeEventListener("online", proceed);
    go();
  };
  const again = element("button", { type: "button", on: { click: proceed } }, "Try now");
  const text = `The service cannot be reached. What you see stays; trying again in ${seconds} s.`;
  bar.replaceChildren(element("span", {}, text), again);
  bar.hidden = false;
  addEventListener("online", proceed);
  const timer = setTimeout(proceed, seconds * 1000);
}

function hide() {
  const bar = document.getElementById("connection");
  if (bar.hidden) return;
  bar.hidden = true;
  bar.replaceChildren();
}
