// A one-time link (`dayzero token issue`) carries its code behind the #, which no browser sends and
// no proxy logs. It leaves the address at once, so that no history keeps it either.

import { fetchWhenOnline } from "./connection.js";
import * as session from "./session.js";

const GRANT = "urn:dayzero:params:oauth:grant-type:one-time-link";

export class NotSignedIn extends Error {}

// Give the code of the link that opened the page, if one did, and put the address back that the
// person was at when the session ended.
export function codeFromAddress() {
  const code = codeIn(location.hash);
  if (code === null) return null;
  history.replaceState(null, "", `/${session.where()}`);
  return code;
}

// Give the code in a link or beside one, as people paste it.
export function codeIn(text) {
  return /(?:^|#)link=([^&\s]+)/.exec(text.trim())?.[1] ?? null;
}

export async function signInByLink(code) {
  const body = new URLSearchParams({ grant_type: GRANT, link: code });
  const answer = await fetchWhenOnline("/oauth/token", { method: "POST", body });
  if (answer.status === 429) {
    throw new NotSignedIn("Too many sign-ins failed from here. Wait a minute and use the link again.");
  }
  if (answer.status === 401) {
    throw new NotSignedIn("This link was used before, or is older than 15 minutes. Ask for another.");
  }
  if (!answer.ok) throw new NotSignedIn("The service could not sign you in. Use the link again.");
  session.keep((await answer.json()).access_token);
}
