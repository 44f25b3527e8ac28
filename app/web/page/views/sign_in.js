// How to come in: by the link that the operator prints, or through an issuer.

import { fetchWhenOnline } from "../connection.js";
import { element, newId } from "../elements.js";
import { goToIssuer } from "../sign_in_at_issuer.js";
import { NotSignedIn, codeIn, signInByLink } from "../sign_in_by_link.js";

// Show the ways in; `said` is why the person is here, `signedIn` what happens then.
export function show({ said, signedIn }) {
  const wrong = element("div", { role: "alert" });
  const ways = element("div", { class: "ways" }, element("p", { class: "loading" }, "Loading"));
  fillWays(ways, wrong, signedIn);
  return element(
    "div",
    { class: "welcome" },
    element("h1", { tabindex: "-1" }, "Sign in"),
    said && element("p", { class: "notice" }, said),
    wrong,
    ways,
  );
}

async function fillWays(place, wrong, signedIn) {
  const answer = await fetchWhenOnline("/v1/sign-in");
  const { issuers, links } = answer.ok ? await answer.json() : { issuers: [], links: true };
  place.replaceChildren(
    ...issuers.map((issuer) => throughIssuer(issuer, wrong)),
    ...(links ? [byLink(wrong, signedIn)] : []),
    ...(links || issuers.length > 0
      ? []
      : [element("p", {}, "No way for people to sign in is set up here. Ask whoever runs the service.")]),
  );
}

function throughIssuer(issuer, wrong) {
  const go = () => goToIssuer(issuer).catch((error) => say(wrong, error));
  return element(
    "p",
    {},
    element("button", { type: "button", class: "main", on: { click: go } }, `Sign in with ${issuer.name}`),
  );
}

function say(wrong, error) {
  if (!(error instanceof NotSignedIn)) throw error;
  wrong.replaceChildren(element("p", { class: "notice wrong" }, error.message));
}

function byLink(wrong, signedIn) {
  const field = element("input", {
    id: newId("link"),
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
  });
  const submit = async (event) => {
    event.preventDefault();
    wrong.replaceChildren();
    try {
      await signInByLink(codeIn(field.value) ?? field.value.trim());
      signedIn();
    } catch (error) {
      say(wrong, error);
      field.focus();
    }
  };
  return element(
    "form",
    { class: "link", on: { submit } },
    element("label", { for: field.id }, "Sign-in link"),
    element("p", { class: "note" }, "Open the link that you were given, or paste it here. It works once, for 15 minutes."),
    field,
    element("button", { type: "submit", class: "main" }, "Sign in"),
  );
}
