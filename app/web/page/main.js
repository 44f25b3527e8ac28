// Puts the page together: who is signed in, what the address asks for, and the view that shows it.

import * as address from "./address.js";
import * as api from "./api.js";
import { SessionEnded } from "./api.js";
import { choosers } from "./choosers.js";
import { contents } from "./contents.js";
import { announce, element } from "./elements.js";
import { footer, masthead } from "./frame.js";
import { wentWrong } from "./section.js";
import * as session from "./session.js";
import { comeBack, isBack } from "./sign_in_at_issuer.js";
import { NotSignedIn, codeFromAddress, signInByLink } from "./sign_in_by_link.js";
import * as tabs from "./tabs.js";
import { allowed, hasCut, named } from "./views.js";
import * as signIn from "./views/sign_in.js";

const ENDED = "Your session has ended. Sign in again: what you were looking at is kept.";
const SIGNED_OUT = "You are signed out.";
const main = document.getElementById("main");

let known = null; // who is signed in, the trial and the centres; null: nobody yet
let showing = null; // what ends when another view is shown
let offered = false; // whether the ways to sign in are shown

async function start() {
  const code = codeFromAddress();
  const back = isBack();
  try {
    if (back) await comeBack();
    if (code !== null) await signInByLink(code);
    if (session.token() === null) await takeOver();
    else if (back || code !== null) tabs.sayBegun();
  } catch (error) {
    if (!(error instanceof NotSignedIn)) throw error;
    offerSignIn(error.message);
    return;
  }
  if (session.token() === null) offerSignIn(null);
  else await enter();
}

// Get the session of another tab, where one has one that has not ended.
async function takeOver(ended = null) {
  const token = await tabs.handedOver(ended);
  if (token !== null && session.token() === null) session.keep(token);
}

// Learn who is signed in, then show what the address asks for.
async function enter() {
  offered = false;
  try {
    const [me, trial] = await Promise.all([api.json("/v1/me"), api.json("/v1/trial")]);
    const may = (action) => me.actions.includes(action);
    const centres = may("centres:read") ? (await api.json("/v1/centres")).items : [];
    known = { me, trial, centres, may, views: allowed(me) };
  } catch (error) {
    if (error instanceof SessionEnded) sessionEnded();
    else main.replaceChildren(wentWrong(error, "Day Zero", enter));
    return;
  }
  show({ moved: false });
}

// What the parts of a view are given: who asks, what was chosen, and how to choose something else.
function contextOf({ view, subject, chosen }, signal, progress) {
  const asked = Object.fromEntries(address.CHOICES.map((name) => [name, chosen[name]]));
  const choose = (changes) => {
    const wanted = address.written({ view, subject, chosen: { ...chosen, ...changes } });
    if (wanted === address.written({ view, subject, chosen })) show({ moved: false });
    else location.hash = wanted;
  };
  return { ...known, view, subject, chosen, asked, choose, signal, progress, sessionEnded };
}

// Show what the address asks for. What was shown before stops loading.
function show({ moved = true } = {}) {
  if (known === null) return;
  let asked = address.read();
  const view = named(known.views, asked.view);
  if (view.name !== asked.view) {
    asked = { ...asked, view: view.name, subject: "" };
    history.replaceState(null, "", address.written(asked));
  }
  const another = showing?.view !== view.name || showing?.subject !== asked.subject;
  showing?.ending.abort();
  const ending = new AbortController();
  showing = { view: view.name, subject: asked.subject, ending };
  const progress = another ? progressOf("") : progressOf(document.activeElement?.dataset.keep ?? "");
  const context = contextOf(asked, ending.signal, progress);
  const heading = element("h1", { tabindex: "-1" }, view.title, asked.subject && ` ${asked.subject}`);
  document.title = `${heading.textContent} · Day Zero`;
  document.getElementById("masthead").replaceChildren(...masthead(context, signOut));
  document.getElementById("footer").replaceChildren(...footer(context));
  const parts = view.show(context);
  const above = [hasCut(view) && choosers(context), heading, contents(parts, ending.signal)];
  main.replaceChildren(...[...above, ...parts].filter(Boolean));
  progress.refocus(main);
  if (!moved) return;
  if (another) {
    scrollTo(0, 0);
    heading.focus();
  } else {
    announce(`${heading.textContent}: what you chose is shown.`);
  }
}

// Keeps the place and the focus of a person who chooses something else within a view.
function progressOf(kept) {
  let loading = 0;
  if (kept) main.style.minHeight = `${main.offsetHeight}px`;
  return {
    begun: () => {
      loading += 1;
    },
    ended: () => {
      loading -= 1;
      if (loading === 0) main.style.minHeight = "";
    },
    refocus: (place) => {
      const free = document.activeElement === document.body;
      if (kept && free) place.querySelector(`[data-keep="${kept}"]`)?.focus({ preventScroll: true });
    },
  };
}

async function sessionEnded() {
  const ended = session.token();
  if (ended === null) return; // several requests learn it at once
  session.forget();
  showing?.ending.abort();
  await takeOver(ended);
  if (session.token() === null) offerSignIn(ENDED);
  else await enter();
}

function signOut() {
  tabs.sayEnded();
  leave(SIGNED_OUT);
}

function leave(said) {
  session.forgetDrafts();
  session.rememberWhere("");
  history.replaceState(null, "", "/");
  offerSignIn(said);
}

function offerSignIn(said) {
  session.forget();
  offered = true;
  if (address.read().view) session.rememberWhere(location.hash);
  known = null;
  showing?.ending.abort();
  showing = null;
  document.title = "Sign in · Day Zero";
  document.getElementById("masthead").replaceChildren(...masthead(null, null));
  document.getElementById("footer").replaceChildren();
  main.replaceChildren(signIn.show({ said, signedIn }));
  main.querySelector("h1").focus();
}

async function signedIn() {
  tabs.sayBegun();
  await enter();
}

tabs.listen({
  begun: async () => {
    if (!offered) return;
    await takeOver();
    if (offered && session.token() !== null) await enter();
  },
  ended: () => {
    if (session.token() !== null) leave(`${SIGNED_OUT} It was done in another tab.`);
  },
});
addEventListener("hashchange", () => {
  if (location.hash.startsWith("#link=")) start();
  else show();
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});

start();
