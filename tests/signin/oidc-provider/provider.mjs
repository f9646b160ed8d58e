// `oidc-provider` (certified by the OpenID Foundation, not ours) in Entra ID's place: its paths, its issuer, its claims.

import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The packages lie in the cache, not beside this file.
const require = createRequire(`${process.env.NPM_FOLDER}/`);
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
const { exportJWK, generateKeyPair } = await import(pathToFileURL(require.resolve("jose")));

const TENANT = "0d1c2b3a-0000-4000-8000-00000000c0de";

/** Access tokens end after so many seconds: soon, so that a renewal can be seen. */
const ACCESS_TOKEN_S = 2;

async function signingKey(kid) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

/** Serves one confidential client, and remembers what it was asked. */
export async function startProvider(redirectUri) {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const authority = `http://127.0.0.1:${server.address().port}`;
  const client = { id: "bridge", secret: randomBytes(24).toString("base64url") };
  const seen = { grants: {}, errors: [], resources: 0, challenges: new Set(), newest: undefined };
  const provider = new Provider(`${authority}/${TENANT}/v2.0`, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_post",
      },
    ],
    routes: {
      authorization: `/${TENANT}/oauth2/v2.0/authorize`,
      token: `/${TENANT}/oauth2/v2.0/token`,
      jwks: `/${TENANT}/discovery/v2.0/keys`,
    },
    jwks: { keys: [await signingKey("k-1")] },
    cookies: { keys: [randomBytes(24).toString("base64url")] },
    pkce: { required: () => true },
    // Entra ID's claims: the tenant and the person's object in it, and names for the scope `profile`.
    claims: { openid: ["sub", "tid", "oid"], profile: ["name", "preferred_username"] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: `pairwise-${id}`, tid: TENANT, oid: `object-of-${id}`, name: id, preferred_username: id }),
    }),
    // Entra ID gives one for the scope, whatever the prompt; each use ends the one before, which is stricter than Entra.
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: { AccessToken: ACCESS_TOKEN_S, Grant: 3600, IdToken: 60, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  });
  provider.use(async (context, next) => {
    await next();
    const asked = { ...context.query, ...context.oidc?.body };
    if ("resource" in asked) seen.resources += 1;
    if (asked.code_challenge) seen.challenges.add(asked.code_challenge_method);
  });
  provider.on("grant.success", ({ oidc }) => {
    const kind = oidc.params.grant_type;
    seen.grants[kind] = (seen.grants[kind] ?? 0) + 1;
    seen.newest = oidc.entities.Grant;
  });
  for (const event of ["authorization.error", "grant.error", "server_error"]) {
    provider.on(event, (_context, error) => seen.errors.push(`${event}: ${error.error} ${error.error_description ?? error}`));
  }
  server.on("request", provider.callback());
  return { authority, tenant: TENANT, client, seen, stop: () => server.close() && server.closeAllConnections() };
}
