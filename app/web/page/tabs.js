// One session in all tabs of this origin. A tab that opens without one asks the others, and the one
// that was used last, which is the one whose link was followed, hands its token over; whoever signs
// out does so in every tab. A BroadcastChannel reaches documents of this origin alone, in which no
// script but ours runs, and keeps nothing: when the last tab is closed the session is gone, which it
// would not be from a place that outlives the browser. Two people in two tabs stay two people until
// one of them signs out.

import * as session from "./session.js";

const PATIENCE = 250; // milliseconds that the others have to answer
const channel = new BroadcastChannel("dayzero.session");
let used = 0; // when somebody last did something in this tab

for (const sign of ["focus", "pointerdown", "keydown"]) {
  addEventListener(sign, () => { used = Date.now(); }, { capture: true, passive: true });
}

// Answer the others; `begun` is called when somebody signed in in another tab, `ended` when out.
export function listen({ begun, ended }) {
  channel.addEventListener("message", ({ data }) => {
    if (data.says === "begun") begun();
    if (data.says === "ended") ended();
    if (data.says === "who?" && session.token() !== null) {
      channel.postMessage({ says: "this one", to: data.from, token: session.token(), used });
    }
  });
}

export function sayBegun() {
  channel.postMessage({ says: "begun" });
}

export function sayEnded() {
  channel.postMessage({ says: "ended" });
}

// Give the token of the tab that was used last; null: no tab has one, but the one that has ended.
export async function handedOver(ended = null) {
  const from = crypto.getRandomValues(new Uint32Array(2)).join(".");
  const answers = [];
  let signedOut = false;
  const hear = ({ data }) => {
    if (data.says === "ended") signedOut = true;
    if (data.says === "this one" && data.to === from && data.token !== ended) answers.push(data);
  };
  channel.addEventListener("message", hear);
  channel.postMessage({ says: "who?", from });
  await new Promise((go) => setTimeout(go, PATIENCE));
  channel.removeEventListener("message", hear);
  if (signedOut || answers.length === 0) return null;
  return answers.reduce((one, other) => (other.used > one.used ? other : one)).token;
}
