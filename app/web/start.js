"use strict";

const documentation = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  displayOperationId: true,
  docExpansion: "none",
  filter: true,
  validatorUrl: null,
  onComplete: signIn,
});

// Whoever signs out in a tab of the page does so in all of them: also in one that went on to here.
new BroadcastChannel("dayzero.session").addEventListener("message", ({ data }) => {
  if (data.says === "ended") sessionStorage.removeItem("dayzero.session");
});

// A one-time link (`dayzero token issue`) carries its code behind the #, which no browser sends and
// no proxy logs. It is exchanged for an access token that stays in this page.
async function signIn() {
  const link = new URLSearchParams(location.hash.slice(1)).get("link");
  if (link === null) return;
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("/oauth/token", {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "urn:dayzero:params:oauth:grant-type:one-time-link",
      link,
    }),
  });
  if (answer.ok) {
    documentation.preauthorizeApiKey("bearer", (await answer.json()).access_token);
  } else {
    alert("This link was used before, or is older than 15 minutes. Ask for another.");
  }
}
