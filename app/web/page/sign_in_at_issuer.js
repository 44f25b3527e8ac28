// Signing in at an OpenID Connect issuer: authorization code with PKCE (RFC 7636, S256). What proves
// that the answer is ours stays in this tab; no refresh token is kept, because a public client's
// would outlive the person's session at the issuer.

import { fetchWhenOnline } from "./connection.js";
import * as session from "./session.js";
import { NotSignedIn } from "./sign_in_by_link.js";

const KEY = "dayzero.authorization";
const BACK = "/signed-in";

export async function goToIssuer(issuer) {
  if (!isSecureContext) throw new NotSignedIn("Signing in at an issuer needs an https address.");
  const flow = { issuer, state: random(), nonce: random(), verifier: random(), where: location.hash };
  sessionStorage.setItem(KEY, JSON.stringify(flow));
  const target = new URL(issuer.authorization_endpoint);
  const asked = {
    response_type: "code",
    client_id: issuer.client_id,
    redirect_uri: location.origin + BACK,
    scope: issuer.scope,
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: base64url(await digest(flow.verifier)),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(asked)) target.searchParams.set(name, value);
  location.assign(target);
}

export function isBack() {
  return location.pathname === BACK;
}

// Exchange the code that the issuer sent back, once, and put the address back that the person was at.
export async function comeBack() {
  const answer = new URLSearchParams(location.search);
  const flow = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  history.replaceState(null, "", `/${flow?.where ?? ""}`);
  if (flow === null || answer.get("state") !== flow.state) {
    throw new NotSignedIn("This sign-in was not begun in this tab. Begin it again here.");
  }
  if (answer.has("iss") && answer.get("iss") !== flow.issuer.issuer) {
    throw new NotSignedIn("The answer came from another issuer. Begin again.");
  }
  if (!answer.has("code")) {
    const reason = answer.get("error_description") ?? answer.get("error") ?? "it gave no reason";
    throw new NotSignedIn(`${flow.issuer.name} did not sign you in: ${reason}.`);
  }
  session.keep(await exchanged(answer.get("code"), flow));
}

async function exchanged(code, { issuer, nonce, verifier }) {
  const refused = new NotSignedIn(`${issuer.name} did not give a token. Begin again.`);
  const answer = await fetchWhenOnline(issuer.token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: issuer.client_id,
      redirect_uri: location.origin + BACK,
      code,
      code_verifier: verifier,
    }),
  });
  if (!answer.ok) throw refused;
  const given = await answer.json();
  // Its signature is verified by the service, which alone believes it; the nonce binds it to us.
  if (given.id_token && claims(given.id_token).nonce !== nonce) throw refused;
  if (!given[issuer.token]) throw refused;
  return given[issuer.token];
}

function claims(token) {
  try {
    const coded = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(coded));
  } catch {
    return {};
  }
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

function digest(text) {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}

function base64url(octets) {
  const text = String.fromCharCode(...new Uint8Array(octets));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
